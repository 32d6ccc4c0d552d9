import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";
import { ngramBuckets } from "../src/language/ngrams.ts";
import type { StoredNgramModel } from "../src/language/ngram-model.ts";

/** One text of which the class is known. */
export interface Example<Class extends string> {
    readonly of: Class;
    /** In lower case. */
    readonly words: readonly string[];
    /** How much it counts beside others. Default: 1. */
    readonly weight?: number;
}

const epochs = 8;
const learningRate = 0.3;
const decay = 1e-6;
/** A class of fewer examples than this counts more, but no more than `mostBalance` times. */
const balancedExamples = 6_000;
const mostBalance = 3;
/** So often a longer text is cut to one to three words, as chat messages are. */
const cutShare = 0.5;

/**
 * Trains a multinomial logistic regression by stochastic gradient descent with AdaGrad (Duchi,
 * Hazan and Singer, 2011). The same examples give the same model on every machine.
 */
export function trainNgramModel<Class extends string>(
    classes: readonly Class[],
    examples: readonly Example<Class>[],
    bits: number,
): StoredNgramModel<Class> {
    const count = classes.length;
    const random = createRandom(1);
    const weights = new Float32Array(2 ** bits * count);
    const weightSteps = new Float32Array(weights.length).fill(1e-6);
    const bias = new Float32Array(count);
    const biasSteps = new Float32Array(count).fill(1e-6);
    const balance = classes.map((of) => {
        const size = examples.filter((example) => example.of === of).length;
        return Math.min(mostBalance, Math.sqrt(balancedExamples / Math.max(1, size)));
    });

    const learn = (target: number, words: readonly string[], weight: number): void => {
        const buckets = ngramBuckets(words, bits);
        const unit = 1 / Math.sqrt(buckets.length);
        const scores = Array.from(bias);
        for (const bucket of buckets) {
            for (let at = 0; at < count; at += 1) {
                scores[at] = (scores[at] ?? 0) + (weights[bucket * count + at] ?? 0) * unit;
            }
        }
        const likelihoods = softmax(scores);
        for (let at = 0; at < count; at += 1) {
            const miss = (likelihoods[at] ?? 0) - (at === target ? 1 : 0);
            if (Math.abs(miss) < 1e-4) continue;
            const gradient = miss * weight * (balance[target] ?? 1);
            const biasStep = (biasSteps[at] ?? 0) + gradient ** 2;
            biasSteps[at] = biasStep;
            bias[at] = (bias[at] ?? 0) - (0.1 * learningRate * gradient) / Math.sqrt(biasStep);
            for (const bucket of buckets) {
                const place = bucket * count + at;
                const slope = gradient * unit + decay * (weights[place] ?? 0);
                const weightStep = (weightSteps[place] ?? 0) + slope ** 2;
                weightSteps[place] = weightStep;
                weights[place] =
                    (weights[place] ?? 0) - (learningRate * slope) / Math.sqrt(weightStep);
            }
        }
    };

    const order = examples.map((_, at) => at);
    for (let epoch = 0; epoch < epochs; epoch += 1) {
        shuffle(order, random);
        for (const at of order) {
            const example = examples[at];
            if (!example) continue;
            const words = random() < cutShare ? cut(example.words, random) : example.words;
            learn(classes.indexOf(example.of), words, example.weight ?? 1);
        }
    }
    const trainedWith = fingerprint(examples);
    return {
        classes,
        trainedWith,
        bits,
        ...quantise(weights),
        bias: Array.from(bias, (of) => round(of)),
    };
}

/** SHA-256 of examples, in hexadecimal: a model names those that it was trained with. */
export function fingerprint(examples: readonly Example<string>[]): string {
    return createHash("sha256").update(JSON.stringify(examples)).digest("hex");
}

/** One to three words of a longer text; a single short one says too little. */
function cut(words: readonly string[], random: () => number): readonly string[] {
    if (words.length <= 3) return words;
    const length = 1 + Math.floor(random() * 3);
    const start = Math.floor(random() * (words.length - length + 1));
    const part = words.slice(start, start + length);
    return part.join("").length > 4 ? part : words;
}

/** Weights that say hardly anything become zero: they cost space and tell nothing. */
function quantise(weights: Float32Array): { readonly scale: number; readonly weights: string } {
    const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    const scale = round(largest / 127);
    const bytes = Int8Array.from(weights, (weight) => Math.round(weight / scale));
    const packed = brotliCompressSync(new Uint8Array(bytes.buffer), {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
    });
    return { scale, weights: packed.toString("base64") };
}

function round(value: number): number {
    return Number(value.toPrecision(6));
}

function softmax(scores: readonly number[]): number[] {
    const best = Math.max(...scores);
    const parts = scores.map((score) => Math.exp(score - best));
    const whole = parts.reduce((sum, part) => sum + part, 0);
    return parts.map((part) => part / whole);
}

function shuffle(order: number[], random: () => number): void {
    for (let at = order.length - 1; at > 0; at -= 1) {
        const other = Math.floor(random() * (at + 1));
        [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
    }
}

/** A linear congruential generator (Numerical Recipes): the same numbers on every machine. */
function createRandom(seed: number): () => number {
    let state = seed;
    return () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 32;
    };
}
