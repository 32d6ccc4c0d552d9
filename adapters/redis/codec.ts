import { z } from "zod";
import type { InboundMessage, ModelImage, ImageReference, Turn } from "../../src/message.ts";
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

const storedTurn = z.object({
    role: z.enum(["user", "assistant"]),
    text: z.string(),
    language,
    atMs: z.number(),
    images: z.array(z.object({ id: z.string(), side: z.int().positive() })),
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
    command: z
        .object({ name: z.enum(["start", "help", "reset", "language", "stop"]), argument: z.string() })
        .exactOptional(),
    appLanguage: z.string().exactOptional(),
    albumId: z.string().exactOptional(),
    edit: z.boolean().exactOptional(),
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
