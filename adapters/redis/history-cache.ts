import type { Conversation, ConversationChange, ConversationKey } from "../../src/message.ts";

/** How much is kept. */
export interface HistoryLimits {
    readonly conversations: number;
    readonly turns: number;
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
    #turns = 0;

    constructor(limits: HistoryLimits) {
        this.#limits = limits;
    }

    get(key: ConversationKey): KnownHistory | undefined {
        return this.#known.get(key);
    }

    set(key: ConversationKey, known: KnownHistory): void {
        this.forget(key);
        this.#known.set(key, known);
        this.#turns += known.history.turns.length;
        for (const oldest of this.#known.keys()) {
            const fits =
                this.#known.size <= this.#limits.conversations && this.#turns <= this.#limits.turns;
            if (fits || oldest === key) return;
            this.forget(oldest);
        }
    }

    forget(key: ConversationKey): void {
        this.#turns -= this.#known.get(key)?.history.turns.length ?? 0;
        this.#known.delete(key);
    }
}

/** A history after a change, as the store has it. */
export function changedHistory(
    history: Conversation,
    change: ConversationChange | undefined,
    maxTurns: number,
): Conversation {
    if (change === undefined) return history;
    const { reset = false, chosenLanguage = history.chosenLanguage, turns = [] } = change;
    const kept = [...(reset ? [] : history.turns), ...turns].slice(-maxTurns);
    if (chosenLanguage === undefined || chosenLanguage === "automatic") return { turns: kept };
    return { turns: kept, chosenLanguage };
}
