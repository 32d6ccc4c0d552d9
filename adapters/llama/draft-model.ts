import { createHash } from "node:crypto";
import type { Llama, LlamaModel } from "node-llama-cpp";
import { AppError, isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { LlamaLog } from "./device.ts";
import { loadModel } from "./load-model.ts";
import type { MemoryPlan } from "./memory-request.ts";
import { inspectModelFile, type ModelFile, readTokens } from "./model-file.ts";

/**
 * Reads the header of the file of a draft model: a small model that guesses how the answers of another
 * one go on (native/draft-model.h). Both must have the same tokens, since guesses are tokens. Loads nothing.
 *
 * @throws `model-missing`, `model-invalid`, `draft-unusable`.
 */
export async function inspectDraft(modelPath: string, draftPath: string): Promise<ModelFile> {
    const file = await inspectModelFile(draftPath);
    const [tokens, others] = [await tokensDigest(modelPath), await tokensDigest(draftPath)];
    if (tokens === others) return file;
    throw new AppError(
        "draft-unusable",
        "The draft model has other tokens than the model that answers: it cannot guess for it.",
        {
            remedy: "Answers come without it. For faster ones, name in draft of the model's profile a smaller model of the same family, such as bimedix2-8b for bimedix2-70b.",
        },
    );
}

/** The shape of a draft model that can be used; `undefined`: the log says why not. */
export async function findDraft(options: {
    readonly modelPath: string;
    readonly draftPath?: string;
    readonly logger: Logger;
}): Promise<ModelFile | undefined> {
    const { modelPath, draftPath, logger } = options;
    if (draftPath === undefined) return undefined;
    try {
        return await inspectDraft(modelPath, draftPath);
    } catch (error) {
        if (!isAppError(error)) throw error;
        logger.warn(describeError(error), withoutDraft);
        return undefined;
    }
}

/** Loads a draft model as planned; `undefined`: there is none, or the log says why not. */
export async function loadDraft(
    llama: Llama,
    draftPath: string | undefined,
    { draftFits, gpuLayers }: MemoryPlan,
    { log, logger }: { readonly log: LlamaLog; readonly logger: Logger },
    onPercent: (percent: number) => void,
): Promise<LlamaModel | undefined> {
    if (draftPath === undefined || draftFits === undefined) return undefined;
    if (!draftFits) {
        logger.warn({ remedy: noRoomRemedy }, `the draft model has no room: ${withoutDraft}`);
        return undefined;
    }
    try {
        return await loadModel(llama, draftPath, gpuLayers, log, onPercent);
    } catch (error) {
        if (!isAppError(error)) throw error;
        logger.warn(describeError(error), withoutDraft);
        return undefined;
    }
}

/** What is logged where a draft model is not used. */
export const withoutDraft = "answers come without the draft model, more slowly";

/** What makes room for a draft model. */
export const noRoomRemedy =
    "Nothing has to be done. Answers would come faster with more free memory, or with a lower model.contextTokens or model.conversationsInMemory in clinic.yaml.";

async function tokensDigest(path: string): Promise<string> {
    const hash = createHash("sha256");
    for (const token of await readTokens(path)) {
        // The length keeps "a", "bc" apart from "ab", "c"
        hash.update(`${token.length} ${token}`);
    }
    return hash.digest("hex");
}
