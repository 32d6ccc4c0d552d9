import { TelegramError } from "telegraf";
import { AppError } from "../../src/errors.ts";
import {
    endedBeforeSending,
    networkCode,
    RequestSilence,
} from "../../src/messaging/request-silence.ts";

/** Why Telegram refused a request, as far as the adapter acts on it. */
export type RefusalReason =
    | "conflict"
    | "edit-unchanged"
    | "edit-impossible"
    | "fault"
    | "file-too-big"
    | "unauthorized"
    | "other";

/** A refusal without Telegram's words, which can quote the message; the `code` is loggable. */
class TelegramRefusal extends Error {
    override readonly name = "TelegramRefusal";
    readonly code: RefusalReason;

    constructor(code: RefusalReason) {
        super(code);
        this.code = code;
    }
}

/**
 * Whether Telegram may have carried out the request that ended with `error`: it gave no answer, or
 * one of a fault on the way.
 */
export function mayBeCarriedOut(error: unknown): boolean {
    if (!(error instanceof AppError)) return true;
    if (error.cause instanceof RequestSilence) return error.cause.sent;
    return error.code === "aborted" || refusalReason(error) === "fault";
}

/** Why Telegram refused the request that ended with `error`; `undefined`: it did not refuse it. */
export function refusalReason(error: unknown): RefusalReason | undefined {
    if (!(error instanceof AppError) || !(error.cause instanceof TelegramRefusal)) return undefined;
    return error.cause.code;
}

const reasons: readonly (readonly [pattern: RegExp, reason: RefusalReason])[] = [
    [/message is not modified/i, "edit-unchanged"],
    [/message to edit not found|message can't be edited|message_id_invalid/i, "edit-impossible"],
    [/file is too big/i, "file-too-big"],
];
const patientGone =
    /chat not found|user is deactivated|user not found|peer_id_invalid|blocked by the user|can't initiate/i;

/**
 * The product's error for a failed request. Neither the token nor anything that a patient or the
 * model wrote gets into it: telegraf's errors hold the request, those of node-fetch the address.
 *
 * @param signal The caller's; when it has aborted, that is the reason.
 */
export function translateFailure(error: unknown, signal?: AbortSignal): AppError {
    if (error instanceof AppError) return error;
    if (signal?.aborted) return new AppError("aborted", "The request to Telegram was cancelled.");
    if (error instanceof TelegramError) return translateRefusal(error);
    const code = networkCode(error);
    return new AppError(
        "platform-unavailable",
        `Telegram cannot be reached${code === undefined ? "" : ` (${code})`}.`,
        {
            retryable: true,
            remedy: "Check this machine's internet connection, and that its firewall allows connections to api.telegram.org on port 443.",
            cause: new RequestSilence(!endedBeforeSending(error)),
        },
    );
}

/** Telegram wants to be left alone for a while. */
export function slowDown(retryAfterMs: number): AppError {
    return new AppError("platform-unavailable", "Telegram asks to slow down.", {
        retryable: true,
        retryAfterMs,
    });
}

function translateRefusal({ code, description, parameters }: TelegramError): AppError {
    if (code === 401 || code === 404) {
        return new AppError("config-invalid", "Telegram does not accept the bot's token.", {
            remedy: "Copy the token again from @BotFather in Telegram (command /mybots) into the file .env as TELEGRAM_BOT_TOKEN=…; if TELEGRAM_API_ROOT is set there, check it too.",
            cause: new TelegramRefusal("unauthorized"),
        });
    }
    if (code === 409) {
        return new AppError(
            "platform-unavailable",
            "Another program receives this bot's messages at the same time.",
            {
                retryable: true,
                remedy: "Stop the other program, or make a bot of its own for each with @BotFather.",
                cause: new TelegramRefusal("conflict"),
            },
        );
    }
    if (code === 429) {
        return slowDown((parameters?.retry_after ?? 1) * 1000);
    }
    if (code >= 500) {
        return new AppError("platform-unavailable", `Telegram has a fault of its own (${code}).`, {
            retryable: true,
            remedy: "Nothing needs to be done here: it is tried again.",
            cause: new TelegramRefusal("fault"),
        });
    }
    if (code === 403 || patientGone.test(description)) {
        return new AppError("patient-unreachable", "The patient cannot be reached on Telegram.", {
            remedy: "The patient has blocked the bot or deleted the account.",
            cause: new TelegramRefusal("other"),
        });
    }
    const reason = reasons.find(([pattern]) => pattern.test(description))?.[1] ?? "other";
    return new AppError("platform-rejected", `Telegram refused a request (${code}).`, {
        cause: new TelegramRefusal(reason),
    });
}
