import { GgmlType } from "node-llama-cpp";
import { type MetadataValue, type TensorPlan, writeGguf } from "../../../bench/gguf/gguf-file.ts";
import { readDemoVocabulary, type Vocabulary } from "../../../bench/gguf/random-vocabulary.ts";
import { constantTensor, RandomBytes, randomTensor } from "../../../bench/gguf/random-weights.ts";

/** A small model with random weights, and how it remembers. */
interface OtherModel {
    readonly metadata: Readonly<Record<string, MetadataValue>>;
    readonly layers: number;
    readonly outputNorm: string;
    readonly block: (tensors: BlockTensors, layer: number) => readonly TensorPlan[];
}

/** Tensors of one layer. */
interface BlockTensors {
    /** Weights of about 0.02 times 2 to the power of `shift`. */
    readonly matrix: (name: string, dimensions: readonly number[], shift: number) => TensorPlan;
    /** As {@link matrix}, in 32 bits. */
    readonly precise: (name: string, dimensions: readonly number[], shift: number) => TensorPlan;
    readonly constant: (name: string, dimensions: readonly number[], value: number) => TensorPlan;
}

const width = 64;
const vocabularySize = 4096;
const headWidth = 32;
const heads = 2;
const feedForward = 128;
const innerWidth = 2 * width;
const stateSize = 16;
const timeStepRank = 4;
const kernel = 4;

/** Positions that a layer with a window looks back over. */
export const window = 24;

/** Kinds of memory besides attention over everything. */
const models = {
    /** As Gemma 3, and so MedGemma: every other layer looks back over a window alone. */
    gemma3: {
        layers: 4,
        outputNorm: "output_norm.weight",
        metadata: {
            "gemma3.attention.head_count": { u32: heads },
            "gemma3.attention.head_count_kv": { u32: 1 },
            "gemma3.attention.key_length": { u32: headWidth },
            "gemma3.attention.value_length": { u32: headWidth },
            "gemma3.attention.sliding_window": { u32: window },
            "gemma3.attention.sliding_window_pattern": { u32: 2 },
            "gemma3.feed_forward_length": { u32: feedForward },
        },
        block: ({ matrix, constant }) => [
            constant("attn_norm.weight", [width], 1),
            matrix("attn_q.weight", [width, heads * headWidth], 0),
            matrix("attn_k.weight", [width, headWidth], 0),
            matrix("attn_v.weight", [width, headWidth], 0),
            matrix("attn_output.weight", [heads * headWidth, width], 0),
            // Attention that picks out few positions
            constant("attn_q_norm.weight", [headWidth], 1.4),
            constant("attn_k_norm.weight", [headWidth], 1.4),
            constant("post_attention_norm.weight", [width], 1),
            constant("ffn_norm.weight", [width], 1),
            matrix("ffn_gate.weight", [width, feedForward], 2),
            matrix("ffn_up.weight", [width, feedForward], 2),
            matrix("ffn_down.weight", [feedForward, width], 2),
            constant("post_ffw_norm.weight", [width], 1),
        ],
    },
    /** Recurrent: one state of what was read, which cannot go back. */
    mamba: {
        layers: 3,
        outputNorm: "output_norm.weight",
        metadata: {
            "mamba.attention.head_count": { u32: 0 },
            "mamba.feed_forward_length": { u32: 0 },
            "mamba.ssm.conv_kernel": { u32: kernel },
            "mamba.ssm.inner_size": { u32: innerWidth },
            "mamba.ssm.state_size": { u32: stateSize },
            "mamba.ssm.time_step_rank": { u32: timeStepRank },
        },
        block: ({ matrix, precise, constant }) => [
            constant("attn_norm.weight", [width], 1),
            matrix("ssm_in.weight", [width, 2 * innerWidth], 2),
            precise("ssm_conv1d.weight", [kernel, innerWidth], 4),
            constant("ssm_conv1d.bias", [innerWidth], 0),
            matrix("ssm_x.weight", [innerWidth, timeStepRank + 2 * stateSize], 2),
            matrix("ssm_dt.weight", [timeStepRank, innerWidth], 2),
            constant("ssm_dt.bias", [innerWidth], 0),
            // Half of the state is forgotten within some fifty positions
            constant("ssm_a", [stateSize, innerWidth], -0.02),
            constant("ssm_d", [innerWidth], 0.2),
            matrix("ssm_out.weight", [innerWidth, width], 4),
        ],
    },
    /** Hybrid: every other layer is recurrent, and the others look back over everything. */
    lfm2: {
        layers: 4,
        outputNorm: "token_embd_norm.weight",
        metadata: {
            "lfm2.attention.head_count": { u32: heads },
            "lfm2.attention.head_count_kv": { i32s: [0, 1, 0, 1] },
            "lfm2.feed_forward_length": { u32: feedForward },
            "lfm2.shortconv.l_cache": { u32: kernel },
        },
        block: ({ matrix, precise, constant }, layer) => [
            constant("attn_norm.weight", [width], 1),
            ...(layer % 2 === 0
                ? [
                      precise("shortconv.conv.weight", [kernel, width], 4),
                      matrix("shortconv.in_proj.weight", [width, 3 * width], 2),
                      matrix("shortconv.out_proj.weight", [width, width], 4),
                  ]
                : [
                      matrix("attn_q.weight", [width, heads * headWidth], 0),
                      matrix("attn_k.weight", [width, headWidth], 0),
                      matrix("attn_v.weight", [width, headWidth], 2),
                      matrix("attn_output.weight", [heads * headWidth, width], 4),
                      constant("attn_q_norm.weight", [headWidth], 1.4),
                      constant("attn_k_norm.weight", [headWidth], 1.4),
                  ]),
            constant("ffn_norm.weight", [width], 1),
            matrix("ffn_gate.weight", [width, feedForward], 2),
            matrix("ffn_up.weight", [width, feedForward], 2),
            matrix("ffn_down.weight", [feedForward, width], 4),
        ],
    },
} as const satisfies Readonly<Record<string, OtherModel>>;

/** A kind of model, as llama.cpp calls it. */
export type OtherArchitecture = keyof typeof models;

export const otherArchitectures = Object.keys(models) as OtherArchitecture[];

/** What is changed of a small model. */
export interface OtherChanges {
    /** Further layers of zeros: they cost as much as the others, and change no answer. Default: 0. */
    readonly idleLayers?: number;
    /** Whether it finds the likeliest word much more likely than all others. Default: `false`. */
    readonly isSure?: boolean;
    /** The context that it was trained with, as its file says. Default: 4096. */
    readonly contextTokens?: number;
}

/** Writes a model that answers in words of the demonstration, as long as it may. */
export async function writeOtherModel(
    path: string,
    architecture: OtherArchitecture,
    { idleLayers = 0, isSure = false, contextTokens = 4096 }: OtherChanges = {},
): Promise<void> {
    const { layers, metadata, outputNorm, block }: OtherModel = models[architecture];
    const vocabulary = await readDemoVocabulary(vocabularySize);
    const random = new RandomBytes(architecture);
    const all = {
        "general.architecture": { string: architecture },
        [`${architecture}.context_length`]: { u32: contextTokens },
        [`${architecture}.embedding_length`]: { u32: width },
        [`${architecture}.block_count`]: { u32: layers + idleLayers },
        [`${architecture}.attention.layer_norm_rms_epsilon`]: { f32: 1e-6 },
        ...metadata,
        ...vocabulary.metadata,
    };
    const blocks = Array.from({ length: layers + idleLayers }, (_, layer) => {
        const tensors = block(tensorsOf(random, layer), layer);
        return layer < layers ? tensors : tensors.map(({ fill: _fill, ...zeros }) => zeros);
    });
    await writeGguf(path, all, [
        ...ends(random, vocabulary, outputNorm, isSure ? 10 : 6),
        ...blocks.flat(),
    ]);
}

function tensorsOf(random: RandomBytes, layer: number): BlockTensors {
    const full = (name: string): string => `blk.${layer}.${name}`;
    return {
        matrix: (name, dimensions, shift) =>
            randomTensor(random, full(name), GgmlType.F16, dimensions, { shift }),
        precise: (name, dimensions, shift) =>
            randomTensor(random, full(name), GgmlType.F32, dimensions, { shift }),
        constant: (name, dimensions, value) => constantTensor(full(name), dimensions, value),
    };
}

/** What stands before the first layer and behind the last. */
function ends(
    random: RandomBytes,
    { isWord }: Vocabulary,
    outputNorm: string,
    outputShift: number,
): readonly TensorPlan[] {
    const words = [width, vocabularySize];
    return [
        randomTensor(random, "token_embd.weight", GgmlType.F16, words, { shift: 4 }),
        constantTensor(outputNorm, [width], 1),
        // Likely words stand far apart: an answer depends on a mistake, not on the last bits
        randomTensor(random, "output.weight", GgmlType.F16, words, {
            shift: outputShift,
            isZero: (row) => !isWord(row),
        }),
    ];
}
