import type { GgufFileInfo, GgufTensorInfo } from "node-llama-cpp";
import type { ModelShape } from "./memory-needs.ts";
import { tensorBytes } from "./tensor-bytes.ts";

/** What decides how much memory a model takes, from its file's header; 0 for what the file does not tell. */
export function describeShape(info: GgufFileInfo): ModelShape {
    const { architectureMetadata, fullTensorInfo = [] } = info;
    const layers = whole(architectureMetadata.block_count);
    const embedding = fullTensorInfo.find(({ name }) => name === "token_embd.weight");
    return {
        layers: Math.max(1, layers),
        bytesPerPosition: bytesPerPosition(info, layers),
        weights: divideWeights(fullTensorInfo),
        embeddingSize: whole(architectureMetadata.embedding_length),
        heads: greatest(architectureMetadata.attention?.head_count),
        feedForwardSize: greatest(architectureMetadata.feed_forward_length),
        vocabularySize: whole(embedding?.dimensions[1]),
    };
}

/** Keys and values of all layers, 16 bits each. Layers that look back over a window alone count as the others. */
function bytesPerPosition({ architectureMetadata }: GgufFileInfo, layers: number): number {
    const { embedding_length: width, attention } = architectureMetadata;
    const { head_count: heads = 0, head_count_kv: keyHeads = heads } = attention ?? {};
    const headWidth = whole(width) / greatest(heads);
    const { key_length: keyWidth = headWidth, value_length: valueWidth = headWidth } =
        attention ?? {};
    const allKeyHeads = Array.isArray(keyHeads) ? sum(keyHeads) : layers * keyHeads;
    const bytes = 2 * allKeyHeads * (keyWidth + valueWidth);
    return Number.isFinite(bytes) ? bytes : 0;
}

function divideWeights(tensors: readonly GgufTensorInfo[]): ModelShape["weights"] {
    const bytesWhere = (holds: (name: string) => boolean): number =>
        sum(tensors.filter(({ name }) => holds(name)).map(tensorBytes));
    const isInput = (name: string): boolean => name.startsWith("token_");
    const isOutput = (name: string): boolean => name.startsWith("output");
    const inputBytes = bytesWhere(isInput);
    const isShared = !tensors.some(({ name }) => name === "output.weight");
    return {
        inputBytes,
        layerBytes: bytesWhere((name) => !isInput(name) && !isOutput(name)),
        outputBytes: bytesWhere(isOutput) + (isShared ? inputBytes : 0),
        isShared,
    };
}

function whole(value: unknown): number {
    const number = Number(value);
    return Number.isInteger(number) && number > 0 ? number : 0;
}

/** Some models have layers of different widths. */
function greatest(value: unknown): number {
    return Array.isArray(value) ? Math.max(0, ...value.map(whole)) : whole(value);
}

function sum(numbers: readonly unknown[]): number {
    return numbers.reduce<number>((total, number) => total + Number(number), 0);
}
