import { isAppError } from "../../src/errors.ts";
import { fitHistory, type HistoryToFit } from "../../src/fit-history.ts";
import type { ChatMessage } from "../../src/ports.ts";
import { estimateMessage } from "./estimate-tokens.ts";
import { promptTooLong } from "./server-failures.ts";

/**
 * How a prompt is fitted: by the estimate, then as if it were twice as long, then without any turn
 * but the last.
 */
export const narrowings = ["estimate", "half", "last"] as const;
export type Narrowing = (typeof narrowings)[number];

/** What must fit a server's context, and how its length is guessed. */
export interface PromptToFit {
    readonly messages: readonly ChatMessage[];
    readonly contextTokens: number;
    /** The greatest length of the answer. */
    readonly answerTokens: number;
    /** Of a picture. */
    readonly imageTokens: number;
    /** What estimates are multiplied with. */
    readonly factor: number;
    readonly narrowing: Narrowing;
}

/** A prompt that should fit. */
export interface FittedPrompt {
    readonly messages: readonly ChatMessage[];
    readonly droppedTurns: number;
    /** Nothing more can be left out. */
    readonly onlyLast: boolean;
    /** Length of the prompt, before the factor. */
    readonly estimatedTokens: number;
    /** Limit for the answer. */
    readonly maxTokens: number;
}

/**
 * Leaves out the oldest turns that do not fit. The system message and the last one stay, even if
 * they seem too long: an estimate refuses nobody, the server decides.
 *
 * @throws `prompt-too-long` when they are too long beyond doubt.
 */
export function fitPrompt(prompt: PromptToFit): FittedPrompt {
    const { messages, contextTokens, answerTokens, imageTokens, narrowing } = prompt;
    const factor = prompt.factor * (narrowing === "half" ? 2 : 1);
    const lengths = new Map(messages.map((it) => [it, estimateMessage(it, imageTokens)]));
    const estimated = (some: readonly ChatMessage[]): number =>
        some.reduce((sum, message) => sum + (lengths.get(message) ?? 0), 0);
    const scaled = (...some: ChatMessage[]): number => Math.ceil(estimated(some) * factor);

    const system = messages.filter(({ role }) => role === "system");
    const turns = messages.filter(({ role }) => role !== "system");
    const last = Math.max(0, turns.length - 1);
    const droppedTurns =
        narrowing === "last"
            ? last
            : fittingFrom(last, {
                  fixedTokens: scaled(...system),
                  turns: turns.map((turn) => ({ role: turn.role, tokens: scaled(turn) })),
                  contextTokens,
                  answerTokens,
              });
    const kept = [...system, ...turns.slice(droppedTurns)];
    const expected = scaled(...kept);
    if (narrowing === "estimate" && expected > 2 * contextTokens) throw promptTooLong();
    const least = Math.min(answerTokens, Math.floor(contextTokens / 8));
    return {
        messages: kept,
        droppedTurns,
        onlyLast: droppedTurns === last,
        estimatedTokens: estimated(kept),
        maxTokens: Math.max(1, least, Math.min(answerTokens, contextTokens - expected)),
    };
}

/** The first turn that stays: `last` where the estimate leaves no room even for that one. */
function fittingFrom(last: number, history: HistoryToFit): number {
    try {
        return fitHistory(history);
    } catch (error) {
        if (isAppError(error, "prompt-too-long")) return last;
        throw error;
    }
}
