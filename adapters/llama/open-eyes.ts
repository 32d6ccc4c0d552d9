import type { LlamaModel } from "node-llama-cpp";
import { type AppError, isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { VisionState } from "../../src/ports.ts";
import type { Companion } from "./companion.ts";
import { openVision, type VisionEncoder } from "./vision.ts";

/** What the model's eyes are opened with. */
export interface EyeOptions {
    /** Or why it is not there. */
    readonly companion: Companion | AppError;
    readonly projectorPath?: string;
    readonly threads: number;
    readonly visionGraph?: "corrected" | "uncorrected";
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
    const { companion, projectorPath, visionGraph, logger } = options;
    if (projectorPath === undefined) {
        return unavailable(
            "No projector (mmproj) file is configured.",
            "Set model.projector in clinic.yaml to the projector that was made together with the model.",
        );
    }
    try {
        if (isAppError(companion)) throw companion;
        const encoder = await openVision({
            companion,
            model,
            projectorPath,
            threads: options.threads,
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
