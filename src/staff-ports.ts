/**
 * What passes between patients and the clinic's people. Failures are `AppError`s:
 * `store-unavailable` (retryable), `store-failed` from every method.
 */
import type { ConversationChange, ConversationKey, Reply } from "./message.ts";

/** What is put into a conversation from outside, without a message that asks for it. */
export interface Letter {
    /** The same letter has the same id, however often it is posted. */
    readonly id: string;
    /** Delivered like every reply: durably, in order, each once. */
    readonly reply?: Reply;
    readonly change?: ConversationChange;
}

/** Writes into conversations from outside. */
export interface Postbox {
    /**
     * Changes a conversation and stores a reply for its delivery: both or neither, once within a
     * week, however often it is called with the same id.
     */
    post(to: ConversationKey, letter: Letter): Promise<void>;
}

/** A case that the clinic's people have in hand. */
export interface OpenCase {
    readonly code: string;
    readonly conversation: ConversationKey;
    /** Milliseconds since 1970. */
    readonly sinceMs: number;
}

/** Which conversation a code means. A code is known for 30 days after it was used last. */
export interface CaseBook {
    /**
     * A code for a conversation, five letters and digits; the same for the same `reason`, and never
     * one that means another conversation.
     */
    name(conversation: ConversationKey, reason: string): Promise<string>;
    /** `undefined`: unknown, or forgotten. */
    find(code: string): Promise<ConversationKey | undefined>;
    /**
     * Writes down that a case is open, or that it is not any more. `erased`: neither this code nor
     * any other leads to the conversation from now on.
     */
    mark(code: string, sinceMs: number | "closed" | "erased"): Promise<void>;
    /** The cases that were marked as open, oldest first, at most 100. */
    open(): Promise<readonly OpenCase[]>;
}

/** Cases that wait for the model's summary. Whoever asks for one goes on without it. */
export interface SummaryQueue {
    /** Has a worker summarise a case, soon or never. */
    ask(code: string): Promise<void>;
    /**
     * Hands out cases, one at a time, until the signal aborts; each once, whatever becomes of it.
     *
     * @param options `finishWithinMs`: so long after that a running one is cut off.
     */
    work(
        summarise: (code: string, signal: AbortSignal) => Promise<void>,
        options: { readonly signal: AbortSignal; readonly finishWithinMs: number },
    ): Promise<void>;
}
