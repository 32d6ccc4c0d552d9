import { ErrorReply } from "redis";
import { AppError, isAppError } from "../../src/errors.ts";

/** Error replies that end by themselves: starting, failing over, busy with another's script. */
const passing = new Set([
    "BUSY",
    "CLUSTERDOWN",
    "LOADING",
    "MASTERDOWN",
    "NOREPLICAS",
    "READONLY",
    "TRYAGAIN",
    "UNKILLABLE",
]);

/** Error replies that only the administrator ends, after which the same call succeeds. */
const repairable: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
    MISCONF: [
        "Redis refuses to write because it cannot save its data to the disk.",
        "Free space on the disk that holds Redis's data, or repair it; writing resumes by itself.",
    ],
    OOM: [
        "Redis refuses to write because its memory limit is reached.",
        "Raise maxmemory in the configuration of Redis, or shorten the time that conversations are kept.",
    ],
};

const repairRetryAfterMs = 10_000;

/** Error replies about who we are. */
const refusals: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
    NOAUTH: [
        "Redis asks for a password and REDIS_URL holds none.",
        "Put it into REDIS_URL: redis://:PASSWORD@HOST:6379, or redis://USER:PASSWORD@HOST:6379.",
    ],
    NOPERM: [
        "Redis refuses a command to the user of REDIS_URL.",
        "Give this user the commands and keys that the product needs: ACL SETUSER … +@all ~bimedix2:* &bimedix2:* (with your REDIS_KEY_PREFIX)",
    ],
    WRONGPASS: [
        "Redis refuses the user name or password of REDIS_URL.",
        "Correct them in REDIS_URL; special characters must be percent-encoded (@ is %40).",
    ],
};

/**
 * Any failure of the Redis client as an error of ours: `store-unavailable` (retryable) when the
 * same call may succeed later, else `store-failed`. Quotes nothing of a reply: Redis repeats
 * arguments in its error texts.
 */
export function translateRedisError(error: unknown): AppError {
    if (isAppError(error)) return error;
    if (!isErrorReply(error)) return translateConnectionError(error);

    const word = /^[A-Z]+\b/.exec(error.message)?.[0] ?? "ERR";
    const repair = repairable[word];
    if (repair !== undefined) return unavailable(...repair, error, repairRetryAfterMs);
    const refusal = refusals[word];
    if (refusal !== undefined) {
        return new AppError("store-failed", refusal[0], { remedy: refusal[1], cause: error });
    }
    if (passing.has(word)) {
        return unavailable(`Redis cannot serve just now (${word}).`, undefined, error);
    }
    return new AppError("store-failed", `Redis refused a command (${word}).`, { cause: error });
}

/** Whether the server itself refused; the two clients have one class each for that. */
function isErrorReply(error: unknown): error is Error {
    return error instanceof ErrorReply || (error instanceof Error && error.name === "ReplyError");
}

/**
 * Why a first connection failed, for the administrator.
 *
 * @param where - the server's address without user name and password
 */
export function translateConnectError(error: unknown, where: string): AppError {
    if (error instanceof ErrorReply) {
        if (/^NOPROTO|^ERR unknown command/.test(error.message)) {
            return new AppError("store-failed", `Redis at ${where} is too old.`, {
                remedy: "Use Redis 6.2 or newer, or Valkey.",
                cause: error,
            });
        }
        return translateRedisError(error);
    }
    const code = systemCode(error);
    const [what, remedy] = explainConnectFailure(code);
    return unavailable(`Redis at ${where} ${what}.`, remedy, error);
}

function explainConnectFailure(code = ""): readonly [what: string, remedy: string] {
    if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
        return ["cannot be found: its host name has no address", "Correct REDIS_URL, or the DNS."];
    }
    if (code === "ECONNREFUSED" || code === "ENOENT") {
        return ["refuses connections", "Start Redis there, or correct host and port in REDIS_URL."];
    }
    if (/CERT|TLS|SSL|EPROTO/.test(code)) {
        return [
            "failed to set up an encrypted connection",
            "rediss:// needs TLS on the server and a certificate that this machine trusts " +
                "(for an authority of your own, set NODE_EXTRA_CA_CERTS).",
        ];
    }
    return [
        "does not answer",
        "Check that the server runs, that REDIS_URL names it (rediss:// with TLS, redis:// without), " +
            "and that no firewall is between.",
    ];
}

function translateConnectionError(error: unknown): AppError {
    // A fault of the program is not an outage: repeating the call would repeat the fault.
    if (error instanceof TypeError || error instanceof RangeError || !(error instanceof Error)) {
        return new AppError("store-failed", "A call of Redis failed.", { cause: error });
    }
    return unavailable("Redis does not answer.", undefined, error);
}

function unavailable(
    message: string,
    remedy: string | undefined,
    cause: unknown,
    retryAfterMs?: number,
): AppError {
    return new AppError("store-unavailable", message, {
        retryable: true,
        ...(remedy === undefined ? {} : { remedy }),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        cause,
    });
}

function systemCode(error: unknown): string | undefined {
    if (error instanceof AggregateError) return systemCode(error.errors[0]);
    if (error instanceof Error && "code" in error) return String(error.code);
    return undefined;
}
