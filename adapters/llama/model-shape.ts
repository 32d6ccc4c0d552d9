import type { GgufHeader, GgufTensor, GgufValue } from "./gguf-header.ts";
import type { ModelShape } from "./memory-needs.ts";
import { tensorBytes } from "./tensor-bytes.ts";

/**
 * What decides how much memory a model takes, from its header, of which all tensors of a split model are
 * taken; 0 for what it does not tell.
 */
export function describeShape({
    metadata,
    tensors,
}: Pick<GgufHeader, "metadata" | "tensors">): ModelShape {
    const architecture = String(metadata.get("general.architecture"));
    const valueOf: ValueOf = (key) => metadata.get(`${architecture}.${key}`);
    const layers = whole(valueOf("block_count"));
    const embedding = tensors.find(({ name }) => name === "token_embd.weight");
    return {
        layers: Math.max(1, layers),
        bytesPerPosition: bytesPerPosition(valueOf, layers),
        weights: divideWeights(tensors),
        embeddingSize: whole(valueOf("embedding_length")),
        heads: greatest(valueOf("attention.head_count")),
        feedForwardSize: greatest(valueOf("feed_forward_length")),
        vocabularySize: whole(embedding?.dimensions[1]),
    };
}

/** A value that the header has for the model's own architecture. */
type ValueOf = (key: string) => GgufValue | undefined;

/** Keys and values of all layers, 16 bits each. Layers that look back over a window alone count as the others. */
function bytesPerPosition(valueOf: ValueOf, layers: number): number {
    const heads = valueOf("attention.head_count") ?? 0;
    const keyHeads = valueOf("attention.head_count_kv") ?? heads;
    const headWidth = whole(valueOf("embedding_length")) / greatest(heads);
    const keyWidth = Number(valueOf("attention.key_length") ?? headWidth);
    const valueWidth = Number(valueOf("attention.value_length") ?? headWidth);
    const allKeyHeads = Array.isArray(keyHeads) ? sum(keyHeads) : layers * Number(keyHeads);
    const bytes = 2 * allKeyHeads * (keyWidth + valueWidth);
    return Number.isFinite(bytes) && bytes > 0 ? bytes : 0;
}

function divideWeights(tensors: readonly GgufTensor[]): ModelShape["weights"] {
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
