import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openChatModel } from "../../adapters/llama/chat-model.ts";
import { message } from "../../bench/peers/contender.ts";
import { makeRandomModel, type ModelShape } from "../../bench/gguf/random-model.ts";
import { prepareImage } from "../../src/images/prepare-image.ts";
import { createLogger } from "../../src/log.ts";
import { packageRoot } from "../../src/package-root.ts";
import type { ChatImage, ChatModel } from "../../src/ports.ts";

const shape: Omit<ModelShape, "weights"> = {
    name: "test",
    layers: 8,
    width: 256,
    feedForward: 512,
    heads: 4,
    keyHeads: 2,
    vocabulary: 5000,
    contextTokens: 512,
    projector: {
        layers: 2,
        width: 64,
        feedForward: 128,
        heads: 2,
        imageSide: 28,
        patchSide: 14,
    },
};

let folder: string;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "random-model-"));
});

afterEach(() => rm(folder, { recursive: true }));

test.each(["F16", "BF16", "Q4_0", "Q4_K_M"] as const)(
    "a random model of %s weights sees, speaks in words as long as it may, and is read as it spoke",
    async (weights) => {
        const model = await open({ ...shape, weights });
        try {
            const question = message("user", "What is this?", await picture());
            const first = await ask(model, question);
            expect(first.images).toBe(1);
            expect(first.stop).toBe("length");
            expect(first.text).toMatch(/^( [A-Za-z]{2,}){40}$/);
            expect(new Set(first.text.split(" ")).size).toBeGreaterThan(15);
            const answer = message("assistant", first.text);
            const second = await ask(model, question, answer, message("user", "And now?"));
            const remembered = first.tokens.prompt + first.tokens.generated - 1;
            expect(second.tokens.cached).toBeGreaterThanOrEqual(remembered);
        } finally {
            await model.close();
        }
    },
);

test("files are the same whenever they are made", async () => {
    const files = [];
    for (const name of ["one", "two"]) {
        const { modelPath } = await makeRandomModel(
            { ...shape, weights: "Q4_0" },
            await mkdtemp(join(folder, name)),
        );
        files.push(await readFile(modelPath));
    }
    expect(files[0]?.equals(files[1] ?? Buffer.alloc(0))).toBe(true);
});

async function open(whole: ModelShape): Promise<ChatModel> {
    return openChatModel({
        ...(await makeRandomModel(whole, folder)),
        name: "random",
        demonstration: true,
        gpu: "cpu",
        threads: 1,
        contextTokens: 512,
        sequences: 1,
        sampling: { temperature: 0, topP: 1, maxTokens: 40 },
        packageRoot: packageRoot(),
        cacheFolder: join(packageRoot(), ".cache", "companion"),
        logger: createLogger("silent"),
    });
}

function ask(model: ChatModel, ...messages: ReturnType<typeof message>[]) {
    return model.generate(
        { conversation: "test", messages },
        { signal: new AbortController().signal },
    );
}

async function picture(): Promise<ChatImage> {
    const create = { width: 28, height: 28, channels: 3, background: "#345678" } as const;
    const limits = { maxBytes: 1e6, maxPixels: 1e6 };
    const file = await sharp({ create }).png().toBuffer();
    const image = await prepareImage(file, { side: 28, limits });
    return { id: image.id, load: () => Promise.resolve(image) };
}
