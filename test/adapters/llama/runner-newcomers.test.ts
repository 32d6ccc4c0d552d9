/** Prompts that are read beside a running answer. */
import type { Token } from "node-llama-cpp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openNativeRunner } from "../../../adapters/llama/native-runner.ts";
import type { Runner, SequenceMemory } from "../../../adapters/llama/runner.ts";
import {
    type Answered,
    answer,
    fever,
    headache,
    limits,
    never,
    RunnerSetup,
} from "./runner-setup.ts";

let setup: RunnerSetup;
let runner: Runner;
beforeAll(async () => {
    setup = await RunnerSetup.start();
    runner = await open({});
});
afterAll(async () => {
    await runner.close();
    await setup.close();
});

function open(own: Partial<typeof limits>): Promise<Runner> {
    return openNativeRunner(setup.companion, setup.model, { ...limits, ...own });
}

/** What a prompt is answered with alone. */
async function answerAlone(prompt: readonly Token[]): Promise<Answered> {
    const [sequence] = runner.sequences as [SequenceMemory];
    await sequence.keep(0);
    return await answer(sequence, prompt);
}

it.each([
    { way: "reads with the answers", batchTokens: 32, wanted: 40 },
    { way: "reads apart", batchTokens: 128, wanted: 128 },
])("ends no running answer for a newcomer that finds no room and $way", async (way) => {
    const prompt = setup.tokensOf(headache.repeat(4));
    const expected = await answerAlone(prompt);
    const { batchTokens, wanted } = way;
    // Whether the newcomer or the answer finds no room depends on what is free after a tile
    const slacks = batchTokens < 64 ? [0] : expected.tokens.map((_, index) => index - 64);
    const full = await open({ batchTokens, positions: 256 });
    const [running, newcomer] = full.sequences as [SequenceMemory, SequenceMemory];
    const long = Array.from({ length: full.positions }, () => prompt[0] as Token);
    for (const slack of slacks) {
        await running.keep(0);
        await newcomer.keep(0);
        const taken = full.positions - prompt.length - expected.tokens.length + slack;
        await newcomer.read(long.slice(0, taken), never);
        let refused: Promise<unknown> | undefined;
        const onToken = (): void => {
            const rest = long.slice(0, wanted);
            refused ??= newcomer.read(rest, never).catch((error: unknown) => error);
        };
        const [end] = await Promise.allSettled([answer(running, prompt, { onToken })]);
        expect(await refused).toMatchObject({ code: "context-full" });
        expect(end).toMatchObject({ status: "fulfilled", value: { tokens: expected.tokens } });
    }
    await full.close();
});

it("reads long prompts beside an answer as alone, and gives one up in its middle", async () => {
    const prompt = setup.tokensOf(headache);
    const alone = await answerAlone(prompt);
    const long = [...setup.tokensOf(headache.repeat(12)), ...setup.tokensOf(fever)];
    const [wide, narrow] = [{ batchTokens: 128 }, { batchTokens: 32 }].map((own) =>
        open({ ...own, positions: 1024 }),
    ) as [Promise<Runner>, Promise<Runner>];
    const [apart, together] = [await wide, await narrow];
    const [running, newcomer] = apart.sequences as [SequenceMemory, SequenceMemory];
    const [reader] = together.sequences as [SequenceMemory];
    const expected = await answer(reader, long, { maxTokens: 12 });
    for (const isGivenUp of [true, false]) {
        await running.keep(0);
        await newcomer.keep(0);
        const controller = new AbortController();
        let other: Promise<Answered> | undefined;
        let count = 0;
        const onToken = (): void => {
            other ??= answer(newcomer, long, { maxTokens: 12, signal: controller.signal });
            if (isGivenUp && ++count === 3) controller.abort();
        };
        expect((await answer(running, prompt, { onToken })).tokens).toEqual(alone.tokens);
        const read = await other;
        if (isGivenUp) expect(read?.tokens).toEqual([]);
        else expect(read?.tokens).toEqual(expected.tokens);
    }
    await apart.close();
    await together.close();
});
