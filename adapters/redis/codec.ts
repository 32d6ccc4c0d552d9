import { z } from "zod";
import type { InboundMessage, ModelImage, ImageReference, Reply, Turn } from "../../src/message.ts";
import type { ArrivedPictures } from "../../src/queue-ports.ts";
import { packPixels, unpackPixels } from "./pixels.ts";

/**
 * What is stored, as bytes: a format version, then the value. This file is the only one that knows
 * what stored values look like inside.
 */

/** Version 1 of texts: JSON. */
const jsonVersion = "1".charCodeAt(0);
/** Version 1 of pictures: side as 16 bits, then packed pixels. */
const pixelsVersion = 1;
const imageHeaderBytes = 3;

const language = z.enum(["ar", "en"]);
const imageReference = z.object({ id: z.string(), side: z.int().positive() });
const command = z.object({
    name: z.enum(["start", "help", "reset", "language", "stop"]),
    argument: z.string(),
});

const storedTurn = z.object({
    role: z.enum(["user", "assistant"]),
    text: z.string(),
    language,
    atMs: z.number(),
    images: z.array(imageReference),
    messageId: z.string().exactOptional(),
    disclaimer: z.boolean().exactOptional(),
});

const conversation = z.templateLiteral([
    z.enum(["telegram", "whatsapp-web", "whatsapp-cloud", "web", "terminal"]),
    ":",
    z.string(),
    ":",
    z.string(),
]);

const storedMessage = z.object({
    id: z.string(),
    conversation,
    receivedAtMs: z.number(),
    text: z.string(),
    attachments: z.array(
        z.object({
            kind: z.enum(["image", "other"]),
            id: z.string(),
            mimeType: z.string().exactOptional(),
            byteSize: z.number().exactOptional(),
        }),
    ),
    quoted: z.object({ text: z.string(), fromAssistant: z.boolean() }).exactOptional(),
    command: command.exactOptional(),
    appLanguage: z.string().exactOptional(),
    albumId: z.string().exactOptional(),
    edit: z.boolean().exactOptional(),
});

const storedPictures = z.object({
    images: z.array(imageReference),
    refusals: z.array(
        z.enum([
            "file-unsupported",
            "image-burned-in",
            "image-corrupt",
            "image-too-large",
            "image-unavailable",
            "image-unsupported",
            "images-too-many",
            "vision-unavailable",
        ]),
    ),
});

const storedReply = z.object({
    reply: z.object({
        text: z.string(),
        language,
        choices: z.array(z.object({ label: z.string(), command })).exactOptional(),
        more: z.boolean().exactOptional(),
    }),
    replyTo: z.string().exactOptional(),
});

/** A turn as it is stored. */
export function encodeTurn(turn: Turn): Buffer {
    return encodeJson(turn);
}

/** `undefined` for what is damaged or was written by a newer version. */
export function decodeTurn(bytes: Buffer): Turn | undefined {
    return storedTurn.safeParse(decodeJson(bytes)).data;
}

/** A message as it is stored. */
export function encodeMessage(message: InboundMessage): Buffer {
    return encodeJson(message);
}

/** `undefined` for what is damaged or was written by a newer version. */
export function decodeMessage(bytes: Buffer): InboundMessage | undefined {
    return storedMessage.safeParse(decodeJson(bytes)).data;
}

/** What became of a message's files, as it is stored. */
export function encodePictures(arrived: ArrivedPictures): Buffer {
    return encodeJson(arrived);
}

/** `undefined` for what is damaged or was written by a newer version. */
export function decodePictures(bytes: Buffer): ArrivedPictures | undefined {
    return storedPictures.safeParse(decodeJson(bytes)).data;
}

/** A reply that waits for its delivery, and the message that it stands beneath. */
export interface StoredReply {
    readonly reply: Reply;
    readonly replyTo?: string;
}

/** A reply as it is stored. */
export function encodeReply(reply: StoredReply): Buffer {
    return encodeJson(reply);
}

/** `undefined` for what is damaged or was written by a newer version. */
export function decodeReply(bytes: Buffer): StoredReply | undefined {
    return storedReply.safeParse(decodeJson(bytes)).data;
}

/** A platform adapter's journal as it is stored; what is inside is the adapter's affair. */
export function encodeJournal(state: unknown): Buffer {
    return encodeJson(state ?? null);
}

/** `undefined` for what is damaged or was written by a newer version. */
export function decodeJournal(bytes: Buffer): unknown {
    return decodeJson(bytes);
}

/** A picture as it is stored: without loss, at about a third of its size. */
export async function encodeImage(image: ModelImage): Promise<Buffer> {
    const header = Buffer.alloc(imageHeaderBytes);
    header.writeUInt8(pixelsVersion);
    header.writeUInt16BE(image.side, 1);
    return Buffer.concat([header, await packPixels(image.rgb, image.side)]);
}

/** `undefined` for what is damaged, was written by a newer version, or is another picture's. */
export async function decodeImage(
    bytes: Buffer,
    reference: ImageReference,
): Promise<ModelImage | undefined> {
    if (bytes.length < imageHeaderBytes || bytes[0] !== pixelsVersion) return undefined;
    if (bytes.readUInt16BE(1) !== reference.side) return undefined;
    const rgb = await unpackPixels(bytes.subarray(imageHeaderBytes), reference.side);
    return rgb === undefined ? undefined : { id: reference.id, side: reference.side, rgb };
}

function encodeJson(value: unknown): Buffer {
    return Buffer.from(String.fromCharCode(jsonVersion) + JSON.stringify(value));
}

function decodeJson(bytes: Buffer): unknown {
    if (bytes[0] !== jsonVersion) return undefined;
    try {
        return JSON.parse(bytes.toString("utf8", 1));
    } catch {
        return undefined;
    }
}
