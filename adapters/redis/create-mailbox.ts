import type { Logger } from "../../src/log.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import type { RedisClient } from "./client.ts";
import { createCodec } from "./codec.ts";
import type { ConversationLimits } from "./conversation-change.ts";
import type { Mailbox } from "./mailbox.ts";
import { createDeliverySide } from "./mailbox-deliveries.ts";
import { createPictureSide } from "./mailbox-pictures.ts";
import { createTurnSide } from "./mailbox-turns.ts";

/** How mailboxes are kept. */
export interface MailboxOptions extends ConversationLimits {
    /** What all keys begin with; no braces. */
    readonly keyPrefix: string;
    readonly cipher: Cipher;
    readonly logger: Logger;
}

/**
 * The mailboxes of all conversations, in Redis (6.2 or newer, single or cluster). What waits in one
 * does not expire while it waits; turns, pictures and settings expire with the conversation.
 * Stored values that cannot be understood are counted in the log, and never stop a conversation:
 * an unreadable message is settled and kept aside for a week, unreadable pictures count as
 * `image-unavailable`, an unreadable reply is taken back, an unreadable journal begins anew.
 */
export function createMailbox(client: RedisClient, options: MailboxOptions): Mailbox {
    const parts = { ...options, codec: createCodec(options.cipher) };
    return {
        ...createTurnSide(client, parts),
        ...createPictureSide(client, parts),
        ...createDeliverySide(client, parts),
    };
}
