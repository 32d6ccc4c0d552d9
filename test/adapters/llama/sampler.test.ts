import { getLlama, type Llama, type LlamaModel, type Token } from "node-llama-cpp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadCompanion } from "../../../adapters/llama/companion.ts";
import { openNativeRunner } from "../../../adapters/llama/native-runner.ts";
import type { GenerationOptions, Runner } from "../../../adapters/llama/runner.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { demoFiles } from "./demo-model.ts";

type Sampling = Pick<GenerationOptions, "temperature" | "topP">;

let llama: Llama;
let model: LlamaModel;
let runner: Runner;
let prompt: Token[];
beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, progressLogs: false });
    model = await llama.loadModel({ modelPath: demoFiles.model });
    const companion = await loadCompanion({ ...companionFolders, llama });
    runner = await openNativeRunner(companion, model, {
        positions: 256,
        sequences: 1,
        batchTokens: 32,
        threads: 1,
        guesses: 0,
        flashAttention: true,
    });
    // An answer to nothing may begin with many words
    const nothing = "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
    prompt = model.tokenize(nothing, true);
});
afterAll(async () => {
    await runner.close();
    await llama.dispose();
});

/** With what probability node-llama-cpp's chain of llama.cpp's samplers draws each token. */
async function probabilities(sampling: Sampling): Promise<ReadonlyMap<Token, number>> {
    const context = await model.createContext({ contextSize: 256, threads: 1 });
    const chain = { ...sampling, topK: 1000, minP: 0, yieldEogToken: true };
    const drawn = context
        .getSequence()
        .evaluateWithMetadata(prompt, { probabilities: true }, chain);
    const first = await drawn.next();
    await context.dispose();
    if (first.done) throw new Error("nothing was drawn");
    return first.value.probabilities;
}

/** How often each token follows the prompt. One that ends the answer is not counted. */
async function draw(times: number, sampling: Sampling): Promise<ReadonlyMap<Token, number>> {
    const [sequence] = runner.sequences;
    const never = new AbortController().signal;
    const counts = new Map<Token, number>();
    const options: GenerationOptions = {
        ...sampling,
        maxTokens: 1,
        stops: new Set(),
        onToken: (token) => counts.set(token, (counts.get(token) ?? 0) + 1),
    };
    await sequence?.keep(0);
    await sequence?.read(prompt.slice(0, -1), never);
    for (let time = 0; time < times; time++) {
        await sequence?.generate(prompt.slice(-1), options, never);
        await sequence?.keep(prompt.length - 1);
    }
    return counts;
}

/**
 * The chi-square test: how unlikely it is to count this, in standard deviations of a normal
 * distribution (Wilson and Hilferty). Tokens that are expected less than 5 times are one cell.
 */
function surprise(
    counts: ReadonlyMap<Token, number>,
    expected: ReadonlyMap<Token, number>,
    times: number,
): number {
    const rest = { seen: times, expected: times };
    const cells = [];
    for (const [token, probability] of expected) {
        const cell = { seen: counts.get(token) ?? 0, expected: times * probability };
        if (cell.expected < 5) continue;
        cells.push(cell);
        rest.seen -= cell.seen;
        rest.expected -= cell.expected;
    }
    if (rest.expected >= 5) cells.push(rest);
    const chiSquare = cells.reduce(
        (sum, cell) => sum + (cell.seen - cell.expected) ** 2 / cell.expected,
        0,
    );
    const freedom = cells.length - 1;
    const variance = 2 / (9 * freedom);
    return (Math.cbrt(chiSquare / freedom) - 1 + variance) / Math.sqrt(variance);
}

// Exceeded by chance once in a million
const limit = 4.75;

it.each([
    { temperature: 0.8, topP: 0.9 },
    { temperature: 1.3, topP: 0.6 },
    { temperature: 1.3, topP: 1 },
])(
    "draws as llama.cpp's samplers do with temperature $temperature and top p $topP",
    async (sampling) => {
        const times = 2000;
        const expected = await probabilities(sampling);
        const counts = await draw(times, sampling);
        expect([...counts.keys()].filter((token) => !expected.has(token))).toEqual([]);
        expect(surprise(counts, expected, times)).toBeLessThan(limit);
    },
);

it("draws the likeliest token at temperature 0", async () => {
    const [likeliest] = (await probabilities({ temperature: 0, topP: 1 })).keys();
    expect(await draw(20, { temperature: 0, topP: 1 })).toEqual(new Map([[likeliest, 20]]));
});
