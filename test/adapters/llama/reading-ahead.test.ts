/** What conversations begin with is read while nobody asks. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ChatCompletion, ChatMessage, ChatModel } from "../../../src/ports.ts";
import { ask, assistant, type DemoOptions, openDemo, system, user } from "./demo-model.ts";
import { otherArchitectures, writeOtherModel } from "./other-models.ts";

type Spoken = "English" | "Arabic";

/** As long as a clinic's, and different from the first word. */
const instructions: Readonly<Record<Spoken, string>> = {
    English: `${"Answer calmly and in plain words. ".repeat(40)}${system("English").text}`,
    Arabic: `${"أجب بهدوء وبكلمات بسيطة. ".repeat(30)}${system("Arabic").text}`,
};
const texts = [instructions.Arabic, instructions.English];
const changed = texts.map((text) => `The clinic has moved. ${text}`);

/** Those of a question, and of what opens the answer. */
const ownTokens = 30;
/** What opens every prompt. */
const openingTokens = 10;
/** More than may be read before who asks is heard. */
const twoPieces = 128;

let folder: string;
let model: ChatModel;
let plain: ChatModel;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-ahead-"));
    plain = await openDemo({ sequences: 1 });
});
afterAll(async () => {
    await plain.close();
    await rm(folder, { recursive: true, force: true });
});
afterEach(() => model.close());

async function open(options: DemoOptions): Promise<ChatModel> {
    model = await openDemo(options);
    return model;
}

async function prepare(systemMessages: readonly string[]): Promise<void> {
    await model.prepare?.(systemMessages);
}

const prompt = (text: string, question = "What should I do for a fever?"): ChatMessage[] => [
    { role: "system", text, images: [] },
    user(question),
];

/** Of the prompt, what had to be read. */
function unread({ tokens }: ChatCompletion): number {
    return tokens.prompt - tokens.cached;
}

/** Several turns of one conversation, which goes on from its own answers. */
async function talk(name: string, text: string, ...questions: string[]): Promise<ChatCompletion[]> {
    const history = prompt(text).slice(0, 1);
    const answers = [];
    for (const question of questions) {
        history.push(user(question));
        const answer = await ask(model, name, history);
        history.push(assistant(answer.text));
        answers.push(answer);
    }
    return answers;
}

describe.each([1, 2, 4])("with %i conversations in memory", (sequences) => {
    it("the first question costs its own words alone, and is answered the same", async () => {
        await open({ sequences });
        await prepare(texts);
        for (const language of ["Arabic", "English"] as const) {
            const asked = prompt(instructions[language]);
            const fresh = await ask(plain, `${sequences} ${language}`, asked);
            const answer = await ask(model, language, asked);
            expect(answer.text).toBe(fresh.text);
            // Where there is room for one alone, that is the first
            if (sequences > 1 || language === "Arabic") {
                expect(unread(answer)).toBeLessThan(ownTokens);
            } else expect(answer.tokens.cached).toBeLessThan(openingTokens);
        }
    });

    it("so does that of the next patient, whoever was there before", async () => {
        await open({ sequences });
        const [fresh] = await talk("first", instructions.English, "What is diabetes?");
        for (const name of ["b", "c", "d", "e", "f"]) {
            const [answer] = await talk(name, instructions.English, "What is diabetes?");
            if (answer) expect(unread(answer)).toBeLessThan(ownTokens);
            expect(answer?.text).toBe(fresh?.text);
        }
    });

    it("who asks meanwhile waits for a piece alone, and the rest is read afterwards", async () => {
        await open({ sequences });
        // Each call replaces the one before, however they overlap
        const preparing = [instructions.English, ...changed].map((text) =>
            prepare([text, instructions.Arabic]),
        );
        const answer = await ask(model, "impatient", prompt("Be kind."));
        expect(answer.tokens.prompt).toBeLessThan(2 * ownTokens);
        await Promise.all(preparing);
        model.forget?.("impatient");
        await prepare([changed[1] ?? "", instructions.Arabic]);
        const last = await ask(model, "patient", prompt(changed[1] ?? ""));
        expect(unread(last)).toBeLessThan(ownTokens);
    });

    it("ends with the model, and does nothing with one that is closed", async () => {
        await open({ sequences });
        const preparing = [prepare(texts), prepare(changed)];
        await model.close();
        await Promise.all(preparing);
        await prepare(texts);
    });

    it("no conversation loses its place for it, and a place that nobody has goes first", async () => {
        await open({ sequences });
        const names = ["a", "b", "c", "d"].slice(0, Math.max(1, sequences - 1));
        const said = ["I am 30 years old", "What is diabetes?"];
        for (const name of names) await talk(name, instructions.English, ...said);
        await prepare(changed);
        if (sequences > 1) await talk("newcomer", instructions.English, ...said);
        for (const name of names) {
            const answers = await talk(name, instructions.English, ...said);
            expect(answers.map(unread)).toEqual([1, expect.any(Number)]);
        }
    });
});

// Their tokens, the end of the message, and the four that open the answer
it.each([
    ["nothing but its words", "Fever?", 3 + 1 + 4],
    ["also the end of the template's line where its words go on with that", "\nx", 2 + 1 + 4],
])("a question that comes first costs %s", async (_, question, tokens) => {
    await open({ sequences: 2 });
    await prepare(texts);
    for (const name of ["a", "b"]) {
        const asked = prompt(instructions.English, question);
        const answer = await ask(model, name, asked);
        expect(unread(answer)).toBe(tokens);
        expect(answer.text).toBe((await ask(plain, `${name}${question}`, asked)).text);
    }
});

it("who asks is never behind more than a piece", async () => {
    await open({ sequences: 1 });
    const preparing = prepare(texts);
    const answer = await ask(model, "impatient", prompt(instructions.Arabic));
    await preparing;
    expect(answer.tokens.cached).toBeLessThan(twoPieces);
});

it("reads instructions that have changed, also where a conversation comes back with them", async () => {
    const parked = { memoryBytes: 2 ** 26, diskBytes: 0, folder, keepForMs: 86_400_000 };
    await open({ sequences: 1, parked });
    const [before, after] = [instructions.English, changed[1] ?? ""];
    await talk("returning", before, "What is diabetes?");
    await talk("somebody", after, "What is diabetes?");
    const [answer] = await talk("returning", after, "What is diabetes?");
    if (answer) expect(unread(answer)).toBeLessThan(ownTokens);
    // With the same ones it goes on from what it said
    await talk("somebody", after, "What is diabetes?");
    const [, next] = await talk("returning", after, "What is diabetes?", "I am 30 years old");
    if (next) expect(unread(next)).toBeLessThan(ownTokens);
});

it("keeps the instructions where one conversation takes nearly all of the memory", async () => {
    await open({ sequences: 1, contextTokens: 1024 });
    const long = await talk("long", instructions.English, "I am 30 years old ".repeat(60));
    expect(long[0]?.tokens.prompt).toBeGreaterThan(650);
    const [next] = await talk("next", instructions.English, "What is diabetes?");
    if (next) expect(unread(next)).toBeLessThan(ownTokens);
});

it.each(otherArchitectures)(
    "with %s, which shares a window at most, for one patient after the other",
    async (architecture) => {
        const modelPath = join(folder, `${architecture}.gguf`);
        await writeOtherModel(modelPath, architecture);
        await open({ modelPath, projectorPath: undefined, sequences: 4 });
        await prepare(texts);
        for (const patient of ["a", "b", "c"]) {
            const answer = await ask(model, patient, prompt(instructions.English));
            expect(unread(answer)).toBeLessThan(ownTokens);
            // Reads them for the next one
            await prepare(texts);
        }
    },
);
