import { expect, it } from "vitest";
import { sampleMemory, trendOf } from "./memory-trend.ts";

const minute = 60_000;
const points = (value: (index: number) => number) =>
    Array.from({ length: 60 }, (_, index) => ({ atMs: index * minute, value: value(index) }));

it("sees a leak through noise, and no leak in single peaks", () => {
    const leak = trendOf(points((index) => 1000 + 2 * index + (index % 3)));
    expect(leak.growthPerHour).toBeCloseTo(120, 0);
    expect(leak.growth).toBeCloseTo(118, 0);
    const peaks = trendOf(points((index) => (index > 50 && index % 2 === 0 ? 5000 : 1000)));
    expect(peaks).toMatchObject({ median: 1000, growth: 0 });
});

it("measures what is held on to", () => {
    // The first collection also frees what loading left behind
    sampleMemory();
    const before = sampleMemory();
    const held = {
        buffer: new Uint8Array(2 ** 24),
        texts: Array.from({ length: 2 ** 20 }, (_, index) => `text ${index}`),
    };
    const after = sampleMemory();
    expect(after.buffers - before.buffers).toBeGreaterThanOrEqual(held.buffer.byteLength * 0.9);
    expect(after.live - before.live).toBeGreaterThanOrEqual(held.texts.length * 8);
});
