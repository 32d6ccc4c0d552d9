import type { ConversationKey, InboundMessage } from "./message.ts";

/** What belongs to one complaint comes within this time. */
const rememberMs = 120_000;
const mostMessages = 6;
const mostConversations = 2_000;

interface Words {
    readonly id: string;
    readonly text: string;
    readonly atMs: number;
}

/**
 * What each patient wrote in the last two minutes, in the memory of this process alone: "chest pain",
 * sent first, and "down my left arm", sent next, are an emergency only together.
 */
export class RecentWords {
    readonly #words = new Map<ConversationKey, readonly Words[]>();

    /** The message's words with those that came shortly before it, a line each. */
    join({ conversation, id }: InboundMessage, text: string, nowMs = Date.now()): string {
        const before = (this.#words.get(conversation) ?? []).filter(
            (words) => words.id !== id && nowMs - words.atMs < rememberMs,
        );
        const all = [...before, { id, text, atMs: nowMs }].slice(-mostMessages);
        // Whoever wrote last comes last, and is forgotten last.
        this.#words.delete(conversation);
        this.#words.set(conversation, all);
        const oldest = this.#words.keys().next();
        if (this.#words.size > mostConversations && !oldest.done) this.#words.delete(oldest.value);
        return all.map((words) => words.text).join("\n");
    }

    /** What was an alarm must not be one again with the next message. */
    forget(conversation: ConversationKey): void {
        this.#words.delete(conversation);
    }
}
