import type { LlamaModel } from "node-llama-cpp";
import { isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { Companion } from "./companion.ts";
import type { LlamaLog } from "./llama-log.ts";
import { withoutDraft } from "./draft-model.ts";
import { type ContextOptions, openRunner } from "./open-runner.ts";
import type { Runner } from "./runner.ts";

/** The conversations, and the draft model that guesses for them. */
export interface DraftedRunner {
    readonly runner: Runner;
    /**
     * Must live as long as the runner, which may give it up on its own, and the log says so; absent: it has been
     * disposed of, and the log says why.
     */
    readonly draft?: LlamaModel;
}

/** What the conversations need with a draft model beside them, and what they get without. */
export interface DraftedRoom {
    readonly drafted: ContextOptions & { readonly draft: LlamaModel };
    readonly alone: ContextOptions;
}

/**
 * Reserves the memory of the conversations with a draft model beside them. Where that fails, they get the
 * draft model's memory too, and answers come without it.
 *
 * @throws `model-out-of-memory`, `model-failed`: without the draft model, too.
 */
export async function openDraftedRunner(
    companion: Companion,
    model: LlamaModel,
    { drafted, alone }: DraftedRoom,
    { log, logger }: { readonly log: LlamaLog; readonly logger: Logger },
): Promise<DraftedRunner> {
    const { draft } = drafted;
    const onDraftLost = (reason: string): void => {
        logger.warn({ reason, remedy: lostRemedy }, `the draft model failed: ${withoutDraft}`);
        void log.forgetFailure();
    };
    const watched = { ...drafted, onDraftLost };
    const opened = await openRunner(companion, model, watched, log).catch((error: unknown) => {
        if (isAppError(error)) return error;
        throw error;
    });
    if (!isAppError(opened) && opened.draftFailure === undefined) return { runner: opened, draft };
    if (isAppError(opened)) {
        logger.warn(describeError(opened), withoutDraft);
    } else {
        logger.warn({ reason: opened.draftFailure }, withoutDraft);
        await opened.close();
    }
    await draft.dispose();
    await log.forgetFailure();
    return { runner: await openRunner(companion, model, alone, log) };
}

const lostRemedy =
    "Restart the program to use it again. If it fails again, check the draft model's file, or leave draft out of the model's profile.";
