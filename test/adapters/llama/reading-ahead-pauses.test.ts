/** When instructions are read ahead, and when not: the real model, each of whose readings is seen. */
import type { Token } from "node-llama-cpp";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Engine, tokenizeInstructions } from "../../../adapters/llama/generate-answer.ts";
import { LlamaChatModel } from "../../../adapters/llama/llama-chat-model.ts";
import { openNativeRunner } from "../../../adapters/llama/native-runner.ts";
import { openTemplate } from "../../../adapters/llama/open-template.ts";
import { PromptTokenizer } from "../../../adapters/llama/prompt-tokens.ts";
import type { Runner, SequenceMemory } from "../../../adapters/llama/runner.ts";
import { SequencePool } from "../../../adapters/llama/sequence-pool.ts";
import { TokenBytes } from "../../../adapters/llama/stream-text.ts";
import { createLogger } from "../../../src/log.ts";
import { ask, user } from "./demo-model.ts";
import { limits, RunnerSetup } from "./runner-setup.ts";

const text = "Answer calmly and in plain words. ".repeat(40);
const piece = 64;

let setup: RunnerSetup;
let runner: Runner;
let chat: LlamaChatModel;
/** How many tokens were to be read at a time, answers left aside. */
let pieces: number[];
/** How many of them were read. */
let readTokens: number;
let pool: SequencePool;
let instructions: readonly Token[];
let onPiece: () => void;

beforeEach(async () => {
    setup = await RunnerSetup.start();
    runner = await openNativeRunner(setup.companion, setup.model, {
        ...limits,
        positions: 2048,
        batchTokens: 128,
    });
    pieces = [];
    readTokens = 0;
    onPiece = () => undefined;
    for (const sequence of runner.sequences) watch(sequence);
    const tokenizer = new PromptTokenizer(setup.model, openTemplate(setup.model, "llama3"), 0);
    const system = { role: "system", text, images: [] } as const;
    instructions = tokenizeInstructions(tokenizer, [system]);
    pool = new SequencePool(runner.sequences, { positions: 2048, shares: runner.shares });
    const engine: Engine = {
        contextTokens: 1024,
        pool,
        tokenizer,
        bytes: new TokenBytes(setup.model),
        sampling: { temperature: 0, topP: 1, maxTokens: 40 },
        stops: new Set(),
    };
    const description = {
        name: "demonstration",
        device: "CPU",
        contextTokens: 1024,
        demonstration: true,
        vision: { status: "unavailable", reason: "", remedy: "" },
    } as const;
    const device = {
        memory: () => Promise.resolve(undefined),
        dispose: async () => {
            await runner.close();
            await setup.close();
        },
    };
    chat = new LlamaChatModel(description, engine, device, createLogger("silent"));
});
afterEach(() => chat.close());

function watch(sequence: SequenceMemory): void {
    const read = sequence.read.bind(sequence);
    vi.spyOn(sequence, "read").mockImplementation(async (tokens: readonly Token[], signal) => {
        pieces.push(tokens.length);
        onPiece();
        const before = sequence.tokens.length;
        const isWhole = await read(tokens, signal);
        readTokens += sequence.tokens.length - before;
        return isWhole;
    });
}

async function untilRead(): Promise<void> {
    await vi.waitFor(async () => expect(await pool.isRead(instructions)).toBe(true), {
        timeout: 60_000,
    });
}

it("ends for a question after a piece", async () => {
    let answer: Promise<{ readonly text: string }> | undefined;
    onPiece = () => {
        if (pieces.length === 2) answer = ask(chat, "patient", [user("What is diabetes?")]);
    };
    await chat.prepare([text]);
    expect(pieces).toEqual([piece, piece]);
    expect((await answer)?.text).toMatch(/^Diabetes/);
});

it(
    "goes on after an answer of its own accord, from where it was",
    { timeout: 90_000 },
    async () => {
        let answered: Promise<unknown> | undefined;
        onPiece = () => {
            if (pieces.length === 2) answered = ask(chat, "patient", [user("What is diabetes?")]);
        };
        await chat.prepare([text]);
        await answered;
        await untilRead();
        expect(readTokens).toBe(instructions.length);
        // There is nothing left to be read
        const { length } = pieces;
        await ask(chat, "patient", [user("What is hypertension?")]);
        await chat.prepare([text]);
        expect(pieces).toHaveLength(length);
    },
);

it("reads nothing while somebody is answered", { timeout: 90_000 }, async () => {
    const question = [user("What should I do for a headache?")];
    let preparing: Promise<void> | undefined;
    const during: number[] = [];
    await chat.generate(
        { conversation: "patient", messages: question },
        {
            signal: new AbortController().signal,
            onText: () => {
                preparing ??= chat.prepare([text]);
                during.push(pieces.length);
            },
        },
    );
    expect(during.at(-1)).toBe(0);
    await preparing;
    await untilRead();
});
