import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, type Llama, type LlamaModel, type Token } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addonModel } from "../../../adapters/llama/addon-model.ts";
import { type Companion, loadCompanion } from "../../../adapters/llama/companion.ts";
import { LlamaLog } from "../../../adapters/llama/llama-log.ts";
import { writeDeepDemo } from "../../../bench/gguf/deep-demo.ts";
import { createLogger, type Logger } from "../../../src/log.ts";
import type { ChatImage, ChatModel } from "../../../src/ports.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { ComparedAnswers } from "./compared-answers.ts";
import { ask, demoFiles, openDemo, samplePicture, system, user } from "./demo-model.ts";
import { samples } from "./demo-talk.ts";
import { type Drawn, NativeAnswers } from "./native-answers.ts";
import { expectEqualAtRandom } from "./random-conversations.ts";
import { ReferenceModel } from "./reference-model.ts";

let folder: string;
/** Answers as the demonstration model does, but takes several times as long: else no draft model would pay. */
let target: string;
/** Draft models: the demonstration model itself is always right. */
let damaged: string;
let shallow: string;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-draft-"));
    target = join(folder, "target.gguf");
    damaged = join(folder, "damaged.gguf");
    shallow = join(folder, "shallow.gguf");
    await writeDeepDemo(target, { layers: 24 });
    await writeDeepDemo(damaged, { layers: 4, damage: 0.3 });
    await writeDeepDemo(shallow, { layers: 3 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("one answer", () => {
    let llama: Llama;
    let companion: Companion;
    let model: LlamaModel;
    beforeAll(async () => {
        const { write: logger } = new LlamaLog(createLogger("silent"));
        llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, logger });
        companion = await loadCompanion({ ...companionFolders, llama });
        model = await llama.loadModel({ modelPath: target });
    });
    afterAll(() => llama.dispose());

    const opening = "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n";
    const ending = "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
    const promptOf = (question: string): readonly Token[] =>
        model.tokenize(`${opening}${question}${ending}`, true);

    async function withDraft<Result>(
        path: string | undefined,
        use: (answers: NativeAnswers) => Promise<Result>,
    ): Promise<Result> {
        const draft = path === undefined ? undefined : await llama.loadModel({ modelPath: path });
        const native = await companion.openRunner(
            addonModel(model),
            {
                positions: 512,
                sequences: 1,
                batch: 64,
                threads: 1,
                guesses: 4,
                offload: false,
                flashAttention: true,
            },
            ...(draft ? [addonModel(draft)] : []),
        );
        try {
            expect(native.draftFailure).toBe("");
            return await use(new NativeAnswers(native));
        } finally {
            await native.close();
            await draft?.dispose();
        }
    }

    const questions = ["What should I do for a headache?", "How much water should I drink?"];

    it("is the same in fewer steps, however often the draft model is wrong", async () => {
        const all = async (answers: NativeAnswers): Promise<Drawn[]> => {
            const drawn: Drawn[] = [];
            for (const question of questions) drawn.push(await answers.ask(0, promptOf(question)));
            return drawn;
        };
        const texts = (drawn: readonly Drawn[]) => drawn.map(({ tokens }) => tokens);
        const steps = (drawn: readonly Drawn[]) =>
            drawn.reduce((sum, one) => sum + one.steps.length, 0);
        const without = await withDraft(undefined, all);
        const right = await withDraft(demoFiles.model, all);
        const sometimes = await withDraft(damaged, all);
        const mostly = await withDraft(shallow, all);
        for (const drawn of [right, sometimes, mostly]) {
            expect(texts(drawn)).toEqual(texts(without));
        }
        // How many fewer depends on the clock: it pauses where it does not pay
        expect(steps(right)).toBeLessThan(steps(without));
        expect(steps(sometimes)).toBeLessThan(steps(without));
    });

    it("is drawn as without it: with the same random numbers it is the same answer", async () => {
        // An answer to nothing may begin with many words
        const prompt = promptOf("").slice(-6);
        const times = 120;
        const drawAll = async (answers: NativeAnswers): Promise<Drawn[]> => {
            const drawn: Drawn[] = [];
            for (let time = 0; time < times; time++) {
                drawn.push(await answers.ask(0, prompt, { temperature: 1.3, maxTokens: 16 }));
            }
            return drawn;
        };
        const plain = await withDraft(undefined, drawAll);
        const drafted = await withDraft(demoFiles.model, drawAll);
        const wordsOf = ({ tokens }: Drawn): string => tokens.join(" ");
        const different = drafted.filter(
            (drawn, index) => wordsOf(drawn) !== plain.map(wordsOf)[index],
        );
        // A batch's last bits may decide between two tokens
        expect(different.length).toBeLessThan(times / 10);
        expect(new Set(plain.map(wordsOf)).size).toBeGreaterThan(times / 3);
        const gained = drafted.reduce(
            (sum, { tokens, steps }) => sum + tokens.length - steps.length,
            0,
        );
        // Else nothing was compared with anything
        expect(gained).toBeGreaterThan(times / 20);
    });
});

describe("a draft model that cannot be used", () => {
    async function openedWith(draftPath: string): Promise<readonly unknown[]> {
        const warnings: unknown[] = [];
        const logger: Logger = {
            ...createLogger("silent"),
            warn: (...line: unknown[]) => void warnings.push(line),
        };
        const model = await openDemo({ draftPath, logger, projectorPath: undefined });
        const { text } = await ask(model, "one", [system("English"), user("Hello")]);
        expect(text).not.toBe("");
        await model.close();
        return warnings;
    }

    it("leaves answers as they are, and the log says why", async () => {
        const other = join(folder, "other.gguf");
        await writeDeepDemo(other, { layers: 4, moreTokens: 32 });
        const without = expect.stringContaining("answers come without the draft model") as string;
        expect(await openedWith(other)).toContainEqual([
            expect.objectContaining({
                code: "draft-unusable",
                message: expect.stringContaining("has other tokens") as string,
                remedy: expect.stringContaining("a smaller model of the same family") as string,
            }),
            without,
        ]);
        expect(await openedWith(join(folder, "nowhere.gguf"))).toContainEqual([
            expect.objectContaining({ code: "model-missing" }),
            without,
        ]);
        expect(await openedWith(demoFiles.projector)).toContainEqual([
            expect.objectContaining({ code: "model-invalid" }),
            without,
        ]);
    });
});

describe("conversations", () => {
    const conversations = 5;
    // Long conversations lose their oldest turns, and all together fill the draft model's room
    const limits = { contextTokens: 320, sequences: 3 };
    let model: ChatModel;
    let reference: ReferenceModel;
    const pictures = new Map<string, ChatImage>();
    // A draft model that is not used would be told of
    const warnings: unknown[] = [];
    const logger: Logger = {
        ...createLogger("silent"),
        warn: (...line: unknown[]) => void warnings.push(line),
    };
    const open = (): Promise<ChatModel> =>
        openDemo({ ...limits, modelPath: target, draftPath: damaged, logger });
    beforeAll(async () => {
        model = await open();
        reference = await ReferenceModel.open({ ...limits, modelPath: target });
        for (const name of samples) pictures.set(name, await samplePicture(name));
    });
    afterAll(async () => {
        await model.close();
        await reference.close();
    });

    it("get the same answers whatever else happens", async () => {
        const compared = new ComparedAnswers(reference);
        const held = { model, open, pictures, conversations, runs: 2 };
        try {
            await expectEqualAtRandom(held, compared);
        } finally {
            model = held.model;
        }
        expect(warnings).toEqual([]);
        expect(compared.answers).toBeGreaterThan(30);
        expect(compared.nearTies).toBeLessThanOrEqual(compared.answers * 0.05);
    }, 300_000);
});
