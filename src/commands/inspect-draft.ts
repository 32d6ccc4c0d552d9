import { existsSync } from "node:fs";
import { inspectDraft, noRoomRemedy } from "../../adapters/llama/draft-model.ts";
import type { MemoryPlan } from "../../adapters/llama/memory-request.ts";
import { inspectModelFile } from "../../adapters/llama/model-file.ts";
import { isAppError } from "../errors.ts";
import type { ModelConfig } from "../settings/resolve-model.ts";
import type { Finding } from "./finding.ts";

type LocalModel = Extract<ModelConfig, { readonly modelPath: string }>;

/** What decides besides the files whether a draft model is used. */
interface DraftCircumstances {
    readonly canGuess: boolean;
    readonly plan?: Pick<MemoryPlan, "draftFits"> | undefined;
}

const draftWithoutCompanion: Finding = {
    state: "notice",
    text: "none is used: it needs the companion for pictures.",
    remedy: 'Do what stands at "eyes". Answers come without it as well, but more slowly.',
};

/**
 * Whether the draft model can guess for the model that answers. Without it the model answers as well.
 *
 * @param circumstances.canGuess Whether the companion that guessing needs is or can be there.
 * @param circumstances.plan How the memory would be divided; absent: not known.
 */
export async function inspectDraftModel(
    { modelPath }: LocalModel,
    draft: NonNullable<LocalModel["draft"]>,
    { canGuess, plan }: DraftCircumstances,
): Promise<Finding> {
    if ("fault" in draft) {
        const text = `${draft.profile} is not used. ${draft.fault}`;
        const remedy = "Answers come without it. For faster ones, correct this.";
        return { state: "notice", text, remedy };
    }
    const { name, profile } = draft;
    if (!existsSync(draft.modelPath)) {
        const place = `where the memory has room beside the model${roomFor(draft)}`;
        return {
            state: "ok",
            text: `none; ${place}, answers come faster with ${name} beside it: bimedix2 pull ${profile}`,
        };
    }
    if (!canGuess) return draftWithoutCompanion;
    try {
        await inspectDraft(await inspectModelFile(modelPath), draft.modelPath);
    } catch (error) {
        if (!isAppError(error)) throw error;
        const advice = error.remedy === undefined ? {} : { remedy: error.remedy };
        return { state: "notice", text: `${name} is not used. ${error.message}`, ...advice };
    }
    if (plan?.draftFits === false) {
        const text = `${name} is not used: it has no room in the memory beside the model.`;
        return { state: "notice", text, remedy: noRoomRemedy };
    }
    return { state: "ok", text: `${name} guesses how answers go on, which makes them faster` };
}

// In 4 bits with eight conversations of 4096 tokens, as BiMediX2 8B: 4.9 GB are its weights
const gigabytesOfBillion = 1.25;

/** How much memory a draft model takes that is not here, where its profile says how large it is. */
function roomFor({ parameters = "" }: { readonly parameters?: string }): string {
    const [, billions] = /^([\d.]+) billion$/.exec(parameters) ?? [];
    if (billions === undefined) return "";
    return ` (about ${Math.ceil(Number(billions) * gigabytesOfBillion)} GB)`;
}
