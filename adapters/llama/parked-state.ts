import type { Token } from "node-llama-cpp";
import { z } from "zod";
import type { Logger } from "../../src/log.ts";

/** What the model has read of a conversation, away from its memory. */
export interface ParkedState {
    /** What was read; where pictures stand, placeholders of this process. */
    readonly tokens: readonly Token[];
    readonly images: readonly ParkedImage[];
    /** What llama.cpp gives of a sequence. */
    readonly data: Uint8Array;
}

/** A picture's positions, of which `end` is the first behind it. */
export interface ParkedImage {
    readonly start: number;
    readonly end: number;
    readonly id: string;
}

/** What a written state is read by. */
export interface StateReader {
    /** Of the model, its shape and the program that has made the data: it fits nothing else. */
    readonly fingerprint: string;
    /** The placeholder that this process has for a picture. */
    readonly placeholderOf: (imageId: string) => Token;
}

/** How much is kept of conversations that the model's memory has no room for, and where. */
export interface ParkingLimits {
    readonly memoryBytes: number;
    /** 0: nothing is kept on disk. */
    readonly diskBytes: number;
    /** Holds nothing else; processes of one machine may share it. */
    readonly folder: string;
    /** What nobody has used for so long is removed from the disk. */
    readonly keepForMs: number;
}

/** How states are parked. */
export interface ParkingOptions extends ParkingLimits, StateReader {
    /** What nobody has used for so long leaves the memory for the disk. Default: 30 minutes. */
    readonly unusedAfterMs?: number;
    /** How long the end may take. Default: 15 s. */
    readonly closeWithinMs?: number;
    readonly logger: Logger;
}

const head = z.object({
    fingerprint: z.string(),
    tokens: z.int().nonnegative(),
    images: z
        .array(z.object({ start: z.int().nonnegative(), end: z.int().positive(), id: z.string() }))
        .readonly(),
});
const lengthBytes = 4;
const tokenBytes = 4;

/** How much memory a state takes, in bytes. */
export function weightOf({ tokens, data }: ParkedState): number {
    return tokens.length * 8 + data.byteLength;
}

/**
 * A state as bytes that any process understands: length of the head, head, tokens of 32 bits, data,
 * all numbers from the lowest byte. Placeholders are numbers of one process and are left out.
 */
export function writeState(state: ParkedState, fingerprint: string): readonly Uint8Array[] {
    const { tokens, images, data } = state;
    const start = Buffer.from(JSON.stringify({ fingerprint, tokens: tokens.length, images }));
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32LE(start.length);
    const numbers = Buffer.alloc(tokens.length * tokenBytes);
    for (const [index, token] of tokens.entries()) numbers.writeUInt32LE(token, index * tokenBytes);
    for (const image of images) numbers.fill(0, image.start * tokenBytes, image.end * tokenBytes);
    return [length, start, numbers, data];
}

/** The state of its bytes, which it goes on to use; `undefined` when it is another model's or damaged. */
export function readState(bytes: Buffer, reader: StateReader): ParkedState | undefined {
    if (bytes.length < lengthBytes) return undefined;
    const tokensAt = lengthBytes + bytes.readUInt32LE(0);
    const read = head.safeParse(parse(bytes.toString("utf8", lengthBytes, tokensAt))).data;
    if (read?.fingerprint !== reader.fingerprint) return undefined;
    const dataAt = tokensAt + read.tokens * tokenBytes;
    if (dataAt > bytes.length) return undefined;
    const tokens = Array.from({ length: read.tokens }, (_, index): Token => {
        return bytes.readUInt32LE(tokensAt + index * tokenBytes) as Token;
    });
    for (const { start, end, id } of read.images) {
        if (end > tokens.length) return undefined;
        tokens.fill(reader.placeholderOf(id), start, end);
    }
    return { tokens, images: read.images, data: bytes.subarray(dataAt) };
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
