import type { Conversation, ConversationChange, ConversationKey } from "../../src/message.ts";

/** How much is kept. */
export interface HistoryLimits {
    readonly conversations: number;
    /** Of all their turns together. */
    readonly characters: number;
}

/** What a worker remembers of a conversation, and which state of the store that is. */
export interface KnownHistory {
    readonly version: string;
    readonly history: Conversation;
}

/** The histories that this process has read last: they are not sent again for each message. */
export class HistoryCache {
    readonly #limits: HistoryLimits;
    /** The one that was used longest ago comes first. */
    readonly #known = new Map<ConversationKey, KnownHistory>();
    #characters = 0;

    constructor(limits: HistoryLimits) {
        this.#limits = limits;
    }

    get(key: ConversationKey): KnownHistory | undefined {
        return this.#known.get(key);
    }

    set(key: ConversationKey, known: KnownHistory): void {
        this.forget(key);
        this.#known.set(key, known);
        this.#characters += sizeOf(known);
        for (const oldest of this.#known.keys()) {
            const fits =
                this.#known.size <= this.#limits.conversations &&
                this.#characters <= this.#limits.characters;
            if (fits) return;
            this.forget(oldest);
        }
    }

    forget(key: ConversationKey): void {
        const known = this.#known.get(key);
        if (known === undefined) return;
        this.#characters -= sizeOf(known);
        this.#known.delete(key);
    }
}

/** A turn takes some memory even if it says nothing. */
const charactersOfTurn = 100;

function sizeOf({ history }: KnownHistory): number {
    return history.turns.reduce((sum, { text }) => sum + text.length + charactersOfTurn, 0);
}

/** A history after a change, as the store has it. */
export function changedHistory(
    history: Conversation,
    change: ConversationChange | undefined,
    maxTurns: number,
): Conversation {
    if (change === undefined) return history;
    const { reset = false, turns = [] } = change;
    const chosenLanguage = changed(history.chosenLanguage, change.chosenLanguage, "automatic");
    const consent = changed(history.consent, change.consent, "withdrawn");
    const handoff = changed(history.handoff, change.handoff, "ended");
    const all = [...(reset ? [] : history.turns), ...turns];
    const kept = turns.length === 0 ? all.length : keptTurns(all.length, maxTurns);
    return {
        turns: all.slice(all.length - kept),
        ...(chosenLanguage === undefined ? {} : { chosenLanguage }),
        ...(consent === undefined ? {} : { consent }),
        ...(handoff === undefined ? {} : { handoff }),
    };
}

/**
 * How many turns of a conversation stay, the latest. Once they are too many, a quarter of what may be
 * kept goes at once: if each turn pushed another one out, each prompt would begin anew, and the model
 * would have to read all of it anew. Twenty stay where they may: the screen looks that far back.
 */
function keptTurns(count: number, maxTurns: number): number {
    if (count <= maxTurns) return count;
    return maxTurns - Math.min(Math.floor(maxTurns / 4), Math.max(0, maxTurns - 20));
}

function changed<Value>(
    before: Value | undefined,
    change: Value | string | undefined,
    none: string,
): Value | undefined {
    if (change === undefined) return before;
    return change === none ? undefined : (change as Value);
}
