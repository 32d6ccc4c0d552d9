import type { Distribution } from "../status-ports.ts";

interface Entry {
    readonly atMs: number;
    readonly value: number;
}

const fiveMinutesMs = 5 * 60_000;
/** Of a busier time the latest are kept: they are enough for a distribution. */
const most = 2_000;

/** The values of the last five minutes, at most 2,000. */
export class RollingWindow {
    readonly #now: () => number;
    #entries: Entry[] = [];

    /** @param now In milliseconds, never running back. */
    constructor(now: () => number = () => performance.now()) {
        this.#now = now;
    }

    add(value: number): void {
        this.#entries.push({ atMs: this.#now(), value });
        if (this.#entries.length >= 2 * most) this.#entries = this.#entries.slice(-most);
    }

    /** `undefined`: nothing happened. */
    distribution(): Distribution | undefined {
        const sinceMs = this.#now() - fiveMinutesMs;
        this.#entries = this.#entries.filter(({ atMs }) => atMs > sinceMs).slice(-most);
        const values = this.#entries.map(({ value }) => value).toSorted((a, b) => a - b);
        if (values.length === 0) return undefined;
        return {
            count: values.length,
            p50: quantile(values, 0.5),
            p95: quantile(values, 0.95),
            max: quantile(values, 1),
        };
    }
}

/** By the nearest rank: a value that was there. */
function quantile(sorted: readonly number[], part: number): number {
    return sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
}
