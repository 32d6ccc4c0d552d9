/** How a native runner ends, on one thread and with one more that stays from step to step. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LlamaModel, Token } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Companion } from "../../../adapters/llama/companion.ts";
import { openNativeRunner } from "../../../adapters/llama/native-runner.ts";
import type { SequenceMemory } from "../../../adapters/llama/runner.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { demoFiles } from "./demo-model.ts";
import { answer, fever, headache, limits, never, RunnerSetup } from "./runner-setup.ts";

let setup: RunnerSetup;
let model: LlamaModel;
let companion: Companion;
let draft: LlamaModel;
beforeAll(async () => {
    setup = await RunnerSetup.start();
    ({ model, companion } = setup);
    draft = await setup.loadModel(demoFiles.model);
});
afterAll(async () => {
    await draft.dispose();
    await setup.close();
});

const tokensOf = (text: string): readonly Token[] => setup.tokensOf(text);

async function withRunner<Result>(
    options: Partial<typeof limits>,
    use: (one: SequenceMemory, other: SequenceMemory) => Promise<Result>,
): Promise<Result> {
    const runner = await openNativeRunner(companion, model, { ...limits, ...options });
    const [one, other] = runner.sequences as [SequenceMemory, SequenceMemory];
    try {
        return await use(one, other);
    } finally {
        await runner.close();
    }
}

it("writes the same on several threads", async () => {
    const short = { maxTokens: 4 };
    const [alone, together] = await Promise.all(
        [1, 2].map((threads) =>
            withRunner({ threads }, async (one, other) => [
                await answer(one, tokensOf(headache), short),
                await answer(other, tokensOf(fever), short),
            ]),
        ),
    );
    expect(together).toEqual(alone);
});

describe.runIf(process.platform === "linux")("of a runner's threads", () => {
    const count = async (): Promise<number> => (await readdir("/proc/self/task")).length;

    /** A thread that has ended is counted for a moment longer. */
    const settledCount = async (): Promise<number> => {
        let [last, times] = [await count(), 0];
        while (times < 5) {
            await sleep(50);
            const next = await count();
            times = next === last ? times + 1 : 0;
            last = next;
        }
        return last;
    };

    it.each([1, 2, 3])(
        "all %i and its own stay while it is open, and none longer",
        async (threads) => {
            // Node's own threads have begun before
            await withRunner({ threads }, (one) => answer(one, tokensOf(fever), { maxTokens: 2 }));
            const before = await settledCount();
            await withRunner({ threads }, async (one) => {
                // The one that asks for each step computes, too
                expect(await count()).toBe(before + threads);
                for (const text of [headache, fever]) {
                    const during: Promise<number>[] = [];
                    const onToken = (): void => void during.push(count());
                    await answer(one, tokensOf(text), { maxTokens: 3, onToken });
                    expect(new Set(await Promise.all(during))).toEqual(new Set([before + threads]));
                }
            });
            await expect.poll(count).toBe(before);
        },
    );
});

describe.each([1, 2])("with %i threads", (threads) => {
    it.each(["alone", "with a draft model"])("ends what runs when it closes, %s", async (kind) => {
        const closeWhileAnswering = async (): Promise<string> => {
            const closing = await openNativeRunner(companion, model, {
                ...limits,
                threads,
                ...(kind === "alone" ? {} : { guesses: 4, draft }),
            });
            const [sequence] = closing.sequences as [SequenceMemory];
            let closed: Promise<void> | undefined;
            const onToken = (): void => {
                closed ??= closing.close();
            };
            const { end } = await answer(sequence, tokensOf(headache), { onToken });
            await closed;
            return end;
        };
        // Where this process is held up, all of an answer may be there before its first token is told.
        await expect.poll(closeWhileAnswering, { timeout: 50_000 }).toBe("aborted");
    });

    it("bears that somebody gives up while it closes", async () => {
        const closing = await openNativeRunner(companion, model, { ...limits, threads });
        const [sequence] = closing.sequences as [SequenceMemory];
        const controller = new AbortController();
        const running = answer(sequence, tokensOf(headache), { signal: controller.signal });
        const closed = closing.close();
        controller.abort();
        expect((await running).end).toBe("aborted");
        await closed;
    });

    it("goes on after a step that was interrupted", async () => {
        await withRunner({ threads, batchTokens: 400 }, async (one, other) => {
            const alone = await answer(other, tokensOf(fever), { maxTokens: 4 });
            const long = Array.from({ length: 400 }, () => tokensOf("a")[0] as Token);
            // Where this process is held up, the step has ended before, or not begun
            const interrupt = async (): Promise<boolean> => {
                await one.keep(0);
                return !(await one.read(long, AbortSignal.timeout(5)));
            };
            await expect.poll(interrupt, { timeout: 50_000 }).toBe(true);
            expect(one.tokens).toEqual([]);
            expect(await one.read(tokensOf("a"), never)).toBe(true);
            await other.keep(0);
            expect(await answer(other, tokensOf(fever), { maxTokens: 4 })).toEqual(alone);
        });
    });

    it.each([
        { state: "answering", exitCode: 7 },
        { state: "idle", exitCode: 0 },
    ])("lets the process end that leaves it $state", async ({ state, exitCode }) => {
        const loader = join(companionFolders.packageRoot, "test/setup/typescript-loader.mjs");
        const script = join(import.meta.dirname, "exiting-process.ts");
        const child = spawn(
            process.execPath,
            ["--import", loader, script, state, String(threads)],
            { stdio: "ignore" },
        );
        const [code, killedBy] = (await once(child, "exit")) as [number | null, string | null];
        expect({ code, killedBy }).toEqual({ code: exitCode, killedBy: null });
    });
});
