import type { LlamaContext, LlamaModel } from "node-llama-cpp";
import { AppError, isAppError } from "../../src/errors.ts";
import type { Companion } from "./companion.ts";
import type { LlamaLog } from "./llama-log.ts";
import type { MemoryPlan } from "./memory-request.ts";
import { batchTokensOf, usesFlashAttention, usualGuesses } from "./memory-needs.ts";
import { openLibraryRunner } from "./library-runner.ts";
import { openNativeRunner } from "./native-runner.ts";
import type { Runner } from "./runner.ts";

/** What the conversations need. */
export interface ContextOptions {
    /** Positions of each conversation at most. */
    readonly contextTokens: number;
    /** Positions of all conversations together. */
    readonly positions: number;
    readonly sequences: number;
    readonly threads: number;
    /** The longest guess of how an answer goes on; 0: none. Default: 4. */
    readonly guesses?: number | undefined;
    /** A small model that guesses; without the companion it is not used. */
    readonly draft?: LlamaModel | undefined;
    /** Told once, at the end of an answer, why the draft model is not used any more. */
    readonly onDraftLost?: ((reason: string) => void) | undefined;
}

/**
 * How the planned memory is shared. Without the companion each conversation has
 * its own part.
 */
export function roomOfConversations(
    companion: Companion | AppError,
    { contextTokens, cells, conversations }: MemoryPlan,
): Pick<ContextOptions, "contextTokens" | "positions" | "sequences"> {
    const own = Math.floor(cells / conversations);
    return {
        contextTokens: isAppError(companion) ? Math.min(contextTokens, own) : contextTokens,
        positions: cells,
        sequences: conversations,
    };
}

/**
 * Reserves the memory of the conversations.
 *
 * @param companion Or why it is not there.
 * @throws `model-out-of-memory`, `model-failed`.
 */
export async function openRunner(
    companion: Companion | AppError,
    model: LlamaModel,
    options: ContextOptions,
    log: LlamaLog,
): Promise<Runner> {
    const { contextTokens, positions, sequences, threads } = options;
    try {
        const kind = model.llama.gpu === false ? "cpu" : "gpu";
        const batchTokens = Math.min(batchTokensOf(kind, sequences), contextTokens);
        if (isAppError(companion)) {
            return openLibraryRunner(await openContext(model, options, batchTokens));
        }
        return await openNativeRunner(companion, model, {
            positions,
            sequences,
            threads,
            batchTokens,
            flashAttention: usesFlashAttention(kind, sequences),
            guesses: options.guesses ?? usualGuesses,
            draft: options.draft,
            onDraftLost: options.onDraftLost,
        });
    } catch (error) {
        if (!(await log.isOutOfMemory(error))) {
            throw new AppError("model-failed", "llama.cpp cannot prepare its conversations.", {
                remedy: "The log says why.",
                cause: error,
            });
        }
        throw new AppError(
            "model-out-of-memory",
            `The memory does not suffice for ${sequences} conversations of ${contextTokens} tokens.`,
            {
                remedy: "Lower model.conversationsInMemory or model.contextTokens in clinic.yaml.",
                cause: error,
            },
        );
    }
}

function openContext(
    model: LlamaModel,
    { contextTokens, sequences, threads }: ContextOptions,
    batchTokens: number,
): Promise<LlamaContext> {
    return model.createContext({
        contextSize: contextTokens,
        batchSize: batchTokens,
        sequences,
        threads: { ideal: threads, min: threads },
        // A smaller context than configured would forget more than the administrator expects
        failedCreationRemedy: false,
    });
}
