import type { ChatModel } from "../src/ports.ts";
import { benchGpu, benchModels } from "./peers/bench-models.ts";
import { message, round } from "./peers/contender.ts";
import { openProduct } from "./peers/pair.ts";
import { median } from "./percentile.ts";
import { SameText } from "./same-text.ts";

const rounds = 15;
const longestGuess = 4;
const system = message("system", "You are a helpful medical assistant.\nReply in English.");
const question = message("user", "What should I do for a headache?");

/**
 * What guessing how an answer goes on from its conversation (native/prompt-lookup.h) gains: tokens
 * per second of an answer that stands in the conversation already, which is the best case, and of a
 * first answer, which repeats nothing. Both with and without guesses, in turns in one run; equal text.
 */
export async function run(): Promise<void> {
    const models: Record<string, unknown> = {};
    for (const { name, threads, isTrained, files } of benchModels("demo")) {
        const options = {
            ...(await files()),
            gpu: benchGpu(),
            threads,
            conversations: 1,
            contextTokens: 2048,
            maxTokens: 256,
        };
        const without = await openProduct({ ...options, guesses: 0 });
        const guessing = await openProduct({ ...options, guesses: longestGuess });
        try {
            models[name] = await compare(without, guessing, new SameText(isTrained));
        } finally {
            await without.close();
            await guessing.close();
        }
    }
    const measures = "tokens per second with prompt lookup, against the same without";
    console.log(JSON.stringify({ benchmark: "guesses", measures, rounds, longestGuess, models }));
}

interface Rates {
    readonly first: number;
    readonly repeated: number;
}

async function compare(without: ChatModel, guessing: ChatModel, texts: SameText): Promise<object> {
    const rates: { readonly without: Rates; readonly guessing: Rates }[] = [];
    for (let index = 0; index <= rounds; index++) {
        const measured = {
            without: await measure(without, index),
            guessing: await measure(guessing, index),
        };
        texts.compare(measured.without.text, measured.guessing.text, "Guessing changed an answer.");
        // The first round warms up
        if (index > 0) rates.push(measured);
    }
    const medians = (of: (rates: Rates) => number): { without: number; guessing: number } => ({
        without: median(rates.map((one) => of(one.without))),
        guessing: median(rates.map((one) => of(one.guessing))),
    });
    const repeated = medians((one) => one.repeated);
    const first = medians((one) => one.first);
    return {
        tokensPerSecond: {
            repeated: { without: round(repeated.without), guessing: round(repeated.guessing) },
            first: { without: round(first.without), guessing: round(first.guessing) },
        },
        ratio: round(repeated.guessing / repeated.without),
        ratioFirst: round(first.guessing / first.without),
        texts,
    };
}

async function measure(model: ChatModel, index: number): Promise<Rates & { text: string }> {
    const messages = [system, question];
    const first = await ask(model, index, messages);
    messages.push(message("assistant", first.text), question);
    const repeated = await ask(model, index, messages);
    return { first: first.rate, repeated: repeated.rate, text: first.text + repeated.text };
}

async function ask(model: ChatModel, index: number, messages: readonly (typeof question)[]) {
    const { text, tokens, timingsMs } = await model.generate(
        { conversation: `guesses ${index}`, messages },
        { signal: new AbortController().signal },
    );
    const seconds = (timingsMs.total - timingsMs.firstToken) / 1000;
    return { text, rate: (tokens.generated - 1) / seconds };
}
