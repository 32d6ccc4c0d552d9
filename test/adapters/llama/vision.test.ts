import { createRequire } from "node:module";
import { join } from "node:path";
import type { LlamaContext, LlamaContextSequence, Token } from "node-llama-cpp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { VisionEncoder } from "../../../adapters/llama/vision.ts";
import {
    picture,
    placeholders,
    plain,
    startVisionSetup,
    type VisionSetup,
} from "./vision-setup.ts";

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
        const uncorrected = await setup.open(undefined, "uncorrected");
        const both = await Promise.all([uncorrected.encode(picture(3)), vision.encode(picture(3))]);
        await uncorrected.dispose();
        expect(largestDifference(both[0], both[1])).toBeGreaterThan(0.1);
    });
});

describe("append", () => {
    let context: LlamaContext;
    let sequence: LlamaContextSequence;
    let features: Float32Array;

    beforeEach(async () => {
        context = await setup.model.createContext({
            contextSize: 256,
            sequences: 2,
            batchSize: 32,
            threads: 1,
        });
        sequence = context.getSequence();
        features = await vision.encode(picture(3));
    });

    afterEach(async () => {
        await context.dispose();
    });

    const before = "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n";
    const after = "\nWhat is this?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";

    async function read(text: string, into = sequence): Promise<void> {
        await into.evaluateWithoutGeneratingNewTokens(setup.model.tokenize(text, true));
    }

    async function write(from = sequence): Promise<readonly Token[]> {
        const tokens: Token[] = [];
        const prompt = setup.model.tokenize(after, true);
        for await (const token of from.evaluate(prompt, { temperature: 0 })) {
            tokens.push(token);
            if (tokens.length === 8) break;
        }
        return tokens;
    }

    test("erasing a picture and appending it again, and a saved state, lead to the same answer", async () => {
        await read(before);
        const start = sequence.nextTokenIndex;
        await vision.append(context, sequence, features, placeholders(1));
        expect(sequence.nextTokenIndex).toBe(start + 36);
        expect(sequence.contextTokens.slice(start)).toEqual(placeholders(1));
        const file = join(setup.folder, "state");
        await sequence.saveStateToFile(file);
        const answer = await write();
        expect(answer.length).toBeGreaterThan(1);

        await sequence.eraseContextTokenRanges([{ start, end: sequence.nextTokenIndex }]);
        const other = await vision.encode(picture(90));
        await vision.append(context, sequence, other, placeholders(2));
        await sequence.eraseContextTokenRanges([{ start, end: start + 36 }]);
        await vision.append(context, sequence, features, placeholders(1));
        expect(await write()).toEqual(answer);

        const restored = context.getSequence();
        await restored.loadStateFromFile(file, { acceptRisk: true });
        expect(restored.contextTokens.slice(start)).toEqual(placeholders(1));
        expect(await write(restored)).toEqual(answer);
    });

    test("two sequences at once, with text in between", async () => {
        const other = context.getSequence();
        await Promise.all([read(before), read(before, other)]);
        await Promise.all([
            vision.append(context, sequence, features, placeholders(1)),
            vision.append(context, other, features, placeholders(1)),
        ]);
        const [first, second] = await Promise.all([write(), write(other)]);
        expect(first).toEqual(second);
    });

    test("waits for the lock that node-llama-cpp's own decoding takes", () => {
        const own = createRequire(import.meta.url).resolve("lifecycle-utils");
        const library = createRequire(createRequire(import.meta.url).resolve("node-llama-cpp"));
        expect(library.resolve("lifecycle-utils")).toBe(own);
    });

    test("a full context is said, and the sequence stays as it was", async () => {
        await read(before);
        for (let image = 1; image <= 6; image++) {
            await vision.append(context, sequence, features, placeholders(image));
        }
        const length = sequence.nextTokenIndex;
        expect(length + 36).toBeGreaterThan(context.contextSize - 1);
        await expect(
            vision.append(context, sequence, features, placeholders(7)),
        ).rejects.toMatchObject({ code: "prompt-too-long" });
        expect(sequence.nextTokenIndex).toBe(length);
        expect(sequence.contextTokens).toHaveLength(length);
        expect(await write()).not.toHaveLength(0);
    });

    test("refuses features that do not fit the placeholders", async () => {
        await expect(
            vision.append(context, sequence, features, placeholders(1, 35)),
        ).rejects.toMatchObject({ code: "model-failed" });
        expect(sequence.nextTokenIndex).toBe(0);
    });

    test("refuses a sequence of another context, and a disposed one", async () => {
        const other = await setup.model.createContext({ contextSize: 256, threads: 1 });
        await expect(
            vision.append(other, sequence, features, placeholders(1)),
        ).rejects.toMatchObject({ code: "model-failed" });
        const gone = other.getSequence();
        await other.dispose();
        await expect(vision.append(other, gone, features, placeholders(1))).rejects.toMatchObject({
            code: "model-failed",
        });
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
