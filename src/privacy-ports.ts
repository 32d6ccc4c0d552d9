/** What the store and the keys do for patients: sealing, export, erasure. */
import type {
    Conversation,
    ConversationKey,
    ImageReference,
    InboundMessage,
    Reply,
} from "./message.ts";

/**
 * Seals what is stored of patients, so that whoever reads the store alone learns nothing. A `place`
 * says what a value is, whose it is and which: it opens nowhere else.
 */
export interface Cipher {
    /** Equal values never look alike. */
    seal(plain: Uint8Array, place: readonly string[]): Buffer;
    /** `undefined` for what is damaged, stands in another place, or needs a key that is not known. */
    open(sealed: Uint8Array, place: readonly string[]): Buffer | undefined;
    /**
     * By these, equal values of one place are told from others without being read: 32 hexadecimal
     * digits for each key that is known, those of the key that seals first.
     */
    fingerprints(value: Uint8Array, place: readonly string[]): readonly string[];
    /** What all values begin with that a key has sealed, for each key that is known; of the one that seals first. */
    heads(): readonly Buffer[];
}

/**
 * Everything that is kept of one patient's conversation.
 *
 * @throws `store-unavailable` (retryable), `store-failed` from every method.
 */
export interface PatientData {
    /** All conversations of which something is kept, in no order. Takes its time with many. */
    list(): AsyncIterable<ConversationSummary>;
    /** `undefined`: nothing is kept. */
    export(key: ConversationKey): Promise<PatientRecord | undefined>;
    /**
     * The key under which what is kept of a conversation outside the store is sealed: 32 random
     * bytes, made when it is first asked for, and forgotten with what was said. What is left anywhere
     * can be read nowhere from then on. `undefined`: it is kept, but cannot be read here, or nothing is
     * kept of the conversation any more.
     */
    cacheKey(key: ConversationKey): Promise<Uint8Array | undefined>;
    /**
     * Forgets all of it, in one step. An answer that is being written or delivered ends without
     * effect. What has begun to wait during `turn`, the turn that asks for it, is kept together with
     * the hold of that turn, so that it can commit what it says to the patient.
     */
    erase(key: ConversationKey, options?: { readonly turn?: string }): Promise<ErasedData>;
}

/** A conversation, without anything that was said. */
export interface ConversationSummary {
    readonly conversation: ConversationKey;
    /** Names it, and tells nothing about the patient to whoever has no access to the store. */
    readonly id: string;
    readonly turns: number;
    /** Unanswered messages. */
    readonly waiting: number;
    /** Milliseconds since 1970; absent when nothing has a time. */
    readonly lastChangeMs?: number;
}

/** A patient's conversation, complete. The pictures are read one by one from the store. */
export interface PatientRecord extends Conversation {
    readonly conversation: ConversationKey;
    /** As in {@link ConversationSummary}. */
    readonly id: string;
    /** Unanswered messages, oldest first. */
    readonly waiting: readonly {
        readonly message: InboundMessage;
        /** Milliseconds since 1970. */
        readonly acceptedAtMs: number;
        readonly images: readonly ImageReference[];
    }[];
    /** Replies that are not delivered, oldest first. */
    readonly undelivered: readonly {
        readonly reply: Reply;
        /** Milliseconds since 1970. */
        readonly committedAtMs: number;
        /** Tried for too long: it is delivered only if the administrator wants it. */
        readonly setAside: boolean;
    }[];
    /** How many stored values could not be understood. */
    readonly unreadable: number;
}

/** What was forgotten. */
export interface ErasedData {
    /** As in {@link ConversationSummary}. */
    readonly id: string;
    readonly turns: number;
    readonly images: number;
    readonly messages: number;
    readonly replies: number;
}
