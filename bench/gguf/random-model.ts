import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { GgmlType } from "node-llama-cpp";
import { exists } from "../../adapters/llama/companion-build.ts";
import { packageRoot } from "../../src/package-root.ts";
import { type MetadataValue, type TensorPlan, type TensorShape, writeGguf } from "./gguf-file.ts";
import { llamaMetadata, type LlamaSizes, llamaTensors, type Quantization } from "./llama-model.ts";
import { constantTensor, RandomBytes, randomTensor } from "./random-weights.ts";
import { readDemoVocabulary, type Vocabulary } from "./random-vocabulary.ts";

/** The shape of a language model of the Llama family; its speed depends on nothing else. */
export interface ModelShape extends LlamaSizes {
    readonly name: string;
    readonly contextTokens: number;
    readonly weights: Exclude<Quantization, "Q8_0">;
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
    const vocabulary = await readDemoVocabulary(shape.vocabulary);
    const metadata: Record<string, MetadataValue> = {
        ...llamaMetadata(shape, shape.contextTokens),
        "general.name": { string: `Random weights, ${shape.name}` },
        ...vocabulary.metadata,
    };
    const random = new RandomBytes(shape.name);
    const tensors = llamaTensors(shape, shape.weights);
    await writeGguf(
        path,
        metadata,
        tensors.map((tensor) => withNumbers(random, tensor, vocabulary)),
    );
}

function withNumbers(
    random: RandomBytes,
    { name, type, dimensions }: TensorShape,
    { isWord }: Vocabulary,
): TensorPlan {
    if (name.endsWith("norm.weight")) {
        // Attention that picks out single tokens, so that a word does not depend on the last alone.
        return constantTensor(name, dimensions, name.endsWith("attn_norm.weight") ? 4 : 1);
    }
    const options = {
        // Larger than what the layers add, or each word would be followed by itself.
        ...(name === "token_embd.weight" && { shift: 6 }),
        ...(name === "output.weight" && { isZero: (row: number) => !isWord(row) }),
    };
    return randomTensor(random, name, type, dimensions, options);
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
