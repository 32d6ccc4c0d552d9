import { setTimeout as sleep } from "node:timers/promises";
import { type BenchModel, benchGpu, benchModels } from "./peers/bench-models.ts";
import {
    type Contender,
    measureBoth,
    message,
    mustHaveReadTheSame,
    productContender,
    round,
    serverContender,
} from "./peers/contender.ts";
import { withPair } from "./peers/pair.ts";
import { median, percentile } from "./percentile.ts";
import type { ChatMessage } from "../src/ports.ts";

const rounds = 5;
const conversations = 8;
const tokensEach = 64;
/** Gaps of each running answer that are seen before the newcomer writes. */
const gapsBefore = 24;
const newcomers = 3;
const sentence = "the fever in the head and the rest of the body ";

/**
 * Eight conversations at once, the product's model against llama.cpp's own server with as many
 * slots, in turns in one run: tokens per second of all together; and the time between two tokens of
 * running answers, before and while a newcomer's prompt of some 2,000 tokens is read.
 */
export async function run(): Promise<void> {
    const models: Record<string, unknown> = {};
    for (const model of benchModels("400m")) models[model.name] = await measure(model);
    console.log(
        JSON.stringify({
            benchmark: "parallel",
            measures: `tokens per second of ${conversations} conversations, and gaps between tokens`,
            conversations,
            rounds,
            models,
        }),
    );
}

async function measure({ threads, files }: BenchModel): Promise<object> {
    const options = { gpu: benchGpu(), threads, conversations, contextTokens: 4096 };
    const maxTokens = 1500;
    return withPair({ ...options, maxTokens, ...(await files()) }, async ({ product, server }) => {
        const ours = productContender(product);
        const theirs = serverContender(server, new Map(), true);
        const figures: { readonly product: number; readonly server: number }[] = [];
        // The first round reads the prompts.
        for (let index = 0; index <= rounds; index++) {
            const figure = await measureBoth(
                index,
                () => measureTogether(ours),
                () => measureTogether(theirs),
            );
            if (index > 0) figures.push(figure);
        }
        const together = {
            product: median(figures.map((one) => one.product)),
            server: median(figures.map((one) => one.server)),
        };
        await checkPrompts(ours, theirs);
        const gaps = { product: await measureGaps(ours), server: await measureGaps(theirs) };
        return {
            device: product.description.device,
            tokensEach,
            medianTokensPerSecond: {
                product: round(together.product),
                server: round(together.server),
            },
            ratio: round(together.product / together.server),
            target: 1,
            gaps,
            targetP99ToMedian: 2,
        };
    });
}

/** Tokens per second of all conversations; their prompts are remembered but for the last token. */
async function measureTogether(contender: Contender): Promise<number> {
    const startedAtMs = performance.now();
    const answers = await Promise.all(
        Array.from({ length: conversations }, (_, conversation) =>
            contender.ask({
                conversation,
                messages: talk(`I am patient ${conversation}. ${sentence.repeat(6)}`),
                maxTokens: tokensEach,
                onText: () => undefined,
            }),
        ),
    );
    const tokens = answers.reduce((sum, answer) => sum + answer.tokens.generated, 0);
    if (tokens !== conversations * tokensEach) throw new Error("An answer ended early.");
    return (tokens / (performance.now() - startedAtMs)) * 1000;
}

async function checkPrompts(ours: Contender, theirs: Contender): Promise<void> {
    const question = { conversation: 0, messages: talk(sentence), maxTokens: 1 };
    mustHaveReadTheSame(await ours.ask(question), await theirs.ask(question));
}

interface Gaps {
    readonly p50: number;
    readonly p99: number;
}

async function measureGaps(contender: Contender): Promise<object> {
    const before: number[] = [];
    const during: number[] = [];
    const firstTokens: number[] = [];
    let promptTokens = 0;
    for (let newcomer = 0; newcomer < newcomers; newcomer++) {
        const seen = await watchNewcomer(contender, newcomer);
        before.push(...seen.before);
        during.push(...seen.during);
        firstTokens.push(seen.firstTokenMs);
        promptTokens = seen.promptTokens;
    }
    const beforeMs = summarize(before);
    const duringMs = summarize(during);
    return {
        promptTokens,
        beforeMs,
        duringMs,
        gapsDuring: during.length,
        newcomerFirstTokenMs: round(median(firstTokens)),
        p99ToMedian: round(duringMs.p99 / duringMs.p50),
        p99ToMedianBefore: round(duringMs.p99 / beforeMs.p50),
    };
}

function summarize(gaps: readonly number[]): Gaps {
    return { p50: round(median(gaps)), p99: round(percentile(gaps, 0.99)) };
}

/** Seven answers run; then the eighth conversation begins with a long prompt. */
async function watchNewcomer(
    contender: Contender,
    newcomer: number,
): Promise<{
    readonly before: readonly number[];
    readonly during: readonly number[];
    readonly firstTokenMs: number;
    readonly promptTokens: number;
}> {
    const controller = new AbortController();
    const times = Array.from({ length: conversations - 1 }, (): number[] => []);
    const running = times.map((list, conversation) =>
        contender.ask({
            conversation,
            messages: talk(`I am patient ${conversation}. ${sentence.repeat(6)}`),
            maxTokens: 1500,
            onText: () => void list.push(performance.now()),
            signal: controller.signal,
        }),
    );
    let hasEnded = false;
    const ended = Promise.allSettled(running);
    Promise.race(running).then(
        () => (hasEnded = true),
        () => (hasEnded = true),
    );
    while (times.some((list) => list.length <= gapsBefore)) {
        if (hasEnded) throw new Error("An answer ended before the newcomer came.");
        await sleep(5);
    }
    const fromMs = performance.now();
    const { timingsMs, tokens } = await contender.ask({
        conversation: conversations - 1,
        messages: talk(`I am newcomer ${newcomer}. ${sentence.repeat(180)}`),
        maxTokens: 4,
        onText: () => undefined,
    });
    controller.abort();
    await ended;
    const untilMs = fromMs + timingsMs.firstToken;
    const gaps = times.flatMap((list) =>
        list.slice(1).map((end, index) => ({ start: list[index] ?? end, end })),
    );
    const length = ({ start, end }: (typeof gaps)[number]): number => end - start;
    return {
        before: gaps.filter(({ end }) => end <= fromMs).map(length),
        during: gaps.filter(({ start, end }) => end > fromMs && start < untilMs).map(length),
        firstTokenMs: timingsMs.firstToken,
        promptTokens: tokens.prompt,
    };
}

function talk(question: string): ChatMessage[] {
    return [message("system", "You are a helpful medical assistant."), message("user", question)];
}
