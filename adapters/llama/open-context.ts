import type { Llama, LlamaContext, LlamaModel } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { LlamaLog } from "./device.ts";

/**
 * Loads the language model's weights.
 *
 * @param room What a GPU keeps free beside the weights, in positions of conversations.
 * @param onPercent Called with each new whole percentage.
 * @throws `model-out-of-memory`, `model-invalid`.
 */
export async function loadModel(
    llama: Llama,
    modelPath: string,
    room: number,
    log: LlamaLog,
    onPercent: (percent: number) => void,
): Promise<LlamaModel> {
    let shown = -1;
    const show = (percent: number): void => {
        if (percent > shown) onPercent((shown = percent));
    };
    try {
        const model = await llama.loadModel({
            modelPath,
            gpuLayers: { fitContext: { contextSize: room } },
            onLoadProgress: (part) => show(Math.floor(part * 100)),
        });
        // The library's own reports of a quick load come too late
        show(100);
        return model;
    } catch (error) {
        if (await log.isOutOfMemory(error)) {
            throw new AppError("model-out-of-memory", "The model does not fit into the memory.", {
                remedy: "Use a more strongly quantized file of the model (Q4_K_M, for example), or a machine with more memory.",
                cause: error,
            });
        }
        throw new AppError("model-invalid", `llama.cpp cannot load the model file ${modelPath}.`, {
            remedy: "The log says why. Download the file again, or convert it anew as the README describes.",
            cause: error,
        });
    }
}

/** What the conversations need. */
export interface ContextOptions {
    /** Positions of each conversation. */
    readonly contextTokens: number;
    readonly sequences: number;
    readonly threads: number;
}

/**
 * Reserves the memory of the conversations.
 *
 * @throws `model-out-of-memory`, `model-failed`.
 */
export async function openContext(
    model: LlamaModel,
    { contextTokens, sequences, threads }: ContextOptions,
    log: LlamaLog,
): Promise<LlamaContext> {
    try {
        return await model.createContext({
            contextSize: contextTokens,
            sequences,
            threads: { ideal: threads, min: threads },
            // A smaller context than configured would forget more than the administrator expects
            failedCreationRemedy: false,
        });
    } catch (error) {
        if (!(await log.isOutOfMemory(error))) {
            throw new AppError("model-failed", "llama.cpp cannot prepare its conversations.", {
                remedy: "The log says why.",
                cause: error,
            });
        }
        throw new AppError(
            "model-out-of-memory",
            `The memory does not suffice for ${sequences} conversations of ${contextTokens} tokens.`,
            {
                remedy: "Lower model.conversationsInMemory or model.contextTokens in clinic.yaml.",
                cause: error,
            },
        );
    }
}
