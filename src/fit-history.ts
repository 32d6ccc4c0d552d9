import { AppError } from "./errors.ts";
import type { ChatMessage } from "./ports.ts";

/** How long a turn is, in positions of the context. */
export interface TurnLength {
    readonly role: ChatMessage["role"];
    readonly tokens: number;
}

/** What must fit. */
export interface HistoryToFit {
    /** Positions that are always there: the system message and what opens prompt and answer. */
    readonly fixedTokens: number;
    /** Oldest first; the last is the user's. */
    readonly turns: readonly TurnLength[];
    readonly contextTokens: number;
    /** The greatest length of the answer. */
    readonly answerTokens: number;
}

/**
 * How many of the oldest turns must be left out so that the rest and the answer fit the context.
 * The rest begins with a message of the user. Turns are dropped in steps of a quarter of the room,
 * counted from the oldest: from one step to the next the prompts of a growing conversation begin
 * alike, and what the model has read of them stays valid.
 *
 * The answer gets at most half of the context. A last message that leaves less is answered in an
 * eighth of it, or refused.
 *
 * @throws `prompt-too-long` when the system message and the last message alone do not fit.
 */
export function fitHistory(history: HistoryToFit): number {
    const { turns, fixedTokens, contextTokens, answerTokens } = history;
    const room = contextTokens - Math.min(answerTokens, Math.floor(contextTokens / 2));
    const greatestRoom = contextTokens - Math.min(answerTokens, Math.floor(contextTokens / 8));

    const starts = turns.flatMap(({ role }, index) => (role === "user" ? [index] : []));
    const first = starts[0] ?? 0;
    const last = starts.at(-1) ?? 0;
    const total = fixedTokens + tokensBetween(turns, first, turns.length);
    if (total <= room) return first;

    const dropped = (start: number): number => tokensBetween(turns, first, start);
    const least = starts.find((start) => total - dropped(start) <= room) ?? last;
    const step = Math.max(1, Math.floor(room / 4));
    const mark = Math.ceil(dropped(least) / step) * step;
    const chosen = starts.find((start) => dropped(start) >= mark) ?? last;
    if (total - dropped(chosen) > greatestRoom) {
        throw new AppError("prompt-too-long", "The message is too long for the model's context.", {
            remedy: "Raise model.contextTokens or lower messages.maxCharacters in clinic.yaml.",
        });
    }
    return chosen;
}

function tokensBetween(turns: readonly TurnLength[], start: number, end: number): number {
    return turns.slice(start, end).reduce((sum, { tokens }) => sum + tokens, 0);
}
