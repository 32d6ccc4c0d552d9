import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, type Llama, type LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addonModel } from "../../../adapters/llama/addon-model.ts";
import { type Companion, loadCompanion } from "../../../adapters/llama/companion.ts";
import { LlamaLog } from "../../../adapters/llama/llama-log.ts";
import { createLogger } from "../../../src/log.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { type Drawn, NativeAnswers } from "./native-answers.ts";
import { writeOtherModel } from "./other-models.ts";

// Half of the layers of both look back over 24 positions alone
let folder: string;
let llama: Llama;
let companion: Companion;
/** Answers as the draft model guesses, which is thus always right, but takes many times as long. */
let model: LlamaModel;
let draft: LlamaModel;
/** The same, trained with a shorter context. */
let shortDraft: LlamaModel;
const shortContext = 100;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-draft-memory-"));
    const target = join(folder, "target.gguf");
    const small = join(folder, "draft.gguf");
    await writeOtherModel(target, "gemma3", { idleLayers: 60, isSure: true });
    const short = join(folder, "short.gguf");
    await writeOtherModel(small, "gemma3", { isSure: true });
    await writeOtherModel(short, "gemma3", { isSure: true, contextTokens: shortContext });
    const { write: logger } = new LlamaLog(createLogger("silent"));
    llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, logger });
    companion = await loadCompanion({ ...companionFolders, llama });
    model = await llama.loadModel({ modelPath: target });
    draft = await llama.loadModel({ modelPath: small });
    shortDraft = await llama.loadModel({ modelPath: short });
});
afterAll(async () => {
    await llama.dispose();
    await rm(folder, { recursive: true, force: true });
});

interface Room {
    readonly positions: number;
    readonly sequences: number;
    /** Positions that the draft model reads in one step at most. */
    readonly batch: number;
    readonly draft: LlamaModel;
}

/** Answers with a draft model, of which each must be as without it. */
async function answersOf(
    { draft: guessing, ...room }: Room,
    talk: (answers: NativeAnswers) => Promise<readonly Drawn[]>,
): Promise<readonly Drawn[]> {
    const options = { ...room, threads: 1, guesses: 4, offload: false, flashAttention: true };
    const drawnWith = async (...drafts: readonly LlamaModel[]): Promise<readonly Drawn[]> => {
        const native = await companion.openRunner(
            addonModel(model),
            options,
            ...drafts.map((one) => addonModel(one)),
        );
        try {
            const drawn = await talk(new NativeAnswers(native));
            expect(native.draftFailure).toBe("");
            return drawn;
        } finally {
            await native.close();
        }
    };
    const drafted = await drawnWith(guessing);
    const texts = (drawn: readonly Drawn[]) => drawn.map(({ tokens }) => tokens);
    expect(texts(drafted)).toEqual(texts(await drawnWith()));
    return drafted;
}

/** Tokens of words, other ones for each seed. */
function words(seed: number, count: number): readonly number[] {
    return Array.from(
        { length: count },
        (_, at) => 300 + ((7 * at * at + 53 * at + 131 * seed) % 2000),
    );
}

/** Steps until guesses come true. */
function stepsUnguessed({ steps }: Drawn): number {
    return steps.findIndex((count) => count > 1);
}

it("takes nothing up of which layers with a window have lost a part", async () => {
    const room = { positions: 1024, sequences: 4, batch: 64, draft };
    const drawn = await answersOf(room, async (answers) => {
        const short = await answers.ask(1, words(1, 30), { maxTokens: 10 });
        const prompt = words(0, 170);
        const first = await answers.ask(0, prompt, { maxTokens: 30 });
        // The next one's positions lie where these were, and then where the first one's left the window
        await answers.keep(1, 0);
        const next = await answers.ask(2, words(2, 200), { maxTokens: 30 });
        const borrowed = await answers.ask(3, [...prompt.slice(0, 120), 500], { maxTokens: 30 });
        const back = await answers.ask(0, [...prompt.slice(0, 100), 501], { maxTokens: 30 });
        return [short, first, next, borrowed, back];
    });
    // It reads anew, in a few steps, and then it is right; with a part of the window it is mostly wrong
    for (const { steps } of drawn.slice(3)) expect(steps.length).toBeLessThanOrEqual(17);
});

it("forgets the conversation that it has not guessed for the longest", async () => {
    const room = { positions: 512, sequences: 3, batch: 16, draft };
    const [, known, newcomer, goingOn, returned] = await answersOf(room, async (answers) => {
        // The model holds what they share once, the draft model for each: it has no room for the last one
        const shared = words(3, 24);
        const [one = [], two = [], three = []] = [126, 126, 110].map((count, seed) => [
            ...shared,
            ...words(seed, count),
        ]);
        const first = await answers.ask(0, one, { maxTokens: 30 });
        for (const other of [1, 2]) await answers.share(0, other, shared.length);
        const second = await answers.ask(1, two, { maxTokens: 30 });
        const third = await answers.ask(2, three, { maxTokens: 60 });
        await answers.keep(0, 1);
        const goesOn = [...two, ...second.tokens, 500];
        const more = await answers.ask(1, goesOn, { maxTokens: 30 });
        await answers.keep(2, 1);
        const again = await answers.ask(0, [...one, 501], { maxTokens: 60 });
        return [first, second, third, more, again];
    });
    if (!known || !newcomer || !goingOn || !returned) throw new Error("An answer is missing.");
    for (const { steps } of [newcomer, returned]) expect(steps.length).toBeLessThanOrEqual(40);
    // What it knew already it need not read
    expect(stepsUnguessed(known)).toBeGreaterThan(7);
    expect(stepsUnguessed(goingOn)).toBeLessThan(5);
});

it("keeps nothing that its conversation does not say any more", async () => {
    const room = { positions: 512, sequences: 2, batch: 16, draft };
    const drawn = await answersOf(room, async (answers) => {
        const prompt = words(0, 150);
        const first = await answers.ask(0, prompt, { maxTokens: 30 });
        const same = await answers.ask(1, [...prompt, 501], { maxTokens: 30 });
        // As where the place goes to somebody else, who begins with as much
        for (const place of [0, 1]) await answers.keep(place, 20);
        const back = await answers.ask(1, [...prompt, 502], { maxTokens: 30 });
        return [first, same, back];
    });
    const [first = 0, same = 0, back = 0] = drawn.map(stepsUnguessed);
    expect(same).toBeLessThan(first);
    // It reads at most 16 of the 130 that it must in a step
    expect(back).toBeGreaterThan(7);
});

it("guesses no further than it was trained", async () => {
    const room = { positions: 512, sequences: 1, batch: 64, draft: shortDraft };
    const [drawn] = await answersOf(room, async (answers) => [await answers.ask(0, words(0, 60))]);
    const positionsAfter = (step: number): number =>
        60 + (drawn?.steps.slice(0, step).reduce((sum, count) => sum + count, 0) ?? 0);
    const guessed = drawn?.steps.flatMap((count, step) =>
        count > 1 ? [positionsAfter(step + 1)] : [],
    );
    expect(guessed?.length).toBeGreaterThan(3);
    expect(Math.max(...(guessed ?? []))).toBeLessThanOrEqual(shortContext);
});
