import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { median } from "../../bench/percentile.ts";

/** The memory of this process at a moment, in bytes. */
export interface MemorySample {
    readonly atMs: number;
    /**
     * What the operating system has given it, on Linux without pages of files: of a mapped model it
     * takes back and gives anew as it likes.
     */
    readonly process: number;
    /** Of this, what does not belong to JavaScript's heap, which is as large as it once had to be. */
    readonly native: number;
    /** What its JavaScript holds on to after a garbage collection, without buffers. */
    readonly live: number;
    /** The buffers, those of parked conversations among them. */
    readonly buffers: number;
}

/** Collects garbage, then measures. */
export function sampleMemory(): MemorySample {
    collectGarbage();
    const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
    const own = anonymousBytes() ?? rss;
    const atMs = performance.now();
    return { atMs, process: own, native: own - heapTotal, live: heapUsed, buffers: external };
}

/** In memory and swapped out; `undefined` where the system does not tell. */
function anonymousBytes(): number | undefined {
    if (process.platform !== "linux") return undefined;
    const status = readFileSync("/proc/self/status", "utf8");
    const kibibytes = ["RssAnon", "VmSwap"].map((name) =>
        Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]),
    );
    const sum = kibibytes.reduce((total, one) => total + one, 0);
    return Number.isNaN(sum) ? undefined : 1024 * sum;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** How a series of measurements goes on. */
export interface Trend {
    /** Of all values. */
    readonly median: number;
    /** From the first to the last moment, along the slope. */
    readonly growth: number;
    readonly growthPerHour: number;
}

/**
 * The median of the slopes between any two values (Theil and Sen): single peaks do not move it, as
 * they move a line of least squares.
 */
export function trendOf(
    points: readonly { readonly atMs: number; readonly value: number }[],
): Trend {
    const slopes = points.flatMap((one, index) =>
        points
            .slice(index + 1)
            .filter(({ atMs }) => atMs > one.atMs)
            .map(({ atMs, value }) => (value - one.value) / (atMs - one.atMs)),
    );
    const slope = slopes.length === 0 ? 0 : median(slopes);
    const first = points[0]?.atMs ?? 0;
    const last = points.at(-1)?.atMs ?? first;
    return {
        median: points.length === 0 ? 0 : median(points.map(({ value }) => value)),
        growth: slope * (last - first),
        growthPerHour: slope * 3_600_000,
    };
}
