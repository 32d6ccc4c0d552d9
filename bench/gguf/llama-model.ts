import { GgmlType } from "node-llama-cpp";
import type { MetadataValue, TensorShape } from "./gguf-file.ts";

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

/** The types that llama.cpp's quantiser gives to most tensors, and to the output's. */
const quantizations = {
    F16: [GgmlType.F16, GgmlType.F16],
    BF16: [GgmlType.BF16, GgmlType.BF16],
    Q8_0: [GgmlType.Q8_0, GgmlType.Q8_0],
    Q4_0: [GgmlType.Q4_0, GgmlType.Q6_K],
    Q4_K_M: [GgmlType.Q4_K, GgmlType.Q6_K],
} as const;

/** How a model's numbers are written. */
export type Quantization = keyof typeof quantizations;

/** What a file says of a model of these sizes, but for its name and its tokenizer. */
export function llamaMetadata(
    { layers, width, feedForward, heads, keyHeads, vocabulary }: LlamaSizes,
    contextTokens: number,
): Record<string, MetadataValue> {
    return {
        "general.architecture": { string: "llama" },
        "llama.context_length": { u32: contextTokens },
        "llama.embedding_length": { u32: width },
        "llama.block_count": { u32: layers },
        "llama.feed_forward_length": { u32: feedForward },
        "llama.attention.head_count": { u32: heads },
        "llama.attention.head_count_kv": { u32: keyHeads },
        "llama.attention.layer_norm_rms_epsilon": { f32: 1e-5 },
        "llama.rope.freq_base": { f32: 500_000 },
        "llama.rope.dimension_count": { u32: width / heads },
        "llama.vocab_size": { u32: vocabulary },
    };
}

/** All tensors of a model of these sizes. */
export function llamaTensors(sizes: LlamaSizes, quantization: Quantization): TensorShape[] {
    const { layers, width, feedForward, heads, keyHeads, vocabulary } = sizes;
    const keyWidth = (width / heads) * keyHeads;
    const [most, output] = quantizations[quantization];
    const tensor = (name: string, type: GgmlType, ...dimensions: readonly number[]) => ({
        name: `${name}.weight`,
        type,
        dimensions,
    });
    const block = (layer: number): TensorShape[] => {
        const isFiner = quantization === "Q4_K_M" && isFinerLayer(layer, layers);
        const some = isFiner ? GgmlType.Q6_K : most;
        return [
            tensor(`blk.${layer}.attn_norm`, GgmlType.F32, width),
            tensor(`blk.${layer}.ffn_norm`, GgmlType.F32, width),
            tensor(`blk.${layer}.attn_q`, most, width, width),
            tensor(`blk.${layer}.attn_k`, most, width, keyWidth),
            tensor(`blk.${layer}.attn_v`, some, width, keyWidth),
            tensor(`blk.${layer}.attn_output`, most, width, width),
            tensor(`blk.${layer}.ffn_gate`, most, width, feedForward),
            tensor(`blk.${layer}.ffn_up`, most, width, feedForward),
            tensor(`blk.${layer}.ffn_down`, some, feedForward, width),
        ];
    };
    return [
        tensor("token_embd", most, width, vocabulary),
        tensor("output_norm", GgmlType.F32, width),
        tensor("output", output, width, vocabulary),
        ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
    ];
}

/** The layers to which Q4_K_M gives more bits: the first and last eighth, and a third of the rest. */
function isFinerLayer(layer: number, layers: number): boolean {
    const eighth = Math.floor(layers / 8);
    return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}
