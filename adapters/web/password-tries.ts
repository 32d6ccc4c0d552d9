import { isIP } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { describeError, type Logger } from "../../src/log.ts";
import type { AuditLog } from "../../src/status-ports.ts";
import { isLoopbackName } from "./known-hosts.ts";
import { Refusal } from "./refusal.ts";
import { isSameSecret } from "./sessions.ts";

/** Wrong tries from one address, in five minutes. */
const mostTries = 5;
/** Those that come through a web server, from all addresses together. */
const mostPassedOn = 200;
const windowSeconds = 300;

/** What counting tries needs. */
export interface TryParts {
    /** Present where a web server passes requests on. */
    readonly publicAddress?: string | undefined;
    readonly audit: AuditLog;
    readonly logger: Logger;
}

/** Who tries. */
export interface Asker {
    readonly env: HttpBindings;
    readonly req: { header(name: string): string | undefined };
}

/** Compares secrets, and lets nobody guess: wherever a secret is asked for, tries count together. */
export class PasswordTries {
    readonly #parts: TryParts;
    readonly #perAddress = new RateLimiterMemory({ points: mostTries, duration: windowSeconds });
    readonly #passedOn = new RateLimiterMemory({ points: mostPassedOn, duration: windowSeconds });

    constructor(parts: TryParts) {
        this.#parts = parts;
    }

    /**
     * Whether a secret is right. Wrong tries are logged and recorded.
     *
     * @throws `Refusal` `too-many-attempts`, whether it is right or not.
     */
    async isRight(given: string, expected: string, asker: Asker): Promise<boolean> {
        const { from, isPassedOn } = originOf(asker, this.#parts.publicAddress);
        // Counted before it is compared: of many tries at once only so many are.
        await take(this.#perAddress, from);
        if (isPassedOn) await take(this.#passedOn, "");
        if (isSameSecret(given, expected)) {
            // Only what this try took: a program that asks again and again frees nobody else.
            await this.#perAddress.reward(from, 1);
            if (isPassedOn) await this.#passedOn.reward("", 1);
            return true;
        }
        const { audit, logger } = this.#parts;
        logger.warn({ page: "sign-in-refused" }, "Somebody could not sign in to the page");
        await audit.record({ what: "sign-in-refused", who: "page" }).catch((error: unknown) => {
            logger.error(describeError(error), "a refused sign-in could not be recorded");
        });
        return false;
    }
}

async function take(tries: RateLimiterAbstract, from: string): Promise<void> {
    try {
        await tries.consume(from);
    } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw new Refusal("too-many-attempts", error.msBeforeNext);
    }
}

/**
 * Where a try comes from. A web server on this machine adds whom it answers at the end of
 * `X-Forwarded-For`; what stands before that, and what anybody else says there, could be made up.
 */
function originOf(
    { env, req }: Asker,
    publicAddress: string | undefined,
): { readonly from: string; readonly isPassedOn: boolean } {
    const peer = (env.incoming.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    const behind = req.header("X-Forwarded-For")?.split(",").at(-1)?.trim();
    if (publicAddress === undefined || behind === undefined || !isLoopbackName(peer)) {
        return { from: networkOf(peer), isPassedOn: false };
    }
    return { from: `behind ${isIP(behind) === 0 ? "" : networkOf(behind)}`, isPassedOn: true };
}

/** Whoever has an IPv6 address mostly has all of its /64. */
function networkOf(address: string): string {
    if (isIP(address) !== 6) return address;
    const [head = "", tail = ""] = address.split("::");
    const before = head === "" ? [] : head.split(":");
    const after = tail === "" ? [] : tail.split(":");
    const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
    return [...before, ...zeros, ...after].slice(0, 4).join(":");
}
