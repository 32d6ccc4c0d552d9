import { createHash } from "node:crypto";
import type { RedisArgument } from "redis";
import type { Logger } from "../../src/log.ts";
import type { ConversationKey, InboundMessage } from "../../src/message.ts";
import type { ArrivedPictures, WaitingMessage } from "../../src/queue-ports.ts";
import type { RedisClient } from "./client.ts";
import type { Codec } from "./codec.ts";
import { mailboxKeys } from "./keys.ts";
import type { Mailbox } from "./mailbox.ts";
import { readRipeness, runMailboxScript, type ScriptRipeness } from "./mailbox-scripts.ts";
import { putPicturesScript, waitingMessageScript } from "./mailbox-picture-scripts.ts";

/** From an accepted message with files to the pictures that a turn can show. */
export function createPictureSide(
    client: RedisClient,
    options: { readonly keyPrefix: string; readonly codec: Codec; readonly logger: Logger },
): Pick<Mailbox, "waitingMessage" | "putPictures"> {
    const { codec } = options;
    return {
        async waitingMessage(key, messageId) {
            const keys = mailboxKeys(options.keyPrefix, key);
            const stored = await runMailboxScript(client, waitingMessageScript, keys, [messageId]);
            if (!Buffer.isBuffer(stored)) return undefined;
            const entry = readMessageEntry(key, messageId, stored, codec);
            if (entry === undefined) options.logger.warn("A stored message was not understood");
            return entry?.message;
        },

        async putPictures(message, arrived, images) {
            const { conversation: key, id } = message;
            const keys = mailboxKeys(options.keyPrefix, key);
            const ids = new Set(arrived.images.map((image) => image.id));
            const values: RedisArgument[] = [
                id,
                nameFiles(message),
                [...ids].join(" "),
                codec.encodePictures(key, id, arrived),
            ];
            for (const image of images) values.push(image.id, await codec.encodeImage(key, image));
            const reply = await runMailboxScript(client, putPicturesScript, keys, values);
            const [ripeness, due] = reply as [ScriptRipeness, number];
            return { ...readRipeness(ripeness), picturesDue: due === 1 };
        },
    };
}

/** Tells a message's files from others, in hexadecimal; empty when it has none. */
export function nameFiles(message: InboundMessage): string {
    if (message.attachments.length === 0) return "";
    const ids = message.attachments.map(({ kind, id }) => [kind, id]);
    return createHash("sha1").update(JSON.stringify(ids)).digest("hex");
}

/** A message as the scripts keep it; `undefined` when it is damaged. */
export function readMessageEntry(
    key: ConversationKey,
    id: string,
    stored: Buffer,
    codec: Codec,
): WaitingMessage | undefined {
    const end = stored.indexOf("\n");
    const acceptedAtMs = Number.parseInt(stored.toString("latin1", 0, Math.max(0, end)), 10);
    const message = codec.decodeMessage(key, id, stored.subarray(end + 1));
    if (message === undefined || !Number.isSafeInteger(acceptedAtMs)) return undefined;
    return { message, acceptedAtMs };
}

/** What became of a message's files, as the scripts keep it; `undefined` when it is damaged. */
export function readPictures(
    key: ConversationKey,
    id: string,
    stored: Buffer,
    codec: Codec,
): ArrivedPictures | undefined {
    return codec.decodePictures(key, id, stored.subarray(stored.indexOf("\n") + 1));
}
