import { join } from "node:path";
import { getLlama, type Llama, type LlamaModel, type Token } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openChatModel } from "../../../adapters/llama/chat-model.ts";
import { llama3Template } from "../../../adapters/llama/named-templates.ts";
import {
    joinTokens,
    PromptTokenizer,
    type PromptTokens,
} from "../../../adapters/llama/prompt-tokens.ts";
import { loadCompanion } from "../../../adapters/llama/companion.ts";
import { openNativeRunner } from "../../../adapters/llama/native-runner.ts";
import { readPrompt } from "../../../adapters/llama/read-prompt.ts";
import type { Runner, SequenceMemory } from "../../../adapters/llama/runner.ts";
import { openVision, type VisionEncoder } from "../../../adapters/llama/vision.ts";
import { createLogger } from "../../../src/log.ts";
import type { ChatImage, ChatMessage, ChatModel, ChatRequest } from "../../../src/ports.ts";
import {
    imageFolder,
    readGoldenCases,
    readPicture,
    type GoldenCase,
    type GoldenMessage,
} from "../../fixtures/golden/values.ts";
import { companionFolders } from "../../setup/companion-folders.ts";

const cases = await readGoldenCases();
const demoFolder = join(companionFolders.packageRoot, "models", "demo");
const modelPath = join(demoFolder, "bimedix2-demo.gguf");
const projectorPath = join(demoFolder, "bimedix2-demo.mmproj.gguf");
// Of logits around 10: the two graphs differ by 0.13 to 1.9, the same graph by 0.01.
const marginTolerance = 0.1;
const { signal } = new AbortController();

function toChatMessage({ role, text, images }: GoldenMessage): ChatMessage {
    return {
        role,
        text,
        images: images.map((name) => ({
            id: name,
            load: () => readPicture(join(imageFolder, name)),
        })),
    };
}

/** What was chosen, and by how much its logit exceeds the second best. */
interface Steps {
    readonly tokens: Token[];
    readonly margins: number[];
}

function greatestDifference(left: readonly number[], right: readonly number[]): number {
    return Math.max(...left.map((value, index) => Math.abs(value - (right[index] ?? Number.NaN))));
}

function toRequest({ messages, maxTokens }: GoldenCase, conversation: string): ChatRequest {
    return { conversation, messages: messages.map(toChatMessage), maxTokens };
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
            ...companionFolders,
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

    test.each(cases)("$name", async (golden) => {
        const answer = await chatModel.generate(toRequest(golden, golden.name), { signal });
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
        await chatModel.generate(toRequest(first, conversation), { signal });
        const golden = goldenCase("image-en-follow-up");
        const answer = await chatModel.generate(toRequest(golden, conversation), { signal });
        expect(answer.text).toBe(golden.text);
        expect(answer.tokens.cached).toBeGreaterThanOrEqual(first.promptPositions);
    });
});

describe("token for token", () => {
    let llama: Llama;
    let model: LlamaModel;
    let runner: Runner;
    let uncorrected: VisionEncoder;
    let corrected: VisionEncoder;
    let tokenizer: PromptTokenizer;

    beforeAll(async () => {
        llama = await getLlama({ gpu: false, build: "never" });
        model = await llama.loadModel({ modelPath });
        const companion = await loadCompanion({ ...companionFolders, llama });
        const limits = {
            positions: 2048,
            sequences: 1,
            batchTokens: 128,
            threads: 1,
            guesses: 0,
            flashAttention: true,
        };
        runner = await openNativeRunner(companion, model, limits);
        const vision = { companion, model, projectorPath, threads: 1 };
        uncorrected = await openVision({ ...vision, graph: "uncorrected" });
        corrected = await openVision({ ...vision, graph: "corrected" });
        tokenizer = new PromptTokenizer(model, llama3Template, uncorrected.imageTokens);
    });

    afterAll(async () => {
        await runner.close();
        await uncorrected.dispose();
        await corrected.dispose();
        await llama.dispose();
    });

    function promptOf({ messages }: GoldenCase): PromptTokens {
        const turns = messages.map((message) => tokenizer.message(toChatMessage(message)));
        return joinTokens([tokenizer.start(), ...turns, tokenizer.answer()]);
    }

    async function answerGreedily(golden: GoldenCase, vision: VisionEncoder): Promise<Steps> {
        const [sequence] = runner.sequences as [SequenceMemory];
        await sequence.keep(0);
        const embed = async (image: ChatImage) => vision.encode(await image.load());
        const rest = await readPrompt(embed, sequence, promptOf(golden), signal);
        const steps: Steps = { tokens: [], margins: [] };
        const options = {
            temperature: 0,
            topP: 1,
            maxTokens: golden.maxTokens,
            stops: new Set<Token>(),
            onToken: (token: Token) => steps.tokens.push(token),
            onMargin: (margin: number) => steps.margins.push(margin),
        };
        await sequence.generate(rest ?? [], options, signal);
        // The token of the end is not among the golden values
        return { ...steps, margins: steps.margins.slice(0, steps.tokens.length) };
    }

    const withoutPictures = cases.filter(({ promptTokens }) => promptTokens !== undefined);

    test.each(withoutPictures)("the prompt of $name", (golden) => {
        expect(promptOf(golden).tokens).toEqual(golden.promptTokens);
    });

    test.each(cases)("the answer to $name, and how surely each was chosen", async (golden) => {
        const { tokens, margins } = await answerGreedily(golden, uncorrected);
        expect(tokens).toEqual(golden.tokens);
        expect(greatestDifference(margins, golden.margins)).toBeLessThan(marginTolerance);
    });

    const aboutPictures = cases.filter(
        ({ name, promptTokens }) =>
            promptTokens === undefined && name !== "image-en-after-image-text",
    );

    test.each(aboutPictures)("the corrected graph shows in $name", async (golden) => {
        const { margins } = await answerGreedily(golden, corrected);
        expect(greatestDifference(margins, golden.margins)).toBeGreaterThan(marginTolerance);
    });
});
