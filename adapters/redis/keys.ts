import { AppError } from "../../src/errors.ts";
import type { ConversationKey, InboundMessage } from "../../src/message.ts";

/** The keys of one conversation. Their part in braces puts them into one slot of a Redis Cluster. */
export interface ConversationKeys {
    /** List of turns, oldest first. */
    readonly turns: string;
    /** Hash: picture id → pixels, and `<id>:turns` → how many stored turns show it. */
    readonly images: string;
    /** Hash: `language` → the patient's choice. */
    readonly settings: string;
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
        change: (changeId) => `${stem}:change:${changeId}`,
    };
}

/** The keys of the inbox; all in one slot, since accepting a message is one atomic step. */
export interface InboxKeys {
    /** Hash: {@link inboxField} → sequence number, space, message. */
    readonly pending: string;
    /** Counter of accepted messages. */
    readonly sequence: string;
    /** Remembers one message for a week. */
    seen(message: InboundMessage): string;
}

/** @throws `config-invalid` for a prefix with braces. */
export function inboxKeys(keyPrefix: string): InboxKeys {
    const stem = `${checkedPrefix(keyPrefix)}{inbox}`;
    return {
        pending: `${stem}:pending`,
        sequence: `${stem}:sequence`,
        seen: (message) => `${stem}:seen:${inboxField(message)}`,
    };
}

/** Names one message among those of all conversations. */
export function inboxField(message: InboundMessage): string {
    return `${message.conversation}:${message.id}`;
}

function checkedPrefix(keyPrefix: string): string {
    if (!/[{}]/.test(keyPrefix)) return keyPrefix;
    throw new AppError("config-invalid", "The key prefix of Redis contains a brace.", {
        remedy: "Use letters, digits and colons, for example bimedix2:",
    });
}
