import { join } from "node:path";
import {
    getLlama,
    type Llama,
    type LlamaContext,
    type LlamaModel,
    type Token,
} from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openChatModel } from "../../../adapters/llama/chat-model.ts";
import { llama3Template } from "../../../adapters/llama/llama3-template.ts";
import {
    joinTokens,
    PromptTokenizer,
    type PromptTokens,
} from "../../../adapters/llama/prompt-tokens.ts";
import { readPrompt } from "../../../adapters/llama/read-prompt.ts";
import { openVision, type VisionEncoder } from "../../../adapters/llama/vision.ts";
import { createLogger } from "../../../src/log.ts";
import type { ChatMessage, ChatModel, ChatRequest } from "../../../src/ports.ts";
import {
    readGoldenCases,
    readPicture,
    ROOT,
    type GoldenCase,
    type GoldenMessage,
} from "../../fixtures/golden/values.ts";

const cases = await readGoldenCases();
const modelPath = join(ROOT, "models/demo/bimedix2-demo.gguf");
const projectorPath = join(ROOT, "models/demo/bimedix2-demo.mmproj.gguf");
const folders = { packageRoot: ROOT, cacheFolder: join(ROOT, ".cache/companion") };
const { signal } = new AbortController();

function toChatMessage({ role, text, images }: GoldenMessage): ChatMessage {
    return {
        role,
        text,
        images: images.map((name) => ({ id: name, load: () => readPicture(`images/${name}`) })),
    };
}

function goldenCase(name: string): GoldenCase {
    const found = cases.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`there is no case ${name}`);
    return found;
}

describe("the chat model answers as llama-server does", () => {
    let chatModel: ChatModel;

    beforeAll(async () => {
        chatModel = await openChatModel({
            ...folders,
            name: "demonstration",
            demonstration: true,
            modelPath,
            projectorPath,
            gpu: "cpu",
            threads: 1,
            contextTokens: 2048,
            sequences: 1,
            sampling: { temperature: 0, topP: 1, maxTokens: 96 },
            logger: createLogger("silent"),
            visionGraph: "uncorrected",
        });
    });

    afterAll(async () => {
        await chatModel.close();
    });

    function request({ messages, maxTokens }: GoldenCase, conversation: string): ChatRequest {
        return { conversation, messages: messages.map(toChatMessage), maxTokens };
    }

    test.each(cases)("$name", async (golden) => {
        const answer = await chatModel.generate(request(golden, golden.name), { signal });
        expect(answer).toMatchObject({
            text: golden.text,
            stop: golden.stop,
            droppedTurns: 0,
            tokens: { prompt: golden.promptPositions, generated: golden.tokens.length },
        });
    });

    test("what it keeps of a conversation with a picture changes no token", async () => {
        const conversation = "kept prefix";
        const first = goldenCase("image-en-xray-kind");
        await chatModel.generate(request(first, conversation), { signal });
        const golden = goldenCase("image-en-follow-up");
        const answer = await chatModel.generate(request(golden, conversation), { signal });
        expect(answer.text).toBe(golden.text);
        expect(answer.tokens.cached).toBeGreaterThanOrEqual(first.promptPositions);
    });
});

describe("token for token", () => {
    let llama: Llama;
    let model: LlamaModel;
    let context: LlamaContext;
    let vision: VisionEncoder;
    let tokenizer: PromptTokenizer;

    beforeAll(async () => {
        llama = await getLlama({ gpu: false, build: "never" });
        model = await llama.loadModel({ modelPath });
        context = await model.createContext({ contextSize: 2048, threads: { ideal: 1, min: 1 } });
        vision = await openVision({
            ...folders,
            model,
            projectorPath,
            threads: 1,
            graph: "uncorrected",
        });
        tokenizer = new PromptTokenizer(model, llama3Template, vision.imageTokens);
    });

    afterAll(async () => {
        await vision.dispose();
        await llama.dispose();
    });

    function promptOf({ messages }: GoldenCase): PromptTokens {
        const turns = messages.map((message) => tokenizer.message(toChatMessage(message)));
        return joinTokens([tokenizer.start(), ...turns, tokenizer.answer()]);
    }

    async function greedyTokens(prompt: PromptTokens, maxTokens: number): Promise<Token[]> {
        const sequence = context.getSequence();
        try {
            const eyes = {
                embed: async (image: ChatMessage["images"][number]) =>
                    vision.encode(await image.load()),
                append: vision.append.bind(vision, context),
            };
            const rest = await readPrompt({ chunkTokens: 128, eyes }, sequence, prompt, signal);
            const tokens: Token[] = [];
            for await (const token of sequence.evaluate(rest ?? [], { temperature: 0 })) {
                tokens.push(token);
                if (tokens.length >= maxTokens) break;
            }
            return tokens;
        } finally {
            await sequence.dispose();
        }
    }

    const withoutPictures = cases.filter(({ promptTokens }) => promptTokens !== undefined);

    test.each(withoutPictures)("the prompt of $name", (golden) => {
        expect(promptOf(golden).tokens).toEqual(golden.promptTokens);
    });

    test.each(cases)("the answer to $name", async (golden) => {
        const tokens = await greedyTokens(promptOf(golden), golden.maxTokens);
        expect(tokens).toEqual(golden.tokens);
    });
});
