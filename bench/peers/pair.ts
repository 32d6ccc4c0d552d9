import { join } from "node:path";
import { openChatModel } from "../../adapters/llama/chat-model.ts";
import type { GpuChoice } from "../../adapters/llama/device.ts";
import type { ParkingLimits } from "../../adapters/llama/parked-state.ts";
import { createLogger } from "../../src/log.ts";
import { packageRoot } from "../../src/package-root.ts";
import type { ChatModel } from "../../src/ports.ts";
import { type LlamaServer, startLlamaServer } from "./llama-server.ts";
import type { ModelFiles } from "../gguf/random-model.ts";

/** What the product and its peer are opened with, alike. */
export interface PairOptions extends ModelFiles {
    readonly gpu: GpuChoice;
    readonly threads: number;
    /** Conversations at a time. */
    readonly conversations: number;
    /** Positions of each. */
    readonly contextTokens: number;
    readonly maxTokens: number;
    /** As the product's own option. */
    readonly guesses?: number;
    readonly draftPath?: string;
    /** What the product keeps of conversations that lost their place. */
    readonly parked?: ParkingLimits;
}

/** The product's model and llama.cpp's server on the same file. */
export interface Pair {
    readonly product: ChatModel;
    readonly server: LlamaServer;
}

/** Opens both, gives them to `measure`, and closes them whatever happens. */
export async function withPair<Result>(
    options: PairOptions,
    measure: (pair: Pair) => Promise<Result>,
): Promise<Result> {
    const server = await startLlamaServer({ ...options, slots: options.conversations });
    try {
        const product = await openProduct(options);
        try {
            return await measure({ product, server });
        } finally {
            await product.close();
        }
    } finally {
        await server.close();
    }
}

/** The product's model, alone. */
export function openProduct(options: PairOptions): Promise<ChatModel> {
    const root = packageRoot();
    return openChatModel({
        name: "benchmark",
        demonstration: true,
        modelPath: options.modelPath,
        ...(options.projectorPath && { projectorPath: options.projectorPath }),
        gpu: options.gpu,
        threads: options.threads,
        contextTokens: options.contextTokens,
        sequences: options.conversations,
        sampling: { temperature: 0, topP: 1, maxTokens: options.maxTokens },
        packageRoot: root,
        cacheFolder: join(root, ".cache", "companion"),
        ...(options.draftPath && { draftPath: options.draftPath }),
        ...(options.parked && { parked: options.parked }),
        logger: createLogger("warn"),
        ...(options.guesses === undefined ? {} : { guesses: options.guesses }),
        // The server has llama.cpp's own, so that both see and say the same.
        visionGraph: "uncorrected",
    });
}
