import type { ConversationKey } from "../../message.ts";
import { identitiesOf, parseAccessEntry, scopesOf } from "./access-entry.ts";

/** Whether the assistant talks with somebody. */
export type AccessVerdict =
    | "allowed"
    /** The block list has them, or a group that they write in. */
    | "blocked"
    /** There is an allow list, and they are not on it. */
    | "not-listed";

/** Judges the patient behind a conversation. */
export type AccessCheck = (conversation: ConversationKey) => AccessVerdict;

/** Who may and who may not, as the clinic's configuration lists them. */
export interface AccessLists {
    /** Empty: everybody. */
    readonly allow: readonly string[];
    /** Counts more than `allow`. */
    readonly block: readonly string[];
}

/**
 * Makes the check of the clinic's lists. An entry is
 *
 * - the number of a Telegram chat: `telegram:123456789`;
 * - a phone number with its country code, in any usual writing, which holds on both ways to WhatsApp:
 *   `whatsapp:+966 50 123 4567`, `00966-50-123-4567`, `whatsapp:966501234567@c.us`;
 * - WhatsApp's own id of a group (`…@g.us`: everybody in it) or of a person whose number it hides
 *   (`…@lid`, or Meta's `SA.…`): a phone number never meets these;
 * - any of them for one platform (`whatsapp-cloud:…`) or one of the clinic's accounts
 *   (`platform:account:chat`, as the store names conversations);
 * - an id without a platform: a plain number holds on Telegram and on WhatsApp.
 *
 * The terminal is the administrator's: always allowed.
 *
 * @throws `config-invalid` for an entry that cannot be understood.
 */
export function createAccess({ allow, block }: AccessLists): AccessCheck {
    const allowed = entrySet(allow);
    const blocked = entrySet(block);
    return (conversation) => {
        const [platform = "", account = "", ...chat] = conversation.split(":");
        if (platform === "terminal") return "allowed";
        const entries = scopesOf(platform, account).flatMap((scope) =>
            identitiesOf(chat.join(":")).map((identity) => entryKey({ scope, identity })),
        );
        if (entries.some((entry) => blocked.has(entry))) return "blocked";
        if (allowed.size === 0 || entries.some((entry) => allowed.has(entry))) return "allowed";
        return "not-listed";
    };
}

function entrySet(entries: readonly string[]): ReadonlySet<string> {
    return new Set(entries.map((entry) => entryKey(parseAccessEntry(entry))));
}

function entryKey({ scope, identity }: ReturnType<typeof parseAccessEntry>): string {
    return `${scope} ${identity}`;
}
