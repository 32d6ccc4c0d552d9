/** What a model server answers instead of a success, as errors of this product. */
import { AppError } from "../../src/errors.ts";
import { networkCode } from "../../src/messaging/request-silence.ts";
import { asObject, type JsonObject, parseObject } from "./json-object.ts";

// vLLM, llama-server, LM Studio, OpenAI and proxies, each in its own words
const contextWords =
    /context[ _-]?(?:length|size|window)|exceeds? (?:the )?(?:available )?context|(?:maximum|max) (?:model )?length|max_(?:completion_)?tokens.* (?:too large|at least 1)|(?:prompt|input) .*too long|too many tokens|n_keep|n_ctx/i;
const pictureWords = /image|picture|vision|multi-?modal|mmproj/i;
const modelWords =
    /model.*(?:not (?:found|exist|loaded)|does not exist|unknown|invalid)|(?:invalid|unknown) model/is;

/** An error as a server states it. */
export interface StatedError {
    /** For the classification alone: it can quote what a patient wrote. */
    readonly words: string;
}

/** The error that an object holds, in one of the forms that servers use. */
export function statedError(object: JsonObject | undefined): StatedError | undefined {
    const inner = object?.["error"];
    if (typeof inner === "string") return { words: inner };
    const stated = asObject(inner) ?? (object?.["object"] === "error" ? object : undefined);
    if (stated === undefined) return undefined;
    const parts = [stated["message"], stated["type"], stated["code"]];
    return { words: parts.filter((part) => typeof part === "string").join(" ") };
}

/** An answer that is no success. */
export interface Refusal {
    readonly status: number;
    readonly body: string;
    /** In seconds, as the header `retry-after` says. */
    readonly retryAfter: string | null;
    readonly pictures: boolean;
}

/** What a refused request means. `prompt-too-long`: it does not fit the server's context. */
export function refusalFailure({ status, body, retryAfter, pictures }: Refusal): AppError {
    const stated = statedError(parseObject(body));
    const words = stated?.words ?? body.slice(0, 1000);
    if (status === 401 || status === 403) return keyRefused(status);
    if (status >= 300 && status < 400) return redirected();
    if (status === 404 && !modelWords.test(words)) return nothingThere();
    if (isRequestFault(status) && contextWords.test(words)) return promptTooLong();
    // llama-server answers with 500 where it has no eyes
    if (pictures && status !== 503 && pictureWords.test(words)) return picturesRefused();
    if (isRequestFault(status) && modelWords.test(words)) return modelUnknown();
    if (status === 408 || status === 429 || status >= 500) return busy(status, retryAfter);
    return failed(`has refused the request (${status})`, "Look into the server's log.", false);
}

/** What an error within a stream means. */
export function streamFailure({ words }: StatedError): AppError {
    if (contextWords.test(words)) return promptTooLong();
    return failed(
        "has failed while it answered",
        "If it happens again, look into the server's log.",
        true,
    );
}

/** There was no answer at all. */
export function unreachable(cause: unknown): AppError {
    const code = networkCode(cause);
    return failed(
        `cannot be reached${code === undefined ? "" : ` (${code})`}`,
        "Start the server, and check server.url in the model's profile.",
        true,
        { cause },
    );
}

/** It was silent for too long. */
export function silent(): AppError {
    return failed(
        "has not answered in time",
        "See whether it has more to do than it can, and look into its log.",
        true,
    );
}

/** The stream ended before the answer did. */
export function brokenOff(cause?: unknown): AppError {
    return failed(
        "has broken off its answer",
        "If it happens again, look into the server's log.",
        true,
        cause === undefined ? {} : { cause },
    );
}

/** What came is not what the interface promises. */
export function malformed(): AppError {
    return failed(
        "has sent something that is no chat completion",
        "Check server.url in the model's profile: it usually ends with /v1.",
        true,
    );
}

/** Not even the last message fits. */
export function promptTooLong(): AppError {
    return new AppError("prompt-too-long", "The message is too long for the model's context.", {
        remedy: "Start the model server with a larger context, or lower messages.maxCharacters in clinic.yaml.",
    });
}

/** The server does not have the model. */
function modelUnknown(): AppError {
    return failed(
        "does not know the model",
        "Set server.model in the model's profile to a name that the server has; bimedix2 doctor shows them.",
        false,
    );
}

function isRequestFault(status: number): boolean {
    return [400, 404, 413, 422].includes(status);
}

function keyRefused(status: number): AppError {
    return failed(
        `refuses the key (${status})`,
        "Put the key with which the server was started into .env as BIMEDIX2_MODEL_API_KEY.",
        false,
    );
}

function redirected(): AppError {
    return failed(
        "sends requests on to another address",
        "Write the final address as server.url in the model's profile.",
        false,
    );
}

function nothingThere(): AppError {
    return failed(
        "has no chat completions at this address (404)",
        "Check server.url in the model's profile: it usually ends with /v1.",
        false,
    );
}

function picturesRefused(): AppError {
    return failed(
        "does not take these pictures",
        "Start it with the model's vision part and with room for as many pictures as a conversation has (vLLM: --limit-mm-per-prompt), or remove imageSide of the model's server.",
        false,
    );
}

function busy(status: number, retryAfter: string | null): AppError {
    const seconds = Number(retryAfter);
    return failed(
        `cannot answer now (${status})`,
        "Wait until it has loaded its model. If it happens again, look into the server's log.",
        true,
        retryAfter !== null && seconds > 0 && seconds < 3600
            ? { retryAfterMs: seconds * 1000 }
            : {},
    );
}

function failed(
    what: string,
    remedy: string,
    retryable: boolean,
    more: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
): AppError {
    return new AppError("model-failed", `The model server ${what}.`, {
        remedy,
        retryable,
        ...more,
    });
}
