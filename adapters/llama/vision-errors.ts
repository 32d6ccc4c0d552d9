import { AppError, isAppError, type ErrorCode } from "../../src/errors.ts";

/** What to do about a projector file that cannot be used. */
export const projectorRemedy =
    "Configure the projector (mmproj) file that belongs to the model: bimedix2 pull with the name of the profile fetches it, or says how it is made.";
const lessMemory = "Use a smaller or more strongly quantized model, or a smaller context.";

interface Translation {
    readonly code: ErrorCode;
    readonly message: string;
    readonly remedy?: string;
    readonly retryable?: boolean;
}

/** By the codes of native/*.cpp. */
const translations: Readonly<Record<string, Translation>> = {
    "projector-missing": {
        code: "projector-missing",
        message: "The projector file cannot be opened",
        remedy: projectorRemedy,
    },
    "projector-invalid": {
        code: "projector-invalid",
        message: "The projector file is damaged",
        remedy: projectorRemedy,
    },
    "projector-unsupported": {
        code: "projector-invalid",
        message: "The projector file is not of LLaVA's kind",
        remedy: projectorRemedy,
    },
    "out-of-memory": {
        code: "model-out-of-memory",
        message: "There is too little memory to read pictures",
        remedy: lessMemory,
    },
    "picture-invalid": { code: "image-corrupt", message: "The picture's pixels have a wrong size" },
};

/** Translates an error of the companion; others pass as `model-failed`. */
export function translateVisionError(error: unknown): AppError {
    if (isAppError(error)) return error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const detail = error instanceof Error ? error.message.trim() : "unknown";
    const translation = translations[code] ?? {
        code: "model-failed",
        message: "Reading the picture failed",
    };
    return new AppError(translation.code, `${translation.message}: ${detail}.`, {
        ...(translation.remedy === undefined ? {} : { remedy: translation.remedy }),
        cause: error,
    });
}
