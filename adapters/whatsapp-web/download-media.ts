import { AppError } from "../../src/errors.ts";
import type { Attachment } from "../../src/message.ts";
import { withPage } from "./call-page.ts";
import { notDone } from "./failures.ts";
import type { MessageTimings } from "./message-timings.ts";
import { readRawMessage } from "./raw-message.ts";
import type { WebSession } from "./session.ts";

/** The bytes of a message's file. Its id is enough, also after a restart. */
export async function downloadMedia(
    session: WebSession | undefined,
    { downloadMs }: MessageTimings,
    { id, byteSize = 0 }: Attachment,
    maxBytes: number,
    signal: AbortSignal,
): Promise<Uint8Array> {
    if (byteSize > maxBytes) throw tooLarge();
    // The library takes nothing else for the name of a message.
    if (!/^(?:true|false)_[^_]+_[^_]+(?:_[^_]+)?$/.test(id)) throw unavailable();
    return await withPage(session, { timeoutMs: downloadMs, signal }, async ({ client }) => {
        const message = await client.getMessageById(id);
        const stated = readRawMessage(message?.rawData);
        if (!message?.hasMedia || !stated) throw unavailable();
        if ((stated.size ?? 0) > maxBytes) throw tooLarge();
        const media = await message.downloadMedia();
        // The library's types do not say that a file which is gone gives nothing.
        if ((media as unknown) === undefined) {
            const now = readRawMessage((await client.getMessageById(id))?.rawData);
            const isComing = /^(?:REUPLOADING|FETCHING)$/.test(now?.mediaData?.mediaStage ?? "");
            throw isComing ? notDone("is still fetching a picture from the phone") : unavailable();
        }
        const bytes = Buffer.from(media.data, "base64");
        if (bytes.length > maxBytes) throw tooLarge();
        return bytes;
    });
}

function tooLarge(): AppError {
    return new AppError("attachment-too-large", "A patient's file is too large.");
}

function unavailable(): AppError {
    return new AppError("attachment-unavailable", "A patient's file is not there any more.");
}
