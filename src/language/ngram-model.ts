import { brotliDecompressSync } from "node:zlib";
import { ngramBuckets } from "./ngrams.ts";

/** A trained model as it is stored: see training/README.md. */
export interface StoredNgramModel<Class extends string> {
    readonly classes: readonly Class[];
    /** SHA-256 of the examples that it was trained with, in hexadecimal. */
    readonly trainedWith: string;
    /** There are `2 ** bits` buckets of n-grams. */
    readonly bits: number;
    /** What one unit of a weight is worth. */
    readonly scale: number;
    /** What speaks for each class before anything is read. */
    readonly bias: readonly number[];
    /** One signed byte for each bucket and class, buckets first; Brotli, Base64. */
    readonly weights: string;
}

/** How likely each class is, the likeliest first; together 1. */
export type Likelihoods<Class extends string> = readonly {
    readonly of: Class;
    readonly likelihood: number;
}[];

/**
 * A multinomial logistic regression over hashed character n-grams. Reading takes time in proportion
 * to the words, of which only the first sixty count.
 */
export class NgramModel<Class extends string> {
    readonly #stored: StoredNgramModel<Class>;
    readonly #weights: Int8Array;

    constructor(stored: StoredNgramModel<Class>) {
        const bytes = brotliDecompressSync(Buffer.from(stored.weights, "base64"));
        this.#stored = stored;
        this.#weights = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }

    /** @param words In lower case; none: every class by its bias alone. */
    read(words: readonly string[]): Likelihoods<Class> {
        const { classes, bits, scale, bias } = this.#stored;
        const buckets = ngramBuckets(words, bits);
        const unit = scale / Math.sqrt(Math.max(1, buckets.length));
        const scores = classes.map((_, at) => (bias[at] ?? 0) + this.#sum(buckets, at) * unit);
        const best = Math.max(...scores);
        const parts = scores.map((score) => Math.exp(score - best));
        const whole = parts.reduce((sum, part) => sum + part, 0);
        return classes
            .map((of, at) => ({ of, likelihood: (parts[at] ?? 0) / whole }))
            .sort((one, other) => other.likelihood - one.likelihood);
    }

    #sum(buckets: readonly number[], at: number): number {
        const weights = this.#weights;
        const { length } = this.#stored.classes;
        let sum = 0;
        for (const bucket of buckets) sum += weights[bucket * length + at] ?? 0;
        return sum;
    }
}
