import type { LlamaModel } from "node-llama-cpp";
import { isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { Companion } from "./companion.ts";
import type { LlamaLog } from "./device.ts";
import { withoutDraft } from "./draft-model.ts";
import { type ContextOptions, openRunner } from "./open-runner.ts";
import type { Runner } from "./runner.ts";

/** The conversations, and the draft model that guesses for them. */
export interface DraftedRunner {
    readonly runner: Runner;
    /** Must live as long as the runner; absent: it has been disposed of, and the log says why. */
    readonly draft?: LlamaModel;
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
    { draft, ...options }: ContextOptions & { readonly draft: LlamaModel },
    { log, logger }: { readonly log: LlamaLog; readonly logger: Logger },
): Promise<DraftedRunner> {
    const giveUp = async (reason: object): Promise<void> => {
        logger.warn(reason, withoutDraft);
        await draft.dispose();
        await log.forgetFailure();
    };
    let runner: Runner;
    try {
        runner = await openRunner(companion, model, { ...options, draft }, log);
    } catch (error) {
        if (!isAppError(error)) throw error;
        await giveUp(describeError(error));
        return { runner: await openRunner(companion, model, options, log) };
    }
    if (runner.draftFailure === undefined) return { runner, draft };
    await giveUp({ reason: runner.draftFailure });
    return { runner };
}
