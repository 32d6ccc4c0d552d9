import type { LlamaModel } from "node-llama-cpp";
import { isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { VisionState } from "../../src/ports.ts";
import { openVision, type VisionEncoder } from "./vision.ts";

/** What the model's eyes are opened with. */
export interface EyeOptions {
    readonly projectorPath?: string;
    readonly threads: number;
    readonly packageRoot: string;
    readonly cacheFolder: string;
    readonly visionGraph?: "corrected" | "uncorrected";
    readonly onProgress: (progress: { readonly step: string; readonly percent: number }) => void;
    readonly logger: Logger;
}

/** The model's eyes, or why it has none. */
export interface Eyes {
    readonly encoder?: VisionEncoder;
    readonly state: VisionState;
}

/**
 * Opens the projector where there is one. Without it the model still answers text: whatever is
 * missing is told by the state.
 */
export async function openEyes(model: LlamaModel, options: EyeOptions): Promise<Eyes> {
    const { projectorPath, visionGraph, onProgress, logger } = options;
    if (projectorPath === undefined) {
        return unavailable(
            "No projector (mmproj) file is configured.",
            "Set model.projector in clinic.yaml to the projector that was made together with the model.",
        );
    }
    try {
        const encoder = await openVision({
            model,
            projectorPath,
            threads: options.threads,
            packageRoot: options.packageRoot,
            cacheFolder: options.cacheFolder,
            onProgress: ({ text, percent }) =>
                onProgress({ step: `Preparing to read pictures: ${text}`, percent }),
            ...(visionGraph && { graph: visionGraph }),
        });
        const { imageSide, imageTokens } = encoder;
        return { encoder, state: { status: "ready", imageSide, imageTokens } };
    } catch (error) {
        if (!isAppError(error)) throw error;
        logger.warn(describeError(error), "the model answers text only");
        return unavailable(error.message, error.remedy ?? "bimedix2 doctor says what is missing.");
    }
}

function unavailable(reason: string, remedy: string): Eyes {
    return { state: { status: "unavailable", reason, remedy } };
}
