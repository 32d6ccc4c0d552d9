import { expect, test } from "vitest";
import {
    createRandom,
    erlangWaitMs,
    exponential,
    logNormal,
    placesNeeded,
    simulateQueue,
} from "../../bench/simulate-queue.ts";

const turns = 300_000;

test.each([
    { arrivalsPerSecond: 0.7, places: 1, meanMs: 1000 },
    { arrivalsPerSecond: 3.2, places: 4, meanMs: 1000 },
    { arrivalsPerSecond: 4.5, places: 16, meanMs: 3000 },
])("agrees with Erlang's formula C: %o", ({ arrivalsPerSecond, places, meanMs }) => {
    const { waitMs, load } = simulateQueue({
        arrivalsPerSecond,
        places,
        serviceMs: (random) => exponential(meanMs, random),
        turns,
        seed: 7,
    });
    expect(load).toBeCloseTo((arrivalsPerSecond * meanMs) / 1000 / places, 1);
    const expected = erlangWaitMs(arrivalsPerSecond, places, meanMs);
    expect(waitMs.mean / expected).toBeGreaterThan(0.93);
    expect(waitMs.mean / expected).toBeLessThan(1.07);
});

test("agrees with Pollaczek and Khinchine for one place and any service time", () => {
    const meanMs = 800;
    const variation = 0.5;
    const { waitMs } = simulateQueue({
        arrivalsPerSecond: 1,
        places: 1,
        serviceMs: (random) => logNormal(meanMs, variation, random),
        turns,
        seed: 3,
    });
    const load = 0.8;
    const expected = (load / (1 - load)) * ((1 + variation ** 2) / 2) * meanMs;
    expect(waitMs.mean / expected).toBeGreaterThan(0.93);
    expect(waitMs.mean / expected).toBeLessThan(1.07);
});

test("finds the smallest number of places", () => {
    const model = {
        arrivalsPerSecond: 5,
        serviceMs: (random: () => number) => logNormal(4000, 0.6, random),
        turns: 20_000,
        seed: 1,
    };
    const places = placesNeeded(model, 2000);
    expect(places).toBeGreaterThan(20);
    expect(simulateQueue({ ...model, places }).waitMs.p95).toBeLessThanOrEqual(2000);
    expect(simulateQueue({ ...model, places: places - 1 }).waitMs.p95).toBeGreaterThan(2000);
});

test("random numbers repeat and fill the range evenly", () => {
    const random = createRandom(42);
    const values = Array.from({ length: 10_000 }, random);
    const again = createRandom(42);
    expect(values.slice(0, 5)).toEqual(Array.from({ length: 5 }, again));
    for (let tenth = 0; tenth < 10; tenth += 1) {
        const share = values.filter((value) => Math.floor(value * 10) === tenth).length;
        expect(share).toBeGreaterThan(880);
    }
});
