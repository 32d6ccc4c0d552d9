import type { Llama, LlamaModel } from "node-llama-cpp";
import { AppError, isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { LlamaLog } from "./llama-log.ts";
import { loadModel } from "./load-model.ts";
import type { MemoryPlan } from "./memory-request.ts";
import { digestTokens, inspectModelFile, type ModelFile } from "./model-file.ts";

/**
 * Reads the header of the file of a draft model: a small model that guesses how the answers of another
 * one go on (native/draft-model.h). Both must have the same tokens, since guesses are tokens, and both must
 * be able to take wrong guesses back. Loads nothing.
 *
 * @param model The model that answers.
 * @throws `model-missing`, `model-invalid`, `draft-unusable`.
 */
export async function inspectDraft(model: ModelFile, draftPath: string): Promise<ModelFile> {
    const draft = await inspectDraftFile(draftPath);
    refuseDependent(draft);
    refuseRecurrent("The draft model", draft);
    refuseRecurrent("The model that answers", model);
    if (await haveSameTokens(model, draft)) return draft;
    throw new AppError(
        "draft-unusable",
        "The draft model has other tokens than the model that answers: it cannot guess for it.",
        {
            remedy: "Answers come without it. For faster ones, name in draft of the model's profile a smaller model of the same family, such as bimedix2-8b for bimedix2-70b.",
        },
    );
}

async function haveSameTokens(model: ModelFile, draft: ModelFile): Promise<boolean> {
    try {
        return (await digestTokens(model)) === (await digestTokens(draft));
    } catch (error) {
        throw new AppError(
            "draft-unusable",
            "The tokens of the draft model and of the model that answers cannot be compared.",
            {
                remedy: "Answers come without it. For faster ones, start again when nothing is copied to the files of the two models any more, and the account that runs the program may read them.",
                cause: error,
            },
        );
    }
}

/** The file is the draft model's: what is to be done must not speak of the model that answers. */
async function inspectDraftFile(draftPath: string): Promise<ModelFile> {
    try {
        return await inspectModelFile(draftPath);
    } catch (error) {
        if (!isAppError(error)) throw error;
        throw new AppError(error.code, error.message, {
            remedy: "Answers come without it. For faster ones, let the draft model's profile name the file of a language model, whole and readable for the account that runs the program; bimedix2 pull with the name of that profile fetches it.",
            cause: error.cause,
        });
    }
}

function refuseRecurrent(which: string, { architecture }: ModelFile): void {
    if (!isRecurrent(architecture)) return;
    const message = `${which} is of the kind ${architecture}, which cannot take wrong guesses back.`;
    throw new AppError("draft-unusable", message, {
        remedy: "Answers come without a draft model. Nothing has to be done.",
    });
}

// Heads and layers that guess from the other model's inner values, which llama.cpp does not hand over here
function refuseDependent({ architecture }: ModelFile): void {
    if (!/^(eagle3|dflash)$|-assistant$/.test(architecture)) return;
    const message = `The draft model is of the kind ${architecture}, which only guesses inside the model that it was made for.`;
    throw new AppError("draft-unusable", message, {
        remedy: "Answers come without it. For faster ones, name in draft of the model's profile a smaller, whole model of the same family.",
    });
}

// As llama.cpp calls those of whose past a part cannot be forgotten; what is missing here is refused natively
const recurrent =
    /^(?:mamba|a?rwkv|jamba|falcon-h1|plamo2|granitehybrid|lfm2|nemotron_h|qwen3next|qwen35|qwen4exp|kimi-linear|kimi-k3|deepseek4|bailingmoe3|minimax-01)/;

/** Whether an architecture, as a GGUF file names it, is recurrent, or partly so. */
export function isRecurrent(architecture: string): boolean {
    return recurrent.test(architecture);
}

/** The shape of a draft model that can be used; `undefined`: there is none, or the log says why not. */
export async function findDraft(options: {
    /** The model that answers. */
    readonly model: ModelFile;
    readonly draftPath?: string;
    /** The longest guess; 0: none, and no draft model. */
    readonly guesses?: number;
    readonly logger: Logger;
}): Promise<ModelFile | undefined> {
    const { model, draftPath, guesses, logger } = options;
    if (draftPath === undefined || guesses === 0) return undefined;
    try {
        return await inspectDraft(model, draftPath);
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
        await log.forgetFailure();
        return undefined;
    }
}

/** What is logged where a draft model is not used. */
export const withoutDraft = "answers come without the draft model, more slowly";

/** What makes room for a draft model. */
export const noRoomRemedy =
    "Nothing has to be done. Answers would come faster with more free memory, or with a lower model.contextTokens or model.conversationsInMemory in clinic.yaml.";
