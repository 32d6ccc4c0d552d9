import type { HistogramSample } from "./metrics.ts";

/** From a tenth of a second to half an hour, for what patients wait for. In seconds. */
export const waitingSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1_800];
/** From a fiftieth of a second to a minute, for what a model does. In seconds. */
export const computingSeconds = [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60];
/** For generation: from a large model on a processor to a small one on a good GPU. */
export const tokensPerSecond = [1, 2, 5, 10, 20, 40, 60, 80, 120, 200, 400];

/** How often values fell into ranges. */
export class Histogram {
    readonly #limits: readonly number[];
    readonly #counts: number[];
    #sum = 0;
    #count = 0;

    /** @param limits From small to large. */
    constructor(limits: readonly number[]) {
        this.#limits = limits;
        this.#counts = limits.map(() => 0);
    }

    add(value: number): void {
        const index = this.#limits.findIndex((limit) => value <= limit);
        if (index >= 0) this.#counts[index] = (this.#counts[index] ?? 0) + 1;
        this.#sum += value;
        this.#count += 1;
    }

    /** As Prometheus counts: each bucket has all that is smaller as well. */
    sample(labels?: HistogramSample["labels"]): HistogramSample {
        let below = 0;
        const buckets = this.#limits.map((atMost, index) => ({
            atMost,
            count: (below += this.#counts[index] ?? 0),
        }));
        const figures = { buckets, sum: this.#sum, count: this.#count };
        return labels === undefined ? figures : { labels, ...figures };
    }
}
