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
 * sent first, and "down my left arm", sent next, are an emergency only together. Older words go with
 * the next message of anybody.
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
        this.#forgetOld(nowMs);
        return all.map((words) => words.text).join("\n");
    }

    #forgetOld(nowMs: number): void {
        for (const [conversation, words] of this.#words) {
            const last = words.at(-1);
            const isRecent = last !== undefined && nowMs - last.atMs < rememberMs;
            if (isRecent && this.#words.size <= mostConversations) return;
            this.#words.delete(conversation);
        }
    }

    /** What was an alarm must not be one again with the next message, nor what was erased become one. */
    forget(conversation: ConversationKey): void {
        this.#words.delete(conversation);
    }
}
