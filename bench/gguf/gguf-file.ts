import { type FileHandle, open, rename } from "node:fs/promises";
import type { GgmlType } from "node-llama-cpp";
import { tensorBlocks } from "../../adapters/llama/tensor-bytes.ts";

/** A value of a GGUF file's metadata. */
export type MetadataValue =
    | { readonly u16: number }
    | { readonly u32: number }
    | { readonly f32: number }
    | { readonly bool: boolean }
    | { readonly string: string }
    | { readonly strings: readonly string[] }
    | { readonly i32s: readonly number[] }
    | { readonly f32s: readonly number[] };

/** What a file's header says of a tensor. */
export interface TensorShape {
    readonly name: string;
    /** The row's length first. */
    readonly dimensions: readonly number[];
    readonly type: GgmlType;
}

/** One tensor of a file that is to be written. */
export interface TensorPlan extends TensorShape {
    /**
     * Fills whole rows of `rowBytes` each; called in the order of the rows. Absent: zeros, which take
     * no place on the disk.
     */
    readonly fill?: (rows: Buffer, firstRow: number, rowBytes: number) => void;
}

const alignment = 32;
const chunkBytes = 8 * 2 ** 20;
const kinds = { u16: 2, u32: 4, f32: 6, bool: 7, string: 8, array: 9, i32: 5 } as const;

/** Writes a GGUF file of version 3, a few megabytes at a time; a file at `path` is always whole. */
export async function writeGguf(
    path: string,
    metadata: Readonly<Record<string, MetadataValue>>,
    tensors: readonly TensorPlan[],
): Promise<void> {
    const unfinished = `${path}.${process.pid}`;
    const file = await open(unfinished, "w");
    try {
        const start = padded(header(metadata, tensors));
        await file.write(start, 0, start.length, 0);
        let offset = start.length;
        for (const tensor of tensors) {
            await writeRows(file, offset, tensor);
            offset += paddedBytes(tensor);
        }
        await file.truncate(offset);
    } finally {
        await file.close();
    }
    await rename(unfinished, path);
}

async function writeRows(file: FileHandle, offset: number, tensor: TensorPlan): Promise<void> {
    if (tensor.fill === undefined) return;
    const rowBytes = bytesPerRow(tensor);
    const rows = rowCount(tensor);
    const step = Math.max(1, Math.floor(chunkBytes / rowBytes));
    for (let row = 0; row < rows; row += step) {
        const chunk = Buffer.alloc(Math.min(step, rows - row) * rowBytes);
        tensor.fill(chunk, row, rowBytes);
        await file.write(chunk, 0, chunk.length, offset + row * rowBytes);
    }
}

function paddedBytes(tensor: TensorShape): number {
    const bytes = rowCount(tensor) * bytesPerRow(tensor);
    return bytes + missing(bytes);
}

function rowCount({ dimensions }: TensorShape): number {
    return dimensions.slice(1).reduce((product, size) => product * size, 1);
}

function bytesPerRow({ dimensions, type }: TensorShape): number {
    const [elements, bytes] = tensorBlocks[type] ?? [0, 0];
    const count = ((dimensions[0] ?? 0) / elements) * bytes;
    if (!Number.isInteger(count)) throw new Error("A row is not a whole number of blocks.");
    return count;
}

function header(
    metadata: Readonly<Record<string, MetadataValue>>,
    tensors: readonly TensorShape[],
): Buffer {
    const entries = Object.entries(metadata);
    const parts = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(entries.length)];
    for (const [key, value] of entries) parts.push(text(key), encode(value));
    let offset = 0;
    for (const tensor of tensors) {
        const { name, dimensions, type } = tensor;
        parts.push(text(name), u32(dimensions.length), ...dimensions.map(u64));
        parts.push(u32(type), u64(offset));
        offset += paddedBytes(tensor);
    }
    return Buffer.concat(parts);
}

function encode(value: MetadataValue): Buffer {
    if ("u16" in value) return Buffer.concat([u32(kinds.u16), u16(value.u16)]);
    if ("u32" in value) return Buffer.concat([u32(kinds.u32), u32(value.u32)]);
    if ("f32" in value) return Buffer.concat([u32(kinds.f32), f32(value.f32)]);
    if ("bool" in value) return Buffer.concat([u32(kinds.bool), Buffer.of(Number(value.bool))]);
    if ("string" in value) return Buffer.concat([u32(kinds.string), text(value.string)]);
    if ("strings" in value) return array(kinds.string, value.strings.map(text));
    if ("i32s" in value)
        return array(
            kinds.i32,
            value.i32s.map((one) => u32(one >>> 0)),
        );
    return array(kinds.f32, value.f32s.map(f32));
}

function array(kind: number, items: readonly Buffer[]): Buffer {
    return Buffer.concat([u32(kinds.array), u32(kind), u64(items.length), ...items]);
}

/** A string as GGUF writes it: its length, then its bytes. */
export function text(value: string): Buffer {
    const bytes = Buffer.from(value);
    return Buffer.concat([u64(bytes.length), bytes]);
}

function u16(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value);
    return bytes;
}

/** A whole number of 32 bits, little endian. */
export function u32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
}

/** A whole number of 64 bits, little endian. */
export function u64(value: number): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
}

function f32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return bytes;
}

function padded(bytes: Buffer): Buffer {
    return Buffer.concat([bytes, Buffer.alloc(missing(bytes.length))]);
}

/** Up to the next multiple of the alignment. */
function missing(bytes: number): number {
    return (alignment - (bytes % alignment)) % alignment;
}
