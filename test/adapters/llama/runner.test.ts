import type { LlamaModel, Token } from "node-llama-cpp";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Companion } from "../../../adapters/llama/companion.ts";
import { addonModel } from "../../../adapters/llama/addon-model.ts";
import { openLibraryRunner } from "../../../adapters/llama/library-runner.ts";
import { openNativeRunner } from "../../../adapters/llama/native-runner.ts";
import type { Runner, SequenceMemory } from "../../../adapters/llama/runner.ts";
import {
    answer,
    ending,
    fever,
    headache,
    limits,
    never,
    opening,
    RunnerSetup,
} from "./runner-setup.ts";
import { picture, placeholders, startVisionSetup } from "./vision-setup.ts";

let setup: RunnerSetup;
let model: LlamaModel;
let companion: Companion;
let runner: Runner;
let first: SequenceMemory;
let second: SequenceMemory;
beforeAll(async () => {
    setup = await RunnerSetup.start();
    ({ model, companion } = setup);
});
afterAll(() => setup.close());

const tokensOf = (text: string): readonly Token[] => setup.tokensOf(text);

async function use(opened: Runner): Promise<void> {
    runner = opened;
    [first, second] = runner.sequences as [SequenceMemory, SequenceMemory];
}

describe.each([
    ["native", () => openNativeRunner(companion, model, limits)],
    [
        "library",
        async () =>
            openLibraryRunner(
                await model.createContext({ contextSize: 256, sequences: 2, threads: 1 }),
            ),
    ],
])("the %s runner", (_, open) => {
    beforeAll(async () => use(await open()));
    afterAll(() => runner.close());
    beforeEach(async () => {
        await first.keep(0);
        await second.keep(0);
    });

    it("answers to the end, and holds what it has read", async () => {
        const prompt = tokensOf(headache);
        const { end, tokens } = await answer(first, prompt);
        expect(end).toBe("end");
        expect(model.detokenize([...tokens])).toMatch(/^For a headache, rest in a quiet room/);
        expect(first.tokens).toEqual([...prompt, ...tokens]);
    });

    it("goes on from any beginning that it keeps as from nothing", async () => {
        const prompt = tokensOf(headache);
        const { tokens } = await answer(first, prompt);
        for (const length of [0, 1, prompt.length - 1]) {
            await first.keep(length);
            expect(first.tokens).toEqual(prompt.slice(0, length));
            expect((await answer(first, prompt.slice(length))).tokens).toEqual(tokens);
        }
    });

    it("writes two answers at once as one after the other", async () => {
        const alone = await answer(first, tokensOf(headache));
        const other = await answer(second, tokensOf(fever));
        await first.keep(0);
        await second.keep(0);
        const together = await Promise.all([
            answer(first, tokensOf(headache)),
            answer(second, tokensOf(fever)),
        ]);
        expect(together).toEqual([alone, other]);
    });

    it("ends at the limit, and at a signal with all that was told", async () => {
        const prompt = tokensOf(headache);
        const short = await answer(first, prompt, { maxTokens: 3 });
        expect(short).toMatchObject({ end: "length", tokens: { length: 3 } });
        await first.keep(0);
        const controller = new AbortController();
        let count = 0;
        const onToken = (): void => {
            if (++count === 5) controller.abort();
        };
        const cut = await answer(first, prompt, { signal: controller.signal, onToken });
        expect(cut).toMatchObject({ end: "aborted", tokens: { length: 5 } });
        expect(first.tokens.length).toBeGreaterThanOrEqual(prompt.length);
        const rest = [...prompt, ...cut.tokens].slice(first.tokens.length);
        expect(first.tokens.length + rest.length).toBeGreaterThan(prompt.length);
    });

    it("reads nothing for a signal that has fallen", async () => {
        expect(await first.read(tokensOf(headache), AbortSignal.abort())).toBe(false);
        expect(first.tokens).toEqual([]);
    });

    it("fails with what its listener throws, and goes on afterwards", async () => {
        const prompt = tokensOf(headache);
        const broken = answer(first, prompt, {
            onToken: () => {
                throw new Error("the listener is broken");
            },
        });
        await expect(broken).rejects.toThrow("the listener is broken");
        await first.keep(0);
        expect((await answer(first, prompt)).end).toBe("end");
    });
});

describe("the native runner", () => {
    beforeAll(async () => use(await openNativeRunner(companion, model, limits)));
    afterAll(() => runner.close());
    beforeEach(async () => {
        await first.keep(0);
        await second.keep(0);
    });

    it("goes on elsewhere from a saved state, pictures included", async () => {
        const eyes = await startVisionSetup();
        const vision = await eyes.open();
        const features = await vision.encode(picture(3));
        await vision.dispose();
        await eyes.close();
        await first.read(tokensOf(opening), never);
        const start = first.tokens.length;
        expect(await first.see(features, placeholders(1), never)).toBe(true);
        expect(first.tokens.slice(start)).toEqual(placeholders(1));
        const held = [...first.tokens];
        const state = await first.save();
        const question = tokensOf(`\nWhat is this?${ending}`);
        const fresh = await answer(first, question, { maxTokens: 8 });

        expect(await second.restore(state ?? new Uint8Array(), held)).toBe(true);
        expect(second.tokens).toEqual(held);
        expect(await answer(second, question, { maxTokens: 8 })).toEqual(fresh);
    });

    it("stays empty when a state is damaged or belongs to other tokens", async () => {
        await first.read(tokensOf(headache), never);
        const held = [...first.tokens];
        const state = (await first.save()) ?? new Uint8Array();
        for (const [bytes, tokens] of [
            [state.subarray(0, state.length / 2), held],
            [new Uint8Array(100), held],
            [new Uint8Array(), held],
            [state, held.slice(1)],
        ] as const) {
            expect(await second.restore(bytes, tokens)).toBe(false);
            expect(second.tokens).toEqual([]);
        }
        expect((await answer(second, tokensOf(fever))).end).toBe("end");
    });

    it("shares a beginning with another sequence, also while that one goes on", async () => {
        const prompt = tokensOf(headache);
        const alone = await answer(first, prompt);
        await first.keep(0);
        await first.read(prompt.slice(0, 6), never);
        const running = answer(first, prompt.slice(6));
        await second.share(prompt.slice(0, 6));
        expect(second.tokens).toEqual(prompt.slice(0, 6));
        const shared = await answer(second, prompt.slice(6));
        expect([await running, shared]).toEqual([alone, alone]);
        // What one of them forgets the other one keeps
        await first.keep(0);
        await second.keep(6);
        expect(await answer(second, prompt.slice(6))).toEqual(alone);
    });

    it("shares nothing that the other one does not hold", async () => {
        await first.read(tokensOf(opening), never);
        const reading = first.keep(2);
        await second.share(tokensOf(opening));
        await reading;
        expect(second.tokens).toEqual(tokensOf(opening).slice(0, 2));
    });

    it("shares from that sequence which holds the most", async () => {
        const prompt = tokensOf(headache);
        const three = await openNativeRunner(companion, model, { ...limits, sequences: 3 });
        const [one, other, third] = three.sequences as [
            SequenceMemory,
            SequenceMemory,
            SequenceMemory,
        ];
        for (const [little, much] of [
            [one, other],
            [other, one],
        ] as const) {
            for (const sequence of three.sequences) await sequence.keep(0);
            await little.read(prompt.slice(0, 3), never);
            await much.read(prompt.slice(0, 8), never);
            await third.share(prompt.slice(0, 6));
            expect(third.tokens).toEqual(prompt.slice(0, 6));
        }
        await three.close();
    });

    it("lets go of a prompt that nobody waits for any more", async () => {
        const long = Array.from({ length: 400 }, () => tokensOf("a")[0] as Token);
        const controller = new AbortController();
        const reading = first.read(long, controller.signal);
        controller.abort();
        expect(await reading).toBe(false);
        expect(first.tokens.length).toBeLessThan(long.length);
        expect((await answer(second, tokensOf(headache))).end).toBe("end");
    });

    it("refuses what would end the process or disturb others, and goes on", async () => {
        const nativeLimits = { ...limits, batch: 32, offload: false };
        const native = await companion.openRunner(addonModel(model), nativeLimits);
        const some = Int32Array.from(tokensOf(headache));
        const read = { id: 1, sequence: 0, position: 0, tokens: some };
        for (const wrong of [
            { ...read, sequence: 2 },
            { ...read, sequence: -1 },
            { ...read, sequence: 0.5 },
            { ...read, tokens: Int32Array.of(1e9) },
            { ...read, tokens: Int32Array.of(-1) },
            { ...read, tokens: new Int32Array() },
            { ...read, tokens: new Int32Array(1000) },
            { ...read, position: 513 },
        ]) {
            expect(() => native.read(wrong)).toThrow(Error);
        }
        const rows = (count: number) => () =>
            native.see({ id: 2, sequence: 0, position: 0, rows: new Float32Array(count) });
        expect(rows(191)).toThrow("multiple");
        expect(rows(0)).toThrow("multiple");
        expect(rows(192 * 1000)).toThrow("room");
        const share = (lengths: Int32Array, sequence = 0) =>
            native.share({ id: 7, sequence, lengths });
        expect(() => share(new Int32Array(3))).toThrow("sequences");
        expect(() => share(new Float32Array(2) as unknown as Int32Array)).toThrow("array");
        expect(() => share(new Int32Array(2), 2)).toThrow("range");
        expect(await share(Int32Array.of(-5, 1e9))).toMatchObject({ held: 0 });
        await expect(native.read({ ...read, id: 3, position: 5 })).rejects.toMatchObject({
            code: "internal",
        });
        const reading = native.read({ ...read, id: 4 });
        await expect(native.read({ ...read, id: 5 })).rejects.toMatchObject({ code: "internal" });
        expect(await reading).toMatchObject({ outcome: "done", held: some.length });
        await native.close();
        expect(() => native.read({ ...read, id: 6 })).toThrow("closed");
        const tooSmall = { ...nativeLimits, sequences: 8, batch: 4 };
        expect(() => companion.openRunner(addonModel(model), tooSmall)).toThrow("batch");
    });
});
