import { z } from "zod";
import {
    commandNames,
    type ConversationKey,
    type ImageReference,
    type InboundMessage,
    type ModelImage,
    type Reply,
    type Turn,
} from "../../src/message.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import type { ArrivedPictures } from "../../src/queue-ports.ts";
import { packPixels, unpackPixels } from "./pixels.ts";

/**
 * What is stored, as bytes: sealed, and within a format version, then the value. This file is the
 * only one that knows what stored values look like inside.
 */

/** Version 1 of texts: JSON. */
const jsonVersion = "1".charCodeAt(0);
/** Version 1 of pictures: side as 16 bits, then packed pixels. */
const pixelsVersion = 1;
const imageHeaderBytes = 3;

const language = z.enum(["ar", "en"]);
const imageReference = z.object({ id: z.string(), side: z.int().positive() });
const command = z.object({
    name: z.enum(commandNames),
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
    fromStaff: z.boolean().exactOptional(),
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
    alarm: z.object({ emergency: z.boolean(), crisis: z.boolean() }).exactOptional(),
    withheld: z.object({ language, other: z.string().exactOptional() }).exactOptional(),
    fromStaff: z.boolean().exactOptional(),
    handedOver: z.boolean().exactOptional(),
    traceparent: z.string().exactOptional(),
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
            "pictures-off",
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
        note: z
            .object({
                kind: z.enum([
                    "request",
                    "urgent",
                    "crisis",
                    "message",
                    "summary",
                    "ended",
                    "notice",
                ]),
                code: z.string().exactOptional(),
            })
            .exactOptional(),
        menu: z.enum(["ar", "en", "automatic"]).exactOptional(),
        journey: z
            .object({ acceptedAtMs: z.number(), traceparent: z.string().exactOptional() })
            .exactOptional(),
    }),
    replyTo: z.string().exactOptional(),
});

/** A reply that waits for its delivery, and the message that it stands beneath. */
export interface StoredReply {
    readonly reply: Reply;
    readonly replyTo?: string;
}

/**
 * Turns the values of conversations into what is stored of them, and back. Each is sealed to its
 * conversation, its kind and its id. What was stored before there was encryption is understood as
 * well. Decoding gives `undefined` for what is damaged, was written by a newer version, belongs
 * elsewhere, or needs a key that this process does not have.
 */
export interface Codec {
    /** Whether a value is sealed with a key that this process does not have (yet). */
    lacksKey(bytes: Buffer): boolean;
    encodeTurn(key: ConversationKey, turn: Turn): Buffer;
    decodeTurn(key: ConversationKey, bytes: Buffer): Turn | undefined;
    encodeMessage(message: InboundMessage): Buffer;
    /** @param id Under which it is stored. */
    decodeMessage(key: ConversationKey, id: string, bytes: Buffer): InboundMessage | undefined;
    /** Equal for equal messages, for each key that is known; of the current key first. */
    fingerprintsOf(message: InboundMessage): readonly string[];
    /** What became of a message's files. */
    encodePictures(key: ConversationKey, messageId: string, arrived: ArrivedPictures): Buffer;
    decodePictures(
        key: ConversationKey,
        messageId: string,
        bytes: Buffer,
    ): ArrivedPictures | undefined;
    encodeReply(key: ConversationKey, turnId: string, reply: StoredReply): Buffer;
    decodeReply(key: ConversationKey, turnId: string, bytes: Buffer): StoredReply | undefined;
    /** A platform adapter's journal; what is inside is the adapter's affair. */
    encodeJournal(key: ConversationKey, turnId: string, state: unknown): Buffer;
    decodeJournal(key: ConversationKey, turnId: string, bytes: Buffer): unknown;
    /** A picture: without loss, at about a third of its size. */
    encodeImage(key: ConversationKey, image: ModelImage): Promise<Buffer>;
    decodeImage(
        key: ConversationKey,
        reference: ImageReference,
        bytes: Buffer,
    ): Promise<ModelImage | undefined>;
}

/** What a sealed value is; part of the place that it opens in. */
export type SealedKind =
    "turn" | "message" | "pictures" | "reply" | "journal" | "image" | "cache-key";

/** The place of a value among all that is sealed. Turns have no ids. */
export function placeOf(kind: SealedKind, key: ConversationKey, id = ""): readonly string[] {
    return [kind, key, id];
}

/** Whether a value was stored before there was encryption. */
export function isPlain(bytes: Buffer): boolean {
    return bytes[0] === jsonVersion || bytes[0] === pixelsVersion;
}

/** A codec that seals with `cipher`. */
export function createCodec(cipher: Cipher): Codec {
    const sealed = (place: readonly string[], value: unknown): Buffer =>
        cipher.seal(encodeJson(value), place);
    const opened = (place: readonly string[], bytes: Buffer): Buffer | undefined =>
        isPlain(bytes) ? bytes : cipher.open(bytes, place);
    const read = (place: readonly string[], bytes: Buffer): unknown => {
        const plain = opened(place, bytes);
        return plain && decodeJson(plain);
    };

    return {
        lacksKey: (bytes) => {
            const heads = cipher.heads();
            const isSealed = bytes[0] === heads[0]?.[0];
            return isSealed && !heads.some((head) => head.equals(bytes.subarray(0, head.length)));
        },
        encodeTurn: (key, turn) => sealed(placeOf("turn", key), turn),
        decodeTurn: (key, bytes) => storedTurn.safeParse(read(placeOf("turn", key), bytes)).data,
        encodeMessage: (message) =>
            sealed(placeOf("message", message.conversation, message.id), message),
        decodeMessage: (key, id, bytes) =>
            storedMessage.safeParse(read(placeOf("message", key, id), bytes)).data,
        fingerprintsOf: (message) =>
            cipher.fingerprints(
                fingerprinted(encodeJson(message)),
                placeOf("message", message.conversation, message.id),
            ),
        encodePictures: (key, messageId, arrived) =>
            sealed(placeOf("pictures", key, messageId), arrived),
        decodePictures: (key, messageId, bytes) =>
            storedPictures.safeParse(read(placeOf("pictures", key, messageId), bytes)).data,
        encodeReply: (key, turnId, reply) => sealed(placeOf("reply", key, turnId), reply),
        decodeReply: (key, turnId, bytes) =>
            storedReply.safeParse(read(placeOf("reply", key, turnId), bytes)).data,
        encodeJournal: (key, turnId, state) =>
            sealed(placeOf("journal", key, turnId), state ?? null),
        decodeJournal: (key, turnId, bytes) => read(placeOf("journal", key, turnId), bytes),
        encodeImage: async (key, image) =>
            cipher.seal(await encodePixels(image), placeOf("image", key, image.id)),
        decodeImage: async (key, reference, bytes) => {
            const plain = opened(placeOf("image", key, reference.id), bytes);
            return plain && (await decodePixels(plain, reference));
        },
    };
}

/** What of a stored message tells it from another: a trace begins anew with each delivery. */
export function fingerprinted(plain: Buffer): Buffer {
    if (!plain.includes('"traceparent"')) return plain;
    const message = decodeJson(plain);
    if (typeof message !== "object" || message === null) return plain;
    return encodeJson({ ...message, traceparent: undefined });
}

async function encodePixels(image: ModelImage): Promise<Buffer> {
    const header = Buffer.alloc(imageHeaderBytes);
    header.writeUInt8(pixelsVersion);
    header.writeUInt16BE(image.side, 1);
    return Buffer.concat([header, await packPixels(image.rgb, image.side)]);
}

async function decodePixels(
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
