import { open } from "node:fs/promises";
import { join } from "node:path";
import { readGgufFileInfo } from "node-llama-cpp";
import { packageRoot } from "../../src/package-root.ts";
import { tensorBytes } from "../../adapters/llama/tensor-bytes.ts";
import { type TensorPlan, writeGguf } from "./gguf-file.ts";
import { llamaMetadata } from "./llama-model.ts";
import { readDemoVocabulary } from "./random-vocabulary.ts";
import { RandomBytes } from "./random-weights.ts";

/** How the demonstration model is changed. */
export interface DeepDemo {
    /** Those beyond its own four do nothing: they cost as much as the others, and change no answer. */
    readonly layers: number;
    /** A part of each layer's weights that becomes zero, so that it answers otherwise now and then. Default: 0. */
    readonly damage?: number;
    /** Tokens that no text becomes, at the vocabulary's end. Default: 0. */
    readonly moreTokens?: number;
}

// What a layer adds to what it is given goes through these two
const outputs = /\.(attn_output|ffn_down)\.weight$/;
const halfBytes = 2;
// The demonstration model's
const rotationBase = 10_000;

/** Writes the demonstration model with other layers. */
export async function writeDeepDemo(
    path: string,
    { layers, damage = 0, moreTokens = 0 }: DeepDemo,
): Promise<void> {
    const demo = join(packageRoot(), "models", "demo", "bimedix2-demo.gguf");
    const {
        metadata,
        architectureMetadata,
        fullTensorInfo = [],
    } = await readGgufFileInfo(demo, {
        sourceType: "filesystem",
    });
    const { attention, ...own } = architectureMetadata;
    const { head_count: heads = 0, head_count_kv: keyHeads = heads } = attention ?? {};
    const sizes = {
        layers,
        width: Number(own.embedding_length),
        feedForward: Number(own.feed_forward_length),
        heads,
        keyHeads,
        vocabulary: metadata.tokenizer.ggml.tokens.length + moreTokens,
    };
    const contents = new Map<string, TensorPlan>();
    const file = await open(demo);
    for (const tensor of fullTensorInfo) {
        const { name, ggmlType: type } = tensor;
        const dimensions = tensor.dimensions.map(Number);
        const bytes = Buffer.alloc(tensorBytes({ dimensions, ggmlType: type }));
        await file.read(bytes, 0, bytes.length, Number(tensor.fileOffset));
        if (outputs.test(name)) erase(bytes, name, damage);
        const fill = (rows: Buffer, firstRow: number, rowBytes: number): void => {
            bytes.copy(rows, 0, firstRow * rowBytes, firstRow * rowBytes + rows.length);
        };
        contents.set(name, { name, dimensions, type, fill });
    }
    await file.close();
    const { metadata: tokenizer } = await readDemoVocabulary(sizes.vocabulary);
    const entries = {
        ...llamaMetadata(sizes, Number(own.context_length)),
        "llama.rope.freq_base": { f32: rotationBase },
        "general.name": { string: `BiMediX2 demo, ${layers} layers` },
        ...tokenizer,
    };
    await writeGguf(path, entries, [
        ...[...contents.values()].filter(({ name }) => !isBeyond(name, layers)).map(widened),
        ...Array.from({ length: layers }, (_, layer) => layer).flatMap((layer) =>
            contents.has(`blk.${layer}.attn_q.weight`) ? [] : idleLayer(contents, layer),
        ),
    ]);

    /** A vocabulary's further tokens are zeros at the table's end. */
    function widened(tensor: TensorPlan): TensorPlan {
        if (tensor.name !== "token_embd.weight" || moreTokens === 0) return tensor;
        return { ...tensor, dimensions: [sizes.width, sizes.vocabulary] };
    }
}

function isBeyond(name: string, layers: number): boolean {
    const [, layer] = /^blk\.(\d+)\./.exec(name) ?? [];
    return layer !== undefined && Number(layer) >= layers;
}

/** A copy of the first layer of which nothing comes out. */
function idleLayer(contents: ReadonlyMap<string, TensorPlan>, layer: number): TensorPlan[] {
    return [...contents.values()]
        .filter(({ name }) => name.startsWith("blk.0."))
        .map(({ fill, ...tensor }) => {
            const name = tensor.name.replace("blk.0.", `blk.${layer}.`);
            return { ...tensor, name, ...(!outputs.test(name) && fill && { fill }) };
        });
}

/** Makes a part of half floats zero, the same ones wherever it is done. */
function erase(bytes: Buffer, name: string, part: number): void {
    if (part === 0) return;
    const chances = new RandomBytes(name).of(bytes.length / halfBytes);
    for (const [index, chance] of chances.entries()) {
        if (chance < 256 * part) bytes.writeUInt16LE(0, index * halfBytes);
    }
}
