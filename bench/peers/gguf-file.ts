import { open, rename } from "node:fs/promises";
import type { GgmlType } from "node-llama-cpp";
import { tensorBlocks } from "../../adapters/llama/tensor-bytes.ts";

/** A value of a GGUF file's metadata. */
export type MetadataValue =
    | { readonly u32: number }
    | { readonly f32: number }
    | { readonly bool: boolean }
    | { readonly string: string }
    | { readonly strings: readonly string[] }
    | { readonly i32s: readonly number[] }
    | { readonly f32s: readonly number[] };

/** One tensor of a file that is to be written. */
export interface TensorPlan {
    readonly name: string;
    /** The row's length first. */
    readonly dimensions: readonly number[];
    readonly type: GgmlType;
    /** Fills whole rows of `rowBytes` each; called in the order of the rows. */
    readonly fill: (rows: Buffer, firstRow: number, rowBytes: number) => void;
}

const alignment = 32;
const chunkBytes = 8 * 2 ** 20;
const kinds = { u32: 4, f32: 6, bool: 7, string: 8, array: 9, i32: 5 } as const;

/** Writes a GGUF file of version 3, a few megabytes at a time; a file at `path` is always whole. */
export async function writeGguf(
    path: string,
    metadata: Readonly<Record<string, MetadataValue>>,
    tensors: readonly TensorPlan[],
): Promise<void> {
    const unfinished = `${path}.${process.pid}`;
    const file = await open(unfinished, "w");
    try {
        await file.write(padded(header(metadata, tensors)));
        for (const tensor of tensors) {
            const rowBytes = bytesPerRow(tensor);
            const rows = rowCount(tensor);
            const step = Math.max(1, Math.floor(chunkBytes / rowBytes));
            for (let row = 0; row < rows; row += step) {
                const chunk = Buffer.alloc(Math.min(step, rows - row) * rowBytes);
                tensor.fill(chunk, row, rowBytes);
                await file.write(chunk);
            }
            await file.write(Buffer.alloc(missing(rows * rowBytes)));
        }
    } finally {
        await file.close();
    }
    await rename(unfinished, path);
}

function rowCount({ dimensions }: TensorPlan): number {
    return dimensions.slice(1).reduce((product, size) => product * size, 1);
}

function bytesPerRow({ dimensions, type }: TensorPlan): number {
    const [elements, bytes] = tensorBlocks[type] ?? [0, 0];
    const count = ((dimensions[0] ?? 0) / elements) * bytes;
    if (!Number.isInteger(count)) throw new Error("A row is not a whole number of blocks.");
    return count;
}

function header(
    metadata: Readonly<Record<string, MetadataValue>>,
    tensors: readonly TensorPlan[],
): Buffer {
    const entries = Object.entries(metadata);
    const parts = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(entries.length)];
    for (const [key, value] of entries) parts.push(text(key), encode(value));
    let offset = 0;
    for (const tensor of tensors) {
        const { name, dimensions, type } = tensor;
        parts.push(text(name), u32(dimensions.length), ...dimensions.map(u64));
        parts.push(u32(type), u64(offset));
        const size = rowCount(tensor) * bytesPerRow(tensor);
        offset += size + missing(size);
    }
    return Buffer.concat(parts);
}

function encode(value: MetadataValue): Buffer {
    if ("u32" in value) return Buffer.concat([u32(kinds.u32), u32(value.u32)]);
    if ("f32" in value) return Buffer.concat([u32(kinds.f32), f32(value.f32)]);
    if ("bool" in value) return Buffer.concat([u32(kinds.bool), Buffer.of(Number(value.bool))]);
    if ("string" in value) return Buffer.concat([u32(kinds.string), text(value.string)]);
    if ("strings" in value) return array(kinds.string, value.strings.map(text));
    if ("i32s" in value) return array(kinds.i32, value.i32s.map(u32));
    return array(kinds.f32, value.f32s.map(f32));
}

function array(kind: number, items: readonly Buffer[]): Buffer {
    return Buffer.concat([u32(kinds.array), u32(kind), u64(items.length), ...items]);
}

function text(value: string): Buffer {
    const bytes = Buffer.from(value);
    return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
}

function u64(value: number): Buffer {
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
