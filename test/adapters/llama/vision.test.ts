import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { VisionEncoder } from "../../../adapters/llama/vision.ts";
import { rowCosines } from "../../fixtures/golden/values.ts";
import { picture, plain, startVisionSetup, type VisionSetup } from "./vision-setup.ts";

let setup: VisionSetup;
let vision: VisionEncoder;

beforeAll(async () => {
    setup = await startVisionSetup();
});

afterAll(async () => {
    await setup.close();
});

beforeEach(async () => {
    vision = await setup.open();
});

afterEach(async () => {
    await vision.dispose();
});

function largestDifference(a: Float32Array, b: Float32Array): number {
    return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));
}

describe("encode", () => {
    test("gives as many values as it says, the same for the same picture", async () => {
        expect(vision).toMatchObject({ imageSide: 84, imageTokens: 36, embeddingSize: 192 });
        const first = await vision.encode(picture(3));
        expect(first).toHaveLength(36 * 192);
        expect(await vision.encode(picture(3))).toEqual(first);
        expect(await vision.encode(picture(5))).not.toEqual(first);
    });

    test("many at once, on two encoders, give what one after the other gives", async () => {
        const other = await setup.open();
        const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
        const alone: Float32Array[] = [];
        for (const seed of seeds) alone.push(await vision.encode(picture(seed)));
        const together = await Promise.all(
            seeds.flatMap((seed) => [vision.encode(picture(seed)), other.encode(picture(seed))]),
        );
        await other.dispose();
        expect(together).toEqual(alone.flatMap((features) => [features, features]));
    });

    test.each(["corrected", "uncorrected"] as const)(
        "a batch gives each picture what it gets alone, with the %s graph",
        async (graph) => {
            const single = await setup.open(undefined, { graph });
            const batched = await setup.open(undefined, { graph, batchSize: 3 });
            const pictures = [picture(3), picture(5, 100), picture(90), picture(7)];
            const alone = await Promise.all(pictures.map((image) => single.encode(image)));
            const together = await Promise.all(pictures.map((image) => batched.encode(image)));
            for (const [index, features] of together.entries()) {
                const cosines = rowCosines(features, alone[index] ?? features.map(() => 0), 192);
                expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.9999);
            }
            await single.dispose();
            await batched.dispose();
        },
    );

    test("a picture that cannot be encoded takes no other of its batch with it", async () => {
        const batched = await setup.open(undefined, { batchSize: 4 });
        const bad = { id: "bad", side: 84, rgb: new Uint8Array(3) };
        const [first, refused, last] = await Promise.allSettled(
            [picture(3), bad, picture(5)].map((image) => batched.encode(image)),
        );
        expect(refused).toMatchObject({ reason: { code: "image-corrupt" } });
        expect(first).toEqual({ status: "fulfilled", value: await vision.encode(picture(3)) });
        expect(last).toEqual({ status: "fulfilled", value: await vision.encode(picture(5)) });
        await batched.dispose();
    });

    test("leaves the JavaScript thread free", async () => {
        let ticks = 0;
        const ticking = setInterval(() => (ticks += 1), 0);
        await Promise.all(Array.from({ length: 30 }, (_, seed) => vision.encode(picture(seed))));
        clearInterval(ticking);
        expect(ticks).toBeGreaterThan(0);
    });

    test("keeps the pixels that it was called with", async () => {
        const image = picture(3);
        const expected = await vision.encode(picture(3));
        const encoding = [vision.encode(picture(4)), vision.encode(image)];
        await encoding[0];
        expect(await encoding[1]).toEqual(expected);
    });

    test("resizes a picture of another side, without cropping or padding", async () => {
        const expected = await vision.encode(plain(84));
        for (const side of [1, 42, 100, 336]) {
            const resized = await vision.encode(plain(side));
            expect(largestDifference(resized, expected), `side ${side}`).toBeLessThan(1e-4);
        }
    });

    test.each([
        ["no pixels", { side: 0, rgb: new Uint8Array(0) }],
        ["too few bytes", { side: 84, rgb: new Uint8Array(84 * 84 * 3 - 1) }],
        ["too many bytes", { side: 84, rgb: new Uint8Array(84 * 84 * 4) }],
        ["a negative side", { side: -84, rgb: new Uint8Array(84 * 84 * 3) }],
        ["half a pixel", { side: 0.5, rgb: new Uint8Array(1) }],
        ["a side that is no number", { side: Number.NaN, rgb: new Uint8Array(0) }],
        ["an endless side", { side: Number.POSITIVE_INFINITY, rgb: new Uint8Array(0) }],
        ["a huge side", { side: 8193, rgb: new Uint8Array(8193 * 8193 * 3) }],
    ])("refuses %s and goes on", async (_, image) => {
        await expect(vision.encode({ id: "bad", ...image })).rejects.toMatchObject({
            code: "image-corrupt",
        });
        expect(await vision.encode(picture(3))).toHaveLength(36 * 192);
    });

    test("the uncorrected graph sees something else", async () => {
        const uncorrected = await setup.open(undefined, { graph: "uncorrected" });
        const both = await Promise.all([uncorrected.encode(picture(3)), vision.encode(picture(3))]);
        await uncorrected.dispose();
        expect(largestDifference(both[0], both[1])).toBeGreaterThan(0.1);
    });
});

describe("dispose", () => {
    test("waits for pictures that are being encoded, and may be called again", async () => {
        const expected = await vision.encode(picture(3));
        const encoding = Promise.all([vision.encode(picture(3)), vision.encode(picture(3))]);
        const closing = vision.dispose();
        await expect(vision.encode(picture(3))).rejects.toMatchObject({ code: "model-failed" });
        expect(await encoding).toEqual([expected, expected]);
        await closing;
        await vision.dispose();
    });

    test("frees the memory", async () => {
        const settled = await openAndDispose(10);
        // Weights and working memory are 4.6 MB: kept, they would add up to 140 MB.
        expect((await openAndDispose(30)) - settled).toBeLessThan(60e6);
    });
});

/** Resolves to the process's memory in bytes afterwards. */
async function openAndDispose(times: number): Promise<number> {
    for (let i = 0; i < times; i++) {
        const encoder = await setup.open();
        await encoder.encode(picture(i));
        await encoder.dispose();
    }
    return process.memoryUsage().rss;
}
