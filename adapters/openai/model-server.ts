/** A server with the OpenAI-compatible interface, as the clinic has set it up. */
import { type AppError, isAppError } from "../../src/errors.ts";
import { backoffMs, wait, withDeadline } from "../../src/wait.ts";
import { asObject, countIn, objectsIn, parseObject, textIn } from "./json-object.ts";
import { malformed, refusalFailure, unreachable } from "./server-failures.ts";

/** Where a model answers. */
export interface ModelServer {
    /** Up to and with the version, like `http://127.0.0.1:8000/v1`. */
    readonly url: string;
    /** The model's name on the server. */
    readonly model: string;
    readonly apiKey?: string;
}

/** How long a server may take, in milliseconds. */
export interface ServerTimings {
    /** Until the first piece of text: a long prompt is read, others may be before it. */
    readonly firstTextMs: number;
    /** Between two events after that. */
    readonly betweenEventsMs: number;
    /** A server that is away or has no room is asked so many times. */
    readonly tries: number;
    /** Waits before the second try, the third … */
    readonly retry: { readonly firstMs: number; readonly mostMs: number };
}

/** A model that a server says it has. */
export interface ServedModel {
    readonly id: string;
    /** Where the server says it. */
    readonly contextTokens?: number;
}

const longestRefusal = 64 * 1024;
const longestList = 4 * 1024 * 1024;

/**
 * Posts a chat completion and resolves to its stream. A server that is away for a moment, or has no
 * room, is asked again.
 *
 * @throws `model-failed`, `prompt-too-long`, `aborted` while it waits; whatever `fetch` throws once
 * the signal has aborted.
 */
export async function openCompletion(
    server: ModelServer,
    body: string,
    pictures: boolean,
    { tries, retry }: Pick<ServerTimings, "tries" | "retry">,
    signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
    for (let failures = 1; ; failures += 1) {
        try {
            return await postCompletion(server, body, pictures, signal);
        } catch (error) {
            if (!isAppError(error) || !error.retryable || failures >= tries) throw error;
            const asked = Math.min(error.retryAfterMs ?? 0, retry.mostMs);
            await wait(Math.max(asked, backoffMs(failures, retry)), signal);
        }
    }
}

async function postCompletion(
    server: ModelServer,
    body: string,
    pictures: boolean,
    signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
    const response = await send(server, "chat/completions", signal, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "text/event-stream" },
        body,
    });
    if (!response.ok) throw await failureOf(response, pictures);
    const type = response.headers.get("content-type") ?? "";
    if (!type.startsWith("text/event-stream") || response.body === null) {
        await response.body?.cancel();
        throw malformed();
    }
    return response.body;
}

/**
 * The models that the server says it has.
 *
 * @throws `model-failed`.
 */
export async function readServedModels(
    server: ModelServer,
    timeoutMs: number,
): Promise<readonly ServedModel[]> {
    return await withDeadline(timeoutMs, undefined, async (signal) => {
        try {
            const response = await send(server, "models", signal, {});
            if (!response.ok) throw await failureOf(response, false);
            const list = parseObject(await readText(response, longestList));
            if (!Array.isArray(list?.["data"])) throw malformed();
            return objectsIn(list["data"]).flatMap((model) => {
                const id = textIn(model, "id");
                // vLLM, then llama-server
                const contextTokens =
                    countIn(model, "max_model_len") ?? countIn(asObject(model["meta"]), "n_ctx");
                if (id === undefined) return [];
                return [{ id, ...(contextTokens ? { contextTokens } : {}) }];
            });
        } catch (error) {
            throw isAppError(error) ? error : unreachable(error);
        }
    });
}

/** Whether the two name the same model; Ollama takes a name without a tag for its latest. */
export function isModel(served: ServedModel, name: string): boolean {
    return served.id === name || served.id === `${name}:latest`;
}

async function send(
    { url, apiKey }: ModelServer,
    path: string,
    signal: AbortSignal,
    { headers, ...init }: RequestInit,
): Promise<Response> {
    try {
        return await fetch(`${url.replace(/\/+$/, "")}/${path}`, {
            ...init,
            headers: {
                ...(headers as Record<string, string> | undefined),
                "user-agent": "bimedix2-chat",
                ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
            },
            // What patients write goes where the clinic has said, and nowhere else
            redirect: "manual",
            signal,
        });
    } catch (error) {
        throw signal.aborted ? error : unreachable(error);
    }
}

async function failureOf(response: Response, pictures: boolean): Promise<AppError> {
    return refusalFailure({
        status: response.status,
        body: await readText(response, longestRefusal),
        retryAfter: response.headers.get("retry-after"),
        pictures,
    });
}

/** The text of an answer as far as it is not longer than this many bytes. */
async function readText({ body }: Response, maxBytes: number): Promise<string> {
    if (body === null) return "";
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body as ReadableStream<Uint8Array>) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > maxBytes) break;
    }
    return Buffer.concat(chunks).toString("utf8", 0, maxBytes);
}
