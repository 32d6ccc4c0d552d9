import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { GgmlType } from "node-llama-cpp";
import { exists } from "../../adapters/llama/companion-build.ts";
import { packageRoot } from "../../src/package-root.ts";
import { type MetadataValue, type TensorPlan, writeGguf } from "./gguf-file.ts";
import { constantTensor, RandomBytes, randomTensor } from "./random-weights.ts";
import { readDemoVocabulary, type Vocabulary } from "./random-vocabulary.ts";

/** The shape of a language model of the Llama family; its speed depends on nothing else. */
export interface ModelShape {
    readonly name: string;
    readonly layers: number;
    readonly width: number;
    readonly feedForward: number;
    readonly heads: number;
    readonly keyHeads: number;
    readonly vocabulary: number;
    readonly contextTokens: number;
    /** How the weights are stored; `Q4_K_M` mixes two types as llama.cpp's quantiser does. */
    readonly weights: "F16" | "BF16" | "Q4_0" | "Q4_K_M";
    /** The projector that the model sees through. */
    readonly projector?: ProjectorShape;
}

/** The shape of a CLIP encoder with LLaVA's two layers behind it. */
export interface ProjectorShape {
    /** As the file has them: the converters leave out the last. */
    readonly layers: number;
    readonly width: number;
    readonly feedForward: number;
    readonly heads: number;
    readonly imageSide: number;
    readonly patchSide: number;
}

/** Files of one shape. */
export interface ModelFiles {
    readonly modelPath: string;
    readonly projectorPath?: string;
}

/** Another number makes all files anew. */
const version = 1;

/**
 * Writes a model of this shape with random weights, and its projector, unless they are there. The
 * files are the same wherever they are made. An answer of it never ends by itself, and consists of
 * words that the tokenizer takes apart as they were put together.
 */
export async function makeRandomModel(
    shape: ModelShape,
    folder = join(packageRoot(), ".cache", "bench"),
): Promise<ModelFiles> {
    await mkdir(folder, { recursive: true });
    const modelPath = join(folder, `random-${shape.name}-v${version}.gguf`);
    if (!(await exists(modelPath))) await writeModel(modelPath, shape);
    if (shape.projector === undefined) return { modelPath };
    const projectorPath = join(folder, `random-${shape.name}-v${version}.mmproj.gguf`);
    if (!(await exists(projectorPath))) await writeProjector(projectorPath, shape, shape.projector);
    return { modelPath, projectorPath };
}

async function writeModel(path: string, shape: ModelShape): Promise<void> {
    const { layers, width, feedForward, heads, keyHeads, contextTokens } = shape;
    const vocabulary = await readDemoVocabulary(shape.vocabulary);
    const metadata: Record<string, MetadataValue> = {
        "general.architecture": { string: "llama" },
        "general.name": { string: `Random weights, ${shape.name}` },
        "llama.context_length": { u32: contextTokens },
        "llama.embedding_length": { u32: width },
        "llama.block_count": { u32: layers },
        "llama.feed_forward_length": { u32: feedForward },
        "llama.attention.head_count": { u32: heads },
        "llama.attention.head_count_kv": { u32: keyHeads },
        "llama.attention.layer_norm_rms_epsilon": { f32: 1e-5 },
        "llama.rope.freq_base": { f32: 500_000 },
        "llama.rope.dimension_count": { u32: width / heads },
        "llama.vocab_size": { u32: shape.vocabulary },
        ...vocabulary.metadata,
    };
    await writeGguf(path, metadata, modelTensors(shape, vocabulary));
}

function modelTensors(shape: ModelShape, { isWord }: Vocabulary): TensorPlan[] {
    const { layers, width, feedForward, keyHeads, heads, weights } = shape;
    const random = new RandomBytes(shape.name);
    const plain = weights === "Q4_K_M" ? GgmlType.Q4_K : GgmlType[weights];
    const keyWidth = (width / heads) * keyHeads;
    const matrix = (name: string, columns: number, rows: number, finer = false): TensorPlan =>
        randomTensor(random, `${name}.weight`, finer ? GgmlType.Q6_K : plain, [columns, rows]);
    const outputType = weights.startsWith("Q") ? GgmlType.Q6_K : plain;
    const words = [width, shape.vocabulary];
    const tensors = [
        // Larger than what the layers add, or each word would be followed by itself.
        randomTensor(random, "token_embd.weight", plain, words, { shift: 6 }),
        constantTensor("output_norm.weight", [width], 1),
        randomTensor(random, "output.weight", outputType, words, { isZero: (row) => !isWord(row) }),
    ];
    for (let layer = 0; layer < layers; layer++) {
        const finer = weights === "Q4_K_M" && isFinerLayer(layer, layers);
        const block = `blk.${layer}`;
        tensors.push(
            // Attention that picks out single tokens, so that a word does not depend on the last alone.
            constantTensor(`${block}.attn_norm.weight`, [width], 4),
            constantTensor(`${block}.ffn_norm.weight`, [width], 1),
            matrix(`${block}.attn_q`, width, width),
            matrix(`${block}.attn_k`, width, keyWidth),
            matrix(`${block}.attn_v`, width, keyWidth, finer),
            matrix(`${block}.attn_output`, width, width),
            matrix(`${block}.ffn_gate`, width, feedForward),
            matrix(`${block}.ffn_up`, width, feedForward),
            matrix(`${block}.ffn_down`, feedForward, width, finer),
        );
    }
    return tensors;
}

/** The layers to which Q4_K_M gives more bits: the first and last eighth, and a third of the rest. */
function isFinerLayer(layer: number, layers: number): boolean {
    const eighth = Math.floor(layers / 8);
    return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}

async function writeProjector(
    path: string,
    { name, width: modelWidth }: ModelShape,
    shape: ProjectorShape,
): Promise<void> {
    const { layers, width, feedForward, heads, imageSide, patchSide } = shape;
    const metadata: Record<string, MetadataValue> = {
        "general.architecture": { string: "clip" },
        "general.type": { string: "mmproj" },
        "general.name": { string: `Random projector, ${name}` },
        "clip.has_vision_encoder": { bool: true },
        "clip.has_llava_projector": { bool: true },
        "clip.projector_type": { string: "mlp" },
        "clip.use_gelu": { bool: false },
        "clip.vision.embedding_length": { u32: width },
        "clip.vision.feed_forward_length": { u32: feedForward },
        "clip.vision.block_count": { u32: layers },
        "clip.vision.projection_dim": { u32: modelWidth },
        "clip.vision.image_size": { u32: imageSide },
        "clip.vision.patch_size": { u32: patchSide },
        "clip.vision.attention.head_count": { u32: heads },
        "clip.vision.attention.layer_norm_epsilon": { f32: 1e-5 },
        "clip.vision.image_mean": { f32s: [0.48145466, 0.4578275, 0.40821072] },
        "clip.vision.image_std": { f32s: [0.26862954, 0.2613026, 0.2757771] },
    };
    const random = new RandomBytes(`${name} projector`);
    const matrix = (tensor: string, ...dimensions: number[]): TensorPlan =>
        randomTensor(random, `${tensor}.weight`, GgmlType.F16, dimensions);
    const linear = (tensor: string, columns: number, rows: number): TensorPlan[] => [
        matrix(tensor, columns, rows),
        constantTensor(`${tensor}.bias`, [rows], 0),
    ];
    const norm = (tensor: string): TensorPlan[] => [
        constantTensor(`${tensor}.weight`, [width], 1),
        constantTensor(`${tensor}.bias`, [width], 0),
    ];
    const positions = (imageSide / patchSide) ** 2 + 1;
    const tensors = [
        constantTensor("v.class_embd", [width], 0.02),
        matrix("v.patch_embd", patchSide, patchSide, 3, width),
        constantTensor("v.position_embd.weight", [width, positions], 0.02),
        ...norm("v.pre_ln"),
        ...Array.from({ length: layers }, (_, layer) => `v.blk.${layer}`).flatMap((block) => [
            ...norm(`${block}.ln1`),
            ...norm(`${block}.ln2`),
            ...linear(`${block}.attn_q`, width, width),
            ...linear(`${block}.attn_k`, width, width),
            ...linear(`${block}.attn_v`, width, width),
            ...linear(`${block}.attn_out`, width, width),
            ...linear(`${block}.ffn_up`, width, feedForward),
            ...linear(`${block}.ffn_down`, feedForward, width),
        ]),
        ...linear("mm.0", width, modelWidth),
        ...linear("mm.2", modelWidth, modelWidth),
    ];
    await writeGguf(path, metadata, tensors);
}
