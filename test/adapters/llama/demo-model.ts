import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openChatModel, type LlamaOptions } from "../../../adapters/llama/chat-model.ts";
import { prepareImage } from "../../../src/images/prepare-image.ts";
import { createLogger } from "../../../src/log.ts";
import type { ChatCompletion, ChatImage, ChatMessage, ChatModel } from "../../../src/ports.ts";
import { companionFolders } from "../../setup/companion-folders.ts";

const folder = join(companionFolders.packageRoot, "models", "demo");

/** The demonstration model's files. */
export const demoFiles = {
    model: join(folder, "bimedix2-demo.gguf"),
    projector: join(folder, "bimedix2-demo.mmproj.gguf"),
};

/** What differs from the usual; `projectorPath: undefined` opens the model without eyes. */
export type DemoOptions = Partial<Omit<LlamaOptions, "projectorPath">> & {
    readonly projectorPath?: string | undefined;
};

/** Opens the demonstration model as the tests run it: greedy, on one thread, with two sequences. */
export function openDemo(options: DemoOptions = {}): Promise<ChatModel> {
    const { projectorPath, ...others } = { projectorPath: demoFiles.projector, ...options };
    return openChatModel({ ...demoOptions, ...others, ...(projectorPath && { projectorPath }) });
}

const demoOptions = {
    name: "BiMediX2 demo",
    demonstration: true,
    modelPath: demoFiles.model,
    gpu: "cpu",
    threads: 1,
    contextTokens: 2048,
    sequences: 2,
    sampling: { temperature: 0, topP: 1, maxTokens: 100 },
    ...companionFolders,
    logger: createLogger("silent"),
} satisfies LlamaOptions;

/** A picture that counts how often it was loaded, which is how often it was encoded. */
export interface CountingImage extends ChatImage {
    readonly loads: number;
}

/** One of models/demo/samples. */
export async function samplePicture(name: string): Promise<CountingImage> {
    const bytes = await readFile(join(folder, "samples", name));
    const image = await prepareImage(bytes, {
        side: 84,
        limits: { maxBytes: 1e7, maxPixels: 1e7 },
    });
    let loads = 0;
    return {
        id: image.id,
        get loads() {
            return loads;
        },
        load: async () => {
            loads += 1;
            return image;
        },
    };
}

export function system(language: "English" | "Arabic"): ChatMessage {
    const text = `You are a helpful medical assistant.\nReply in ${language}.`;
    return { role: "system", text, images: [] };
}

export function user(text: string, ...images: readonly ChatImage[]): ChatMessage {
    return { role: "user", text, images };
}

export function assistant(text: string): ChatMessage {
    return { role: "assistant", text, images: [] };
}

/** Generates without an abort. */
export function ask(
    model: ChatModel,
    conversation: string,
    messages: readonly ChatMessage[],
): Promise<ChatCompletion> {
    return model.generate({ conversation, messages }, { signal: new AbortController().signal });
}
