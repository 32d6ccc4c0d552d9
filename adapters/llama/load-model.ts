import type { Llama, LlamaModel } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { LlamaLog } from "./llama-log.ts";
import type { MemoryPlan } from "./memory-request.ts";

/**
 * Loads the language model's weights.
 *
 * @param gpuLayers As planned; the memory is not looked at again.
 * @param onPercent Called with each new whole percentage.
 * @throws `model-out-of-memory`, `model-invalid`.
 */
export async function loadModel(
    llama: Llama,
    modelPath: string,
    gpuLayers: MemoryPlan["gpuLayers"],
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
            gpuLayers,
            ignoreMemorySafetyChecks: true,
            // So that a second start finds the file in the system's memory
            useMmap: true,
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
