import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { packageRoot } from "../src/package-root.ts";
import type { ChatModel } from "../src/ports.ts";
import { writeDeepDemo } from "./gguf/deep-demo.ts";
import { benchGpu } from "./peers/bench-models.ts";
import { message, round } from "./peers/contender.ts";
import { openProduct, type PairOptions } from "./peers/pair.ts";
import { median } from "./percentile.ts";
import { SameText } from "./same-text.ts";

const rounds = 7;
const targetLayers = 64;
const demo = join(packageRoot(), "models", "demo", "bimedix2-demo.gguf");
const system = message("system", "You are a helpful medical assistant.\nReply in English.");
const questions = [
    "What should I do for a headache?",
    "What should I do for a fever?",
    "How much water should I drink?",
    "What helps against a cough?",
].map((text) => message("user", text));

/**
 * What a draft model (native/draft-model.h) gains: tokens per second of first answers with and without
 * one in one run; equal text. The model that answers is the demonstration model with 60 more
 * layers, which cost time and change nothing. So the demonstration model itself is a draft model that is
 * always right; with some of its weights taken away, one that is sometimes wrong, and with many, mostly.
 */
export async function run(): Promise<void> {
    const { name, modelPath, drafts, isHeld } = await pairs();
    const options = {
        modelPath,
        gpu: benchGpu(),
        threads: Number(process.env["BIMEDIX2_BENCH_THREADS"] ?? 1),
        conversations: 1,
        contextTokens: 1024,
        maxTokens: 100,
    };
    // One after the other, as a card has no room for the large model twice
    const before = await measureRounds(options);
    const drafted: Record<string, Rounds> = {};
    for (const [quality, draftPath] of Object.entries(drafts)) {
        drafted[quality] = await measureRounds({ ...options, draftPath });
    }
    const after = await measureRounds(options);
    const without = { text: before.text, rates: [...before.rates, ...after.rates] };
    const results = Object.fromEntries(
        Object.entries(drafted).map(([quality, one]) => [quality, compare(without, one, isHeld)]),
    );
    const measures = "tokens per second with a draft model, against the same without";
    console.log(JSON.stringify({ benchmark: "draft", measures, rounds, model: name, ...results }));
}

interface Pairs {
    readonly name: string;
    readonly modelPath: string;
    readonly drafts: Readonly<Record<string, string>>;
    /** Whether a different text is an error: what a card computes in other batches may differ a little. */
    readonly isHeld: boolean;
}

/** What is measured; files of one's own where `BIMEDIX2_BENCH_TARGET` and `BIMEDIX2_BENCH_DRAFT` name them. */
async function pairs(): Promise<Pairs> {
    const { BIMEDIX2_BENCH_TARGET: own, BIMEDIX2_BENCH_DRAFT: draft } = process.env;
    if (own !== undefined && draft !== undefined) {
        const drafts = { [basename(draft)]: draft };
        return { name: basename(own), modelPath: own, drafts, isHeld: false };
    }
    const folder = join(packageRoot(), ".cache", "bench");
    await mkdir(folder, { recursive: true });
    const file = (part: string): string => join(folder, `deep-demo-${part}.gguf`);
    await writeDeepDemo(file("target"), { layers: targetLayers });
    await writeDeepDemo(file("damaged"), { layers: 4, damage: 0.3 });
    await writeDeepDemo(file("shallow"), { layers: 3 });
    return {
        name: `demo with ${targetLayers} layers`,
        modelPath: file("target"),
        drafts: { right: demo, sometimesWrong: file("damaged"), mostlyWrong: file("shallow") },
        isHeld: true,
    };
}

interface Rounds {
    /** Of all answers. */
    readonly text: string;
    /** Tokens per second of each round. */
    readonly rates: readonly number[];
}

async function measureRounds(options: PairOptions): Promise<Rounds> {
    const model = await openProduct(options);
    try {
        const measured: { readonly text: string; readonly rate: number }[] = [];
        // The first round warms up
        for (let index = 0; index <= rounds; index++) measured.push(await measure(model, index));
        return {
            text: measured.map(({ text }) => text).join("\n"),
            rates: measured.slice(1).map(({ rate }) => rate),
        };
    } finally {
        await model.close();
    }
}

function compare(without: Rounds, drafted: Rounds, isHeld: boolean): object {
    const texts = new SameText(isHeld);
    texts.compare(without.text, drafted.text, "The draft model changed an answer.");
    const [plain, guessed] = [median(without.rates), median(drafted.rates)];
    return {
        tokensPerSecond: { without: round(plain), drafted: round(guessed) },
        ratio: round(guessed / plain),
        texts,
    };
}

async function measure(model: ChatModel, index: number): Promise<{ text: string; rate: number }> {
    let [text, tokens, seconds] = ["", 0, 0];
    for (const question of questions) {
        const answer = await model.generate(
            { conversation: `draft ${index} ${question.text}`, messages: [system, question] },
            { signal: new AbortController().signal },
        );
        text += answer.text;
        tokens += answer.tokens.generated - 1;
        seconds += (answer.timingsMs.total - answer.timingsMs.firstToken) / 1000;
    }
    return { text, rate: tokens / seconds };
}
