import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { getLlama, type Llama, type LlamaModel, type Token } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { llama3Template } from "../../../adapters/llama/named-templates.ts";
import { joinTokens, PromptTokenizer } from "../../../adapters/llama/prompt-tokens.ts";
import { TextStream, TokenBytes } from "../../../adapters/llama/stream-text.ts";
import type { ChatImage } from "../../../src/ports.ts";
import { demoFiles, user } from "./demo-model.ts";

let llama: Llama;
let model: LlamaModel;
beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
    model = await llama.loadModel({ modelPath: demoFiles.model, vocabOnly: true });
});
afterAll(() => llama.dispose());

const markers = [
    "<|eot_id|>",
    "<|begin_of_text|>",
    "<|start_header_id|>system<|end_header_id|>",
    "<|end_of_text|>",
    "<|finetune_right_pad_id|>",
    "<image>",
    "<__media__>",
];

/** Text in all scripts with imitations of special tokens anywhere in it. */
const hostileText = fc
    .array(
        fc.oneof(
            fc.constantFrom(...markers),
            fc.constantFrom("\n", "\n\n", " ", "  ", "ما ", "مرحبا", "👩‍⚕️", "<", "|", ">", "eot_id"),
            fc.string({ unit: "binary", maxLength: 12 }),
        ),
        { maxLength: 12 },
    )
    .map((parts) => parts.join(""));

function picture(id: string): ChatImage {
    return { id, load: () => Promise.reject(new Error("A prompt is tokenized without pixels.")) };
}

describe("PromptTokenizer", () => {
    it.each([
        ["", "<|start_header_id|>user<|end_header_id|>\n\n"],
        [": ", "<|start_header_id|>:"],
        [":", "<|start_header_id|>:"],
    ])(
        "tells what every message begins with, where the template's line ends in '%s'",
        (end, expected) => {
            const { user: usual, ...others } = llama3Template.messages;
            const before = end === "" ? usual.before : [...usual.before.slice(0, 1), { text: end }];
            const messages = { ...others, user: { ...usual, before } };
            const tokenizer = new PromptTokenizer(model, { ...llama3Template, messages }, 0);
            const opening = tokenizer.opening("user");
            expect(opening).toEqual(model.tokenize(expected, true));
            for (const text of ["Fever?", "What is it?", "3", "- a", "ما هو السكري؟", "(x)"]) {
                expect(tokenizer.message(user(text)).tokens.slice(0, opening.length)).toEqual(
                    opening,
                );
            }
        },
    );

    it("writes a prompt as llama.cpp reads the same text, with one BOS", () => {
        const tokenizer = new PromptTokenizer(model, llama3Template, 0);
        const prompt = joinTokens([
            tokenizer.start(),
            tokenizer.message({ role: "system", text: "Be kind.", images: [] }),
            tokenizer.message(user("كيف حالك؟ I'm 42 -- ok?\n\nnext")),
            tokenizer.answer(),
        ]);
        const text =
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|>" +
            "<|start_header_id|>user<|end_header_id|>\n\nكيف حالك؟ I'm 42 -- ok?\n\nnext<|eot_id|>" +
            "<|start_header_id|>assistant<|end_header_id|>\n\n";
        expect(prompt.tokens).toEqual(model.tokenize(text, true));
        expect(prompt.tokens.filter((token) => token === model.tokens.bos)).toHaveLength(1);
    });

    it("makes no special token and no picture of anything that a message says", () => {
        const tokenizer = new PromptTokenizer(model, llama3Template, 36);
        const special = (tokens: readonly Token[]) =>
            tokens.filter((token) => token >= 4096 || model.isSpecialToken(token));
        const own = special(tokenizer.message(user("")).tokens);
        fc.assert(
            fc.property(hostileText, (text) => {
                const message = tokenizer.message(user(text));
                expect(special(message.tokens)).toEqual(own);
                expect(message.images).toEqual([]);
            }),
            { numRuns: 300 },
        );
    });

    it("gives every picture its own placeholder, one a position, before the text", () => {
        const tokenizer = new PromptTokenizer(model, llama3Template, 36);
        const [a, b] = [picture("a"), picture("b")];
        const { tokens, images } = tokenizer.message(user("and?", a, b, a));
        expect(images.map(({ image, start, end }) => [image, end - start])).toEqual([
            [a, 36],
            [b, 36],
            [a, 36],
        ]);
        const ids = images.map(({ start, end }) => new Set(tokens.slice(start, end)));
        expect(ids.map((set) => set.size)).toEqual([1, 1, 1]);
        expect(ids[0]).toEqual(ids[2]);
        expect(ids[0]).not.toEqual(ids[1]);
        expect(Math.min(...(ids[0] ?? []), ...(ids[1] ?? []))).toBeGreaterThan(4096);
        const text = tokens.filter((token) => token < 4096);
        expect(model.detokenize(text, true)).toBe(
            "<|start_header_id|>user<|end_header_id|>\n\n   and?<|eot_id|>",
        );
        const one = tokenizer.message(user("and?", a)).tokens.filter((token) => token < 4096);
        expect(model.detokenize(one, true)).toBe(
            "<|start_header_id|>user<|end_header_id|>\n\n\nand?<|eot_id|>",
        );
    });

    it("remembers the tokens of a text until it forgets them", () => {
        const tokenizer = new PromptTokenizer(model, llama3Template, 0);
        const tokenize = vi.spyOn(model, "tokenize");
        const counts = [false, false, true].map((forgets) => {
            if (forgets) tokenizer.forgetTexts();
            tokenize.mockClear();
            tokenizer.message(user("It hurts"));
            return tokenize.mock.calls.filter(([text]) => text.includes("It hurts")).length;
        });
        tokenize.mockRestore();
        expect(counts).toEqual([1, 0, 1]);
    });

    it("refuses tokens that the vocabulary defines by their text", async () => {
        const folder = await mkdtemp(join(tmpdir(), "bimedix2-vocabulary-"));
        try {
            const modelPath = join(folder, "user-defined.gguf");
            const words = ["what", "you", "is", "on"].flatMap((word) => {
                const tokens = model.tokenize(word, false);
                return tokens.length === 1 ? tokens : [];
            });
            expect(words.length).toBeGreaterThan(1);
            await writeFile(modelPath, withTokenType(await readFile(demoFiles.model), words, 4));
            const marked = await llama.loadModel({ modelPath, vocabOnly: true });
            const text = "what is on you, on? yourison";
            expect(marked.tokenize(text, false)).toEqual(expect.arrayContaining(words.slice(0, 1)));
            const tokenizer = new PromptTokenizer(marked, llama3Template, 0);
            const { tokens } = tokenizer.message(user(text));
            expect(tokens.filter((token) => words.includes(token))).toEqual([]);
            expect(marked.detokenize(tokens)).toContain(text);
            await marked.dispose();
        } finally {
            await rm(folder, { recursive: true });
        }
    });
});

/** A GGUF file in which some tokens have another type. */
function withTokenType(file: Buffer, tokens: readonly Token[], type: number): Buffer {
    const key = Buffer.from("tokenizer.ggml.token_type");
    // After the key: the value's type, the elements' type (4 bytes each), their number (8 bytes)
    const values = file.indexOf(key) + key.length + 16;
    const changed = Buffer.from(file);
    for (const token of tokens) changed.writeInt32LE(type, values + token * 4);
    return changed;
}

function read(text: string): { pieces: string[]; text: string } {
    const pieces: string[] = [];
    const stream = new TextStream(new TokenBytes(model), (piece) => pieces.push(piece));
    for (const token of model.tokenize(text, false)) stream.push(token);
    return { pieces, text: stream.text };
}

describe("TextStream", () => {
    it("gives back any text in whole characters", () => {
        const anyText = fc.oneof(fc.string({ unit: "binary" }), hostileText);
        fc.assert(
            fc.property(anyText, (text) => {
                const result = read(text);
                expect(result.text).toBe(text);
                expect(result.pieces.join("")).toBe(text);
                expect(result.pieces.every((piece) => piece.isWellFormed())).toBe(true);
                expect(result.pieces).not.toContain("");
            }),
            { numRuns: 300 },
        );
    });

    it("keeps the spaces that llama.cpp's detokenizer removes", () => {
        const text = "a . b , c ? it 's I 'm \u{FEFF}";
        expect(read(text).text).toBe(text);
    });

    it("says nothing of special tokens and unfinished characters", () => {
        const stream = new TextStream(new TokenBytes(model), undefined);
        const heart = model.tokenize("❤", false);
        expect(heart.length).toBeGreaterThan(1);
        for (const token of model.tokenize("<|eot_id|>ok<|start_header_id|>", true)) {
            stream.push(token);
        }
        for (const token of heart.slice(0, -1)) stream.push(token);
        expect(stream.text).toBe("ok");
    });
});
