import { open } from "node:fs/promises";
import { GgmlType } from "node-llama-cpp";
import { tensorBlocks } from "../../../adapters/llama/tensor-bytes.ts";

/** Sizes of a model of Llama's kind. */
export interface LlamaSizes {
    readonly layers: number;
    readonly width: number;
    readonly feedForward: number;
    readonly heads: number;
    readonly keyHeads: number;
    readonly vocabulary: number;
}

/** BiMediX2's, that is Llama 3.1's. */
export const bimedix2Sizes = {
    "8B": {
        layers: 32,
        width: 4096,
        feedForward: 14_336,
        heads: 32,
        keyHeads: 8,
        vocabulary: 128_256,
    },
    "70B": {
        layers: 80,
        width: 8192,
        feedForward: 28_672,
        heads: 64,
        keyHeads: 8,
        vocabulary: 128_256,
    },
} as const satisfies Readonly<Record<string, LlamaSizes>>;

/** The types that a quantization gives to most tensors, and to those that it treats with care. */
const quantizations = {
    Q4_K_M: [GgmlType.Q4_K, GgmlType.Q6_K],
    Q8_0: [GgmlType.Q8_0, GgmlType.Q8_0],
    BF16: [GgmlType.BF16, GgmlType.BF16],
} as const;

/** How a model's numbers are written. */
export type Quantization = keyof typeof quantizations;

/**
 * Writes a model's file with all its sizes and no numbers: a header, and a hole that takes no place
 * on the disk. It can be measured, not asked.
 */
export async function writeShapedModel(
    path: string,
    sizes: LlamaSizes,
    quantization: Quantization,
): Promise<void> {
    const tensors = placeTensors(sizes, quantization);
    const header = Buffer.concat([
        Buffer.from("GGUF"),
        u32(3),
        u64(tensors.length),
        ...metadata(sizes),
        ...tensors.map(({ written }) => written),
    ]);
    const file = await open(path, "w");
    try {
        await file.write(header);
        await file.truncate(aligned(header.length) + (tensors.at(-1)?.end ?? 0));
    } finally {
        await file.close();
    }
}

function metadata(sizes: LlamaSizes): Buffer[] {
    const numbers = {
        "llama.context_length": 131_072,
        "llama.embedding_length": sizes.width,
        "llama.block_count": sizes.layers,
        "llama.feed_forward_length": sizes.feedForward,
        "llama.attention.head_count": sizes.heads,
        "llama.attention.head_count_kv": sizes.keyHeads,
        "llama.rope.dimension_count": sizes.width / sizes.heads,
        "llama.vocab_size": sizes.vocabulary,
    };
    const texts = { "general.architecture": "llama", "tokenizer.ggml.model": "none" };
    const epsilon = Buffer.alloc(4);
    epsilon.writeFloatLE(1e-5);
    const entries = [
        ...Object.entries(texts).map(([key, value]) => [text(key), u32(8), text(value)]),
        ...Object.entries(numbers).map(([key, value]) => [text(key), u32(4), u32(value)]),
        [text("llama.attention.layer_norm_rms_epsilon"), u32(6), epsilon],
    ];
    return [u64(entries.length), ...entries.flat()];
}

function placeTensors(
    sizes: LlamaSizes,
    quantization: Quantization,
): { readonly written: Buffer; readonly end: number }[] {
    const { layers, width, feedForward, heads, keyHeads, vocabulary } = sizes;
    const keyWidth = (width / heads) * keyHeads;
    const [most, careful] = quantizations[quantization];
    let end = 0;
    const place = (name: string, type: GgmlType, ...dimensions: readonly number[]) => {
        const written = Buffer.concat([
            text(name),
            u32(dimensions.length),
            ...dimensions.map(u64),
            u32(type),
            u64(end),
        ]);
        const [elements, bytes] = tensorBlocks[type] ?? [1, 0];
        const count = dimensions.reduce((product, size) => product * size, 1);
        end = aligned(end + (count / elements) * bytes);
        return { written, end };
    };
    const layer = (index: number) => {
        const name = (part: string): string => `blk.${index}.${part}.weight`;
        // Q4_K_M writes half of these with more bits
        const some = index % 2 === 0 ? careful : most;
        return [
            place(name("attn_norm"), GgmlType.F32, width),
            place(name("attn_q"), most, width, width),
            place(name("attn_k"), most, width, keyWidth),
            place(name("attn_v"), some, width, keyWidth),
            place(name("attn_output"), most, width, width),
            place(name("ffn_norm"), GgmlType.F32, width),
            place(name("ffn_gate"), most, width, feedForward),
            place(name("ffn_up"), most, width, feedForward),
            place(name("ffn_down"), some, feedForward, width),
        ];
    };
    return [
        place("token_embd.weight", most, width, vocabulary),
        ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
        place("output_norm.weight", GgmlType.F32, width),
        place("output.weight", careful, width, vocabulary),
    ];
}

function aligned(bytes: number): number {
    return 32 * Math.ceil(bytes / 32);
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
