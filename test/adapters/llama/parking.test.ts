import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LlamaOptions } from "../../../adapters/llama/chat-model.ts";
import type { ChatCompletion, ChatImage, ChatMessage, ChatModel } from "../../../src/ports.ts";
import { assistant, openDemo, samplePicture, system, user } from "./demo-model.ts";

const never = new AbortController().signal;
const megabyte = 2 ** 20;
const whole = { memoryBytes: 64 * megabyte, diskBytes: 256 * megabyte };
/** Nothing fits into this memory, so that all goes to the disk at once. */
const diskAlone = { ...whole, memoryBytes: 0 };
const keyOf = (name: string): Uint8Array => Buffer.alloc(32, name);

/** A conversation that goes on from its own answers. */
class Talk {
    readonly history: ChatMessage[] = [system("English")];
    readonly name: string;
    readonly cacheKey: Uint8Array | undefined;

    constructor(name: string, key: Uint8Array | "without a key" = keyOf(name)) {
        this.name = name;
        this.cacheKey = key === "without a key" ? undefined : key;
    }

    async ask(model: ChatModel, text: string, ...images: ChatImage[]): Promise<ChatCompletion> {
        this.history.push(user(text, ...images));
        const answer = await this.askAgain(model);
        this.history.push(assistant(answer.text));
        return answer;
    }

    askAgain(model: ChatModel, signal = never): Promise<ChatCompletion> {
        const { name: conversation, cacheKey, history: messages } = this;
        const key = cacheKey && { cacheKey };
        return model.generate({ conversation, messages: [...messages], ...key }, { signal });
    }
}

let folder: string;
let model: ChatModel;
/** Parks nothing, and is asked everything anew. */
let plain: ChatModel;
beforeAll(async () => {
    plain = await openDemo({ sequences: 1 });
});
afterAll(() => plain.close());
beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-parking-"));
});
afterEach(async () => {
    await model.close();
    await rm(folder, { recursive: true, force: true });
});

async function open(
    sizes: { readonly memoryBytes: number; readonly diskBytes: number } = whole,
    options: Partial<LlamaOptions> = {},
): Promise<ChatModel> {
    model = await openDemo({ ...options, parked: { ...sizes, folder, keepForMs: 86_400_000 } });
    return model;
}

async function reopen(sizes = whole): Promise<ChatModel> {
    await model.close();
    return await open(sizes);
}

/** Asks questions that take both sequences away from everybody else. */
async function evictOthers(): Promise<void> {
    for (const name of ["visitor", "guest"]) {
        await new Talk(name, "without a key").ask(model, "What is diabetes?");
    }
}

async function states(): Promise<string[]> {
    const path = join(folder, "conversations");
    return (await readdir(path)).map((name) => join(path, name));
}

/** All that was read and written until the end of an answer, which is what is kept of it. */
function readWith({ tokens }: ChatCompletion): number {
    return tokens.prompt + tokens.generated;
}

const systemAlone = 60;

async function answerOf(talk: Talk, messages = talk.history.slice(0, -1)): Promise<string> {
    const conversation = `${talk.name} anew ${messages.length}`;
    const { text } = await plain.generate({ conversation, messages }, { signal: never });
    return text;
}

describe("a conversation that lost its sequence", () => {
    it("goes on from memory as if it had kept it, with its pictures", async () => {
        await open({ ...whole, diskBytes: 0 });
        const samples = ["xray_left_01.png", "ct_right_06.png", "mri_both_11.png"];
        const pictures = await Promise.all([...samples, ...samples].slice(0, 5).map(samplePicture));
        const talks = pictures.map((_, index) => new Talk(`patient ${index}`));
        const read = new Map<Talk, number>();
        const questions = [
            "What type of scan is this?",
            "On which side is it?",
            "What organ is this?",
        ];
        for (const [turn, question] of questions.entries()) {
            for (const [index, talk] of talks.entries()) {
                const picture = pictures[index];
                const shown = turn === 0 && picture ? [picture] : [];
                const answer = await talk.ask(model, question, ...shown);
                if (turn > 0) expect(answer.tokens.cached).toBe(read.get(talk));
                if (turn > 0) expect(answer.timingsMs.image).toBe(0);
                read.set(talk, readWith(answer));
            }
        }
        expect(pictures.map(({ loads }) => loads)).toEqual([1, 1, 1, 0, 0]);
        for (const talk of talks) {
            for (const length of [2, 4, 6]) {
                const answer = talk.history[length]?.text;
                expect(answer).toBe(await answerOf(talk, talk.history.slice(0, length)));
            }
        }
    });

    it("goes on from disk after a restart, if it has a key", async () => {
        await open();
        const picture = await samplePicture("xray_left_01.png");
        const [kept, lost] = [new Talk("kept"), new Talk("lost", "without a key")];
        const before = await kept.ask(model, "What type of scan is this?", picture);
        await lost.ask(model, "What type of scan is this?", picture);
        await reopen();
        expect(await states()).toHaveLength(1);

        const after = await kept.ask(model, "On which side is it?");
        expect(after.tokens.cached).toBe(readWith(before));
        expect(after.timingsMs.image).toBe(0);
        expect(after.text).toBe(await answerOf(kept));
        const anew = await lost.ask(model, "On which side is it?");
        expect(anew.tokens.cached).toBeLessThan(systemAlone);
        expect(anew.text).toBe(after.text);
    });

    it("goes on from disk where the memory is too small", async () => {
        await open(diskAlone);
        const talk = new Talk("patient");
        const before = await talk.ask(model, "I have had back pain for two days");
        await evictOthers();
        const after = await talk.ask(model, "What symptom did I mention?");
        expect(after.tokens.cached).toBe(readWith(before));
        expect(after.text).toBe(await answerOf(talk));
    });

    it("is read anew where nothing may be kept", async () => {
        await open({ memoryBytes: 0, diskBytes: 0 });
        const talk = new Talk("patient");
        await talk.ask(model, "I have had back pain for two days");
        await evictOthers();
        const after = await talk.ask(model, "What symptom did I mention?");
        expect(after.tokens.cached).toBeLessThan(systemAlone);
        expect(after.text).toBe(await answerOf(talk));
        await model.close();
        expect(await readdir(folder)).toEqual([]);
    });

    it.each(["idle", "in memory", "on disk"])("%s shows nothing to another key", async (where) => {
        await open(where === "on disk" ? diskAlone : whole);
        const talk = new Talk("patient");
        await talk.ask(model, "I have had back pain for two days");
        if (where !== "idle") await evictOthers();
        const other = new Talk("patient", keyOf("another"));
        other.history.push(...talk.history.slice(1));
        const answer = await other.ask(model, "What symptom did I mention?");
        expect(answer.tokens.cached).toBeLessThan(systemAlone);
        expect(answer.text).toBe(await answerOf(other));
    });

    it.each(["damaged", "cut off", "another's"])(
        "is read anew when its file is %s",
        async (how) => {
            await open();
            const talk = new Talk("patient");
            await talk.ask(model, "I have had back pain for two days");
            await model.close();
            const [file = ""] = await states();
            const bytes = await readFile(file);
            if (how === "damaged") await writeFile(file, bytes.fill(7, bytes.length - 500));
            if (how === "cut off") await writeFile(file, bytes.subarray(0, bytes.length / 2));
            if (how === "another's") {
                await rm(file);
                await open();
                await new Talk("somebody").ask(model, "What is hypertension?");
                await model.close();
                const [others = ""] = await states();
                await copyFile(others, file);
            }
            await open();
            const after = await talk.ask(model, "What symptom did I mention?");
            expect(after.tokens.cached).toBeLessThan(systemAlone);
            expect(after.text).toBe(await answerOf(talk));
        },
    );
});

describe("a forgotten conversation", () => {
    async function mustBeGone(talk: Talk): Promise<void> {
        const again = await talk.ask(model, "What symptom did I mention?");
        expect(again.tokens.cached).toBeLessThan(systemAlone);
        expect(again.text).toBe(await answerOf(talk));
    }

    it.each(["idle", "in memory", "on disk"])("that is %s leaves nothing", async (where) => {
        await open(where === "on disk" ? diskAlone : whole);
        const talk = new Talk("patient");
        await talk.ask(model, "I have had back pain for two days");
        if (where !== "idle") await evictOthers();
        model.forget?.(talk.name);
        await mustBeGone(talk);
        model.forget?.(talk.name);
        await model.close();
        expect(await states()).toEqual([]);
        await open();
        await mustBeGone(talk);
    });

    it("whose answer is being made leaves nothing, whenever that is", async () => {
        await open(diskAlone);
        const talk = new Talk("patient");
        await talk.ask(model, "I have had back pain for two days");
        talk.history.push(user("What symptom did I mention?"));
        for (let ticks = 0; ticks < 40; ticks++) {
            await talk.askAgain(model);
            // Its state has to come back from the disk
            await evictOthers();
            const answer = talk.askAgain(model);
            for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate);
            model.forget?.(talk.name);
            await answer;
            await evictOthers();
            const again = await talk.askAgain(model);
            expect({ ticks, isNew: again.tokens.cached < systemAlone }).toEqual({
                ticks,
                isNew: true,
            });
            model.forget?.(talk.name);
        }
        await model.close();
        expect(await states()).toEqual([]);
    });

    it("that is just losing its sequence leaves nothing", async () => {
        await open(diskAlone, { sequences: 1 });
        const talk = new Talk("patient");
        for (let ticks = 0; ticks < 20; ticks++) {
            await talk.ask(model, "I have had back pain for two days");
            const evicting = new Talk("visitor", "without a key").ask(model, "Hello");
            for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate);
            model.forget?.(talk.name);
            await evicting;
            const again = await talk.askAgain(model);
            expect({ ticks, isNew: again.tokens.cached < systemAlone }).toEqual({
                ticks,
                isNew: true,
            });
            model.forget?.(talk.name);
            talk.history.length = 1;
        }
        await model.close();
        expect(await states()).toEqual([]);
    });
});
