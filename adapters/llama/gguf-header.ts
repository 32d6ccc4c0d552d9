import { open } from "node:fs/promises";
import { GgufBytes } from "./gguf-bytes.ts";

/** A value of the metadata; whole numbers of 64 bits are rounded to what a JavaScript number holds. */
export type GgufValue = number | boolean | string | readonly number[];

/** What a header says of a tensor. */
export interface GgufTensor {
    readonly name: string;
    /** The row's length first. */
    readonly dimensions: readonly number[];
    /** As ggml numbers its types, also those that this program does not know. */
    readonly ggmlType: number;
    /** Where it begins in its file, in bytes. */
    readonly fileOffset: number;
}

/** Bytes of a file, from `start` until before `end`. */
export interface ByteRange {
    readonly start: number;
    readonly end: number;
}

/** What stands before the weights of a GGUF file, without its long lists. */
export interface GgufHeader {
    /** Without arrays of strings, of booleans or of more than 4096 numbers, and strings of more than 1 MiB. */
    readonly metadata: ReadonlyMap<string, GgufValue>;
    readonly tensors: readonly GgufTensor[];
    /** The texts of all tokens, each after its length; absent: it has none. */
    readonly tokens?: ByteRange;
    /** Of the whole file. */
    readonly byteSize: number;
}

// As the specification limits them; of a tensor's name, llama.cpp needs a byte for its end
const mostKeyBytes = 65_535;
const mostNameBytes = 63;
const mostDimensions = 4;

// Far more than any model has; each becomes an object of many times the bytes that name it
const mostEntries = 1_000_000;
const mostStringBytes = 2 ** 20;
const mostNumbers = 4096;
const usualAlignment = 32;
// The lengths of a name and of what stands beside it; the names themselves come on top
const leastTensorBytes = 24;
const leastValueBytes = 13;

/**
 * Reads the header of one GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2
 * and 3, little endian), one part of a split model. Whatever a damaged file claims, no more is read
 * than the file has bytes.
 *
 * @param pieceBytes How much is read at a time.
 * @throws Error when it is no such file, damaged, or cut off within its header; what the file system throws.
 */
export async function readGgufHeader(path: string, pieceBytes?: number): Promise<GgufHeader> {
    const file = await open(path);
    try {
        const { size } = await file.stat();
        const bytes = new GgufBytes(file, size, pieceBytes);
        return { ...(await readHeader(bytes)), byteSize: size };
    } finally {
        await file.close();
    }
}

async function readHeader(bytes: GgufBytes): Promise<Omit<GgufHeader, "byteSize">> {
    const magic = await bytes.take(4, (piece, at) => piece.toString("latin1", at, at + 4));
    const version = await bytes.u32();
    if (magic !== "GGUF" || (version !== 2 && version !== 3)) throw impossible("beginning");
    const tensorCount = await bytes.u64();
    const valueCount = await bytes.u64();
    if (Math.max(tensorCount, valueCount) > mostEntries) throw impossible("number of entries");
    bytes.expect(tensorCount * leastTensorBytes + valueCount * leastValueBytes);
    const metadata = new Map<string, GgufValue>();
    let tokens: ByteRange | undefined;
    for (let left = valueCount; left > 0; left--) {
        const key = await readName(bytes, mostKeyBytes);
        const { value, strings } = await readValue(bytes);
        if (value !== undefined) metadata.set(key, value);
        if (key === "tokenizer.ggml.tokens") tokens = strings;
    }
    const tensors: GgufTensor[] = [];
    for (let left = tensorCount; left > 0; left--) tensors.push(await readTensor(bytes));
    const alignment = metadata.get("general.alignment") ?? usualAlignment;
    return {
        metadata,
        tensors: placeTensors(tensors, bytes.position, alignment),
        ...(tokens && { tokens }),
    };
}

/** Zeros stand where a download has left holes: a name of no bytes ends the reading. */
async function readName(bytes: GgufBytes, mostBytes: number): Promise<string> {
    const name = await bytes.string(mostBytes);
    if (name === undefined || name === "") throw impossible("name");
    return name;
}

interface ReadValue {
    /** Absent: it was skipped. */
    readonly value?: GgufValue | undefined;
    /** Of an array of strings. */
    readonly strings?: ByteRange;
}

async function readValue(bytes: GgufBytes): Promise<ReadValue> {
    const type = await bytes.u32();
    if (type === arrayType) return readArray(bytes);
    if (type === stringType) return { value: await bytes.string(mostStringBytes) };
    if (type === boolType) return { value: await bytes.take(1, (piece, at) => piece[at] !== 0) };
    const [length, read] = numberOf(type);
    return { value: await bytes.take(length, read) };
}

/** Arrays of arrays do not occur, and llama.cpp does not read them: there is nothing to descend into. */
async function readArray(bytes: GgufBytes): Promise<ReadValue> {
    const type = await bytes.u32();
    const count = await bytes.u64();
    if (type === stringType) {
        const start = bytes.position;
        await bytes.skipStrings(count);
        return { strings: { start, end: bytes.position } };
    }
    if (type === boolType) {
        bytes.skip(count);
        return {};
    }
    const [length, read] = numberOf(type);
    bytes.expect(count * length);
    if (count > mostNumbers) {
        bytes.skip(count * length);
        return {};
    }
    const value = await bytes.take(count * length, (piece, at) =>
        Array.from({ length: count }, (_, index) => read(piece, at + index * length)),
    );
    return { value };
}

type ReadNumber = (piece: Buffer, at: number) => number;

const boolType = 7;
const stringType = 8;
const arrayType = 9;
/** How long a number of each type is, in bytes, and how it is read. */
const numbers: Readonly<Record<number, readonly [length: number, read: ReadNumber]>> = {
    0: [1, (piece, at) => piece.readUInt8(at)],
    1: [1, (piece, at) => piece.readInt8(at)],
    2: [2, (piece, at) => piece.readUInt16LE(at)],
    3: [2, (piece, at) => piece.readInt16LE(at)],
    4: [4, (piece, at) => piece.readUInt32LE(at)],
    5: [4, (piece, at) => piece.readInt32LE(at)],
    6: [4, (piece, at) => piece.readFloatLE(at)],
    10: [8, (piece, at) => Number(piece.readBigUInt64LE(at))],
    11: [8, (piece, at) => Number(piece.readBigInt64LE(at))],
    12: [8, (piece, at) => piece.readDoubleLE(at)],
};

function numberOf(type: number): readonly [length: number, read: ReadNumber] {
    const number = numbers[type];
    if (number === undefined) throw impossible("type of a value");
    return number;
}

/** A tensor; `fileOffset` still counts from where the weights begin. */
async function readTensor(bytes: GgufBytes): Promise<GgufTensor> {
    const name = await readName(bytes, mostNameBytes);
    const count = await bytes.u32();
    if (count > mostDimensions) throw impossible("number of dimensions");
    const dimensions: number[] = [];
    while (dimensions.length < count) dimensions.push(await bytes.u64());
    const elements = dimensions.reduce((product, size) => product * size, 1);
    if (![...dimensions, elements].every(Number.isSafeInteger)) throw impossible("dimension");
    const ggmlType = await bytes.u32();
    return { name, dimensions, ggmlType, fileOffset: await bytes.u64() };
}

function placeTensors(
    tensors: readonly GgufTensor[],
    headerEnd: number,
    alignment: GgufValue,
): readonly GgufTensor[] {
    if (typeof alignment !== "number" || !isPowerOfTwo(alignment)) throw impossible("alignment");
    const start = Math.ceil(headerEnd / alignment) * alignment;
    return tensors.map((tensor) => {
        const fileOffset = start + tensor.fileOffset;
        if (fileOffset % alignment !== 0 || !Number.isSafeInteger(fileOffset)) {
            throw impossible("place of a tensor");
        }
        return { ...tensor, fileOffset };
    });
}

function isPowerOfTwo(value: number): boolean {
    return Number.isInteger(value) && value >= 1 && value < 2 ** 32 && (value & (value - 1)) === 0;
}

function impossible(what: string): Error {
    return new Error(`The header names an impossible ${what}.`);
}
