import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { packageRoot } from "../src/package-root.ts";
import type { ChatModel } from "../src/ports.ts";
import { writeDeepDemo } from "./gguf/deep-demo.ts";
import { benchGpu } from "./peers/bench-models.ts";
import { message, round } from "./peers/contender.ts";
import { openProduct } from "./peers/pair.ts";
import { median } from "./percentile.ts";

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
 * one, in turns in one run; equal text. The model that answers is the demonstration model with 60 more
 * layers, which cost time and change nothing. So the demonstration model itself is a draft model that is
 * always right; with some of its weights taken away, one that is sometimes wrong, and with many, mostly.
 */
export async function run(): Promise<void> {
    const { name, modelPath, drafts } = await pairs();
    const options = {
        modelPath,
        gpu: benchGpu(),
        threads: Number(process.env["BIMEDIX2_BENCH_THREADS"] ?? 1),
        conversations: 1,
        contextTokens: 1024,
        maxTokens: 100,
    };
    const without = await openProduct(options);
    const results: Record<string, object> = {};
    try {
        for (const [quality, draftPath] of Object.entries(drafts)) {
            const drafted = await openProduct({ ...options, draftPath });
            try {
                results[quality] = await compare(without, drafted);
            } finally {
                await drafted.close();
            }
        }
    } finally {
        await without.close();
    }
    const measures = "tokens per second with a draft model, against the same without";
    console.log(JSON.stringify({ benchmark: "draft", measures, rounds, model: name, ...results }));
}

interface Pairs {
    readonly name: string;
    readonly modelPath: string;
    readonly drafts: Readonly<Record<string, string>>;
}

/** What is measured; files of one's own where `BIMEDIX2_BENCH_TARGET` and `BIMEDIX2_BENCH_DRAFT` name them. */
async function pairs(): Promise<Pairs> {
    const { BIMEDIX2_BENCH_TARGET: own, BIMEDIX2_BENCH_DRAFT: draft } = process.env;
    if (own !== undefined && draft !== undefined) {
        return { name: basename(own), modelPath: own, drafts: { [basename(draft)]: draft } };
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
    };
}

async function compare(without: ChatModel, drafted: ChatModel): Promise<object> {
    const rates: { readonly without: number; readonly drafted: number }[] = [];
    for (let index = 0; index <= rounds; index++) {
        const plain = await measure(without, index);
        const guessed = await measure(drafted, index);
        if (plain.text !== guessed.text) throw new Error("The draft model changed an answer.");
        // The first round warms up
        if (index > 0) rates.push({ without: plain.rate, drafted: guessed.rate });
    }
    return {
        tokensPerSecond: {
            without: round(median(rates.map((one) => one.without))),
            drafted: round(median(rates.map((one) => one.drafted))),
        },
        ratio: round(median(rates.map((one) => one.drafted / one.without))),
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
