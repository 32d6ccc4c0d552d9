import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openChatModel } from "../adapters/llama/chat-model.ts";
import { prepareImage } from "../src/images/prepare-image.ts";
import { createLogger } from "../src/log.ts";
import { packageRoot } from "../src/package-root.ts";
import { median } from "./percentile.ts";
import type { ChatCompletion, ChatImage, ChatMessage, ChatModel } from "../src/ports.ts";

const runs = 15;

const laterQuestions = [
    "On which side is it?",
    "Are there abnormalities on both sides?",
    "My name is Sara",
    "What should I do for a cough?",
    "What organ is this?",
    "Describe this scan in detail.",
    "What is my name?",
    "What should I do for a fever?",
    "Is there any abnormality?",
];

/**
 * Measures the time to the first token of the tenth turn of a conversation about a picture: with
 * what the model has kept of the nine before, and read from nothing, picture encoded. Both
 * alternate in one run, on the demonstration model.
 */
export async function run(): Promise<void> {
    const root = packageRoot();
    const demo = join(root, "models", "demo");
    const model = await openChatModel({
        name: "BiMediX2 demo",
        demonstration: true,
        modelPath: join(demo, "bimedix2-demo.gguf"),
        projectorPath: join(demo, "bimedix2-demo.mmproj.gguf"),
        gpu: "cpu",
        threads: 1,
        contextTokens: 2048,
        sequences: 1,
        sampling: { temperature: 0, topP: 1, maxTokens: 100 },
        packageRoot: root,
        cacheFolder: join(root, ".cache", "companion"),
        logger: createLogger("error"),
    });
    try {
        const picture = await loadPicture(join(demo, "samples", "xray_left_01.png"));
        const kept: ChatCompletion[] = [];
        const fromNothing: ChatCompletion[] = [];
        for (let index = 0; index <= runs; index++) {
            const measured = await measure(model, { ...picture, id: `${picture.id} ${index}` });
            // The first run warms up
            if (index === 0) continue;
            kept.push(measured.kept);
            fromNothing.push(measured.fromNothing);
        }
        console.log(JSON.stringify(summarize(model, kept, fromNothing)));
    } finally {
        await model.close();
    }
}

async function measure(
    model: ChatModel,
    picture: ChatImage,
): Promise<{ readonly kept: ChatCompletion; readonly fromNothing: ChatCompletion }> {
    const system = message("system", "You are a helpful medical assistant.\nReply in English.");
    const messages = [system, message("user", "What type of scan is this?", picture)];
    for (const question of laterQuestions) {
        const { text } = await ask(model, messages);
        messages.push(message("assistant", text), message("user", question));
    }
    const kept = await ask(model, messages);
    // Another prompt leaves nothing of this one in the only sequence; a new id is a new picture
    await ask(model, [message("user", "Hello")]);
    const unseen = { ...picture, id: `${picture.id} again` };
    const fromNothing = await ask(
        model,
        messages.map((one) => (one.images.length > 0 ? { ...one, images: [unseen] } : one)),
    );
    if (kept.text !== fromNothing.text) throw new Error("The kept prefix changed the answer.");
    return { kept, fromNothing };
}

function summarize(
    model: ChatModel,
    kept: readonly ChatCompletion[],
    fromNothing: readonly ChatCompletion[],
): object {
    const keptMs = median(kept.map(firstToken));
    const fromNothingMs = median(fromNothing.map(firstToken));
    return {
        benchmark: "turn",
        measures: "time to first token of turn 10 of a conversation with a picture",
        device: model.description.device,
        runs,
        medianMs: {
            kept: round(keptMs),
            fromNothing: round(fromNothingMs),
            fromNothingWithoutEncoding: round(
                median(fromNothing.map((one) => firstToken(one) - one.timingsMs.image)),
            ),
        },
        promptTokens: kept[0]?.tokens.prompt,
        cachedTokens: { kept: kept[0]?.tokens.cached, fromNothing: fromNothing[0]?.tokens.cached },
        ratio: round(fromNothingMs / keptMs),
        target: 5,
    };
}

function firstToken({ timingsMs }: ChatCompletion): number {
    return timingsMs.firstToken;
}

function message(role: ChatMessage["role"], text: string, ...images: ChatImage[]): ChatMessage {
    return { role, text, images };
}

function ask(model: ChatModel, messages: readonly ChatMessage[]): Promise<ChatCompletion> {
    return model.generate(
        { conversation: "bench", messages },
        { signal: new AbortController().signal },
    );
}

async function loadPicture(path: string): Promise<ChatImage> {
    const limits = { maxBytes: 1e7, maxPixels: 1e7 };
    const image = await prepareImage(await readFile(path), { side: 84, limits });
    return { id: image.id, load: () => Promise.resolve(image) };
}

function round(value: number): number {
    return Math.round(value * 100) / 100;
}
