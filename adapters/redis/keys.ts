import { AppError } from "../../src/errors.ts";
import type { ConversationKey } from "../../src/message.ts";

/** The keys of one conversation. Their part in braces puts them into one slot of a Redis Cluster. */
export interface ConversationKeys {
    /** List of turns, oldest first. */
    readonly turns: string;
    /**
     * Hash: picture id → pixels, `<id>:turns` → how many stored turns show it, `<id>:waiting` → how
     * many unanswered messages have it.
     */
    readonly images: string;
    /**
     * Hash: `language` → the patient's choice, `version` → of the turns and of this choice,
     * `cacheKey` → what seals what is kept of the conversation elsewhere.
     */
    readonly settings: string;
    /**
     * Hash: id of an unanswered message with files → the ids of its pictures, a line feed, what
     * became of the files; empty while they are still due.
     */
    readonly pictures: string;
    /** Marks one change as applied, for a minute, or for a day if its caller has named it. */
    change(changeId: string): string;
}

/** @throws `config-invalid` for a prefix with braces, which would defeat the slots. */
export function conversationKeys(keyPrefix: string, key: ConversationKey): ConversationKeys {
    const stem = `${checkedPrefix(keyPrefix)}{${key}}`;
    return {
        turns: `${stem}:turns`,
        images: `${stem}:images`,
        settings: `${stem}:settings`,
        pictures: `${stem}:pictures`,
        change: (changeId) => `${stem}:change:${changeId}`,
    };
}

/**
 * The keys of one conversation's mailbox, as all its scripts get them, in the order of
 * {@link mailboxKeyNames}. All but `turns`, `images`, `settings`, `seenEven`, `seenOdd`, `work`,
 * `delivery` and `damaged` last as long as they hold something.
 *
 * - `inbox`: list of the ids of unanswered messages, oldest first
 * - `messages`: hash, id → time of acceptance, space, name of the files, space, fingerprint of the
 *   message, line feed, message
 * - `seenEven`, `seenOdd`: sets of the ids that were accepted in the last week of that parity; small
 *   numbers, as most platforms give them, take a few bytes each
 * - `work`: hash, who answers, and when the conversation is ripe
 * - `outbox`: list of the ids of turns whose replies are to be delivered, in the order of commits
 * - `replies`: hash, `reply:<id>` → time of the commit, line feed, reply (or nothing);
 *   `journal:<id>` → how far it is out
 * - `delivery`: hash, who delivers, and when again
 * - `dead`: hash like `replies`, of those set aside
 * - `damaged`: hash, id → what could not be understood, kept for a week for whoever can
 *
 * @throws `config-invalid` for a prefix with braces.
 */
export function mailboxKeys(keyPrefix: string, key: ConversationKey): string[] {
    const stem = `${checkedPrefix(keyPrefix)}{${key}}`;
    return mailboxKeyNames.map((name) => `${stem}:${name}`);
}

/** The first four are those that a change of the conversation needs. */
export const mailboxKeyNames = [
    "turns",
    "images",
    "settings",
    "pictures",
    "inbox",
    "messages",
    "seenEven",
    "seenOdd",
    "work",
    "outbox",
    "replies",
    "delivery",
    "dead",
    "damaged",
] as const;

/** The key that remembers that a patient was told of a long wait. */
export function delayNoticeKey(keyPrefix: string, key: ConversationKey): string {
    return `${keyPrefix}{${key}}:delay-notice`;
}

function checkedPrefix(keyPrefix: string): string {
    if (!/[{}]/.test(keyPrefix)) return keyPrefix;
    throw new AppError("config-invalid", "The key prefix of Redis contains a brace.", {
        remedy: "Use letters, digits and colons, for example bimedix2:",
    });
}
