import { stat } from "node:fs/promises";
import { AppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import type { ModelMemory } from "../../src/ports.ts";
import { bytesOf, type MemoryDevice } from "./memory-needs.ts";
import { planMemory } from "./memory-plan.ts";
import type { MemoryPlan } from "./memory-request.ts";
import type { ModelFile } from "./model-file.ts";

/** What a model's memory is planned from, besides its file and the device. */
export interface PlanOptions {
    /** The mmproj file; absent: text only. */
    readonly projectorPath?: string;
    readonly contextTokens: number | "auto";
    /** What `auto` makes of the context where there is room. Default: 4096. */
    readonly usualContextTokens?: number;
    readonly sequences: number | "auto";
    /** What may guess how answers go on; absent: no other model. */
    readonly draft?: Pick<ModelFile, "shape"> | undefined;
}

/** How a device's memory would be divided for a model. Loads nothing. */
export async function planModel(
    { shape, contextTokens: trainedContextTokens }: ModelFile,
    device: MemoryDevice,
    options: PlanOptions,
): Promise<MemoryPlan> {
    const { projectorPath, contextTokens, usualContextTokens = 4096, sequences, draft } = options;
    return planMemory({
        model: shape,
        ...(trainedContextTokens === undefined ? {} : { trainedContextTokens }),
        usualContextTokens,
        projectorBytes: projectorPath === undefined ? 0 : await sizeOf(projectorPath),
        ...(draft && { draft: draft.shape }),
        device,
        wanted: { conversations: sequences, contextTokens },
    });
}

/**
 * Plans a model that is about to be loaded.
 *
 * @throws `model-out-of-memory`, `config-invalid` (a context that the model was not trained with).
 */
export async function openPlan(
    file: ModelFile,
    device: MemoryDevice,
    options: PlanOptions & { readonly logger: Logger },
): Promise<MemoryPlan> {
    const plan = await planModel(file, device, options);
    const refusal = refusePlan(plan, file, device, options);
    if (refusal !== undefined) throw refusal;
    const { advice } = plan;
    if (advice !== undefined) {
        options.logger.warn({ advice }, "the memory is scarce for this model");
    }
    return plan;
}

/**
 * Why a model cannot be opened as planned. A system that has too little free memory makes room from
 * what it keeps of files, so that the processor's plan is only refused when it can never fit.
 */
export function refusePlan(
    { fits, parts, advice }: MemoryPlan,
    file: ModelFile,
    device: MemoryDevice,
    { contextTokens }: PlanOptions,
): AppError | undefined {
    const remedy = advice === undefined ? {} : { remedy: advice };
    if (contextTokens !== "auto" && contextTokens > (file.contextTokens ?? Infinity)) {
        const message = `The model does not know a context of ${contextTokens} tokens.`;
        return new AppError("config-invalid", message, remedy);
    }
    if (fits || (device.kind === "cpu" && bytesOf(parts) <= device.totalBytes)) return undefined;
    return new AppError(
        "model-out-of-memory",
        "The model does not fit into the free memory.",
        remedy,
    );
}

/** What is told of a plan while the model is in use. */
export function describePlan({ conversations, cells, parts, advice }: MemoryPlan): ModelMemory {
    return {
        conversations,
        sharedTokens: cells,
        deviceBytes: bytesOf(parts),
        ...(advice === undefined ? {} : { advice }),
    };
}

/** A file that is missing is told of by whoever opens it. */
async function sizeOf(path: string): Promise<number> {
    return await stat(path).then(
        (file) => file.size,
        () => 0,
    );
}
