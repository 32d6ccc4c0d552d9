import { readFile, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { AppError, isAppError } from "../../src/errors.ts";
import type { Attachment } from "../../src/message.ts";
import { withDeadline } from "../../src/wait.ts";
import { readBody } from "../../src/messaging/read-body.ts";
import { withRetries } from "../../src/messaging/with-retries.ts";
import type { BotClient } from "./bot-client.ts";
import { asAway } from "../../src/messaging/as-away.ts";
import { refusalReason, translateFailure } from "./failures.ts";
import type { TelegramTimings } from "./timings.ts";

/**
 * The bytes of a file that a patient sent. Telegram's own servers give out files of up to 20 MB, a
 * Bot API server of the clinic's own files of any size (Bot API, `getFile`).
 *
 * @throws `attachment-too-large`, `attachment-unavailable`, `platform-unavailable` (retryable),
 * `aborted`.
 */
export async function downloadFile(
    client: BotClient,
    timings: TelegramTimings,
    { id, byteSize = 0 }: Attachment,
    maxBytes: number,
    signal: AbortSignal,
): Promise<Uint8Array> {
    if (byteSize > maxBytes) throw tooLarge();
    return await withRetries(
        async () => {
            const path = await locate(client, id, signal);
            return await withDeadline(timings.downloadMs, signal, async (bounded) => {
                try {
                    // A server of the clinic's own, started with --local, gives a file's place.
                    if (client.ownServer && isAbsolute(path)) {
                        return await readBytes(path, maxBytes, bounded);
                    }
                    return await fetchBytes(client.fileUrl(path), maxBytes, bounded);
                } catch (error) {
                    throw translateFailure(error, signal);
                }
            });
        },
        timings,
        signal,
    );
}

async function locate(client: BotClient, id: string, signal: AbortSignal): Promise<string> {
    try {
        const { file_path: path } = await client.call("getFile", { file_id: id }, { signal });
        if (path !== undefined) return path;
    } catch (error) {
        if (refusalReason(error) === "file-too-big") throw tooLarge();
        if (!isAppError(error, "platform-rejected")) throw asAway(error);
    }
    throw gone();
}

async function fetchBytes(url: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const response = await fetch(url, { signal, redirect: "error" });
    const { status, body } = response;
    if (!response.ok || body === null) {
        await body?.cancel();
        if (status < 500 && status !== 429) throw gone();
        throw new AppError("platform-unavailable", `Telegram has a fault of its own (${status}).`, {
            retryable: true,
        });
    }
    return await readBody(body, maxBytes, tooLarge);
}

async function readBytes(path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    try {
        const { size } = await stat(path);
        if (size > maxBytes) throw tooLarge();
        return await readFile(path, { signal });
    } catch (error) {
        if (isAppError(error) || signal.aborted) throw error;
        throw new AppError(
            "attachment-unavailable",
            "A file of the Bot API server cannot be read.",
            {
                remedy: "Let the Bot API server and this program run on one machine, and let this program's user read the server's files.",
            },
        );
    }
}

function tooLarge(): AppError {
    return new AppError("attachment-too-large", "A file on Telegram is larger than allowed.");
}

function gone(): AppError {
    return new AppError("attachment-unavailable", "A file on Telegram is no longer there.");
}
