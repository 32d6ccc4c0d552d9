import type { ConversationKey, PlatformAccount } from "../../message.ts";
import { parseAccessEntry, scopesOf } from "./access-entry.ts";
import { createAccess } from "./access.ts";

/**
 * Makes the check whether a conversation is an administrator's, by entries like those of the access
 * lists.
 *
 * @throws `config-invalid` for an entry that cannot be understood.
 */
export function createAdministratorCheck(
    entries: readonly string[],
): (conversation: ConversationKey) => boolean {
    if (entries.length === 0) return () => false;
    const access = createAccess({ allow: entries, block: [] });
    return (conversation) =>
        !conversation.startsWith("terminal:") && access(conversation) === "allowed";
}

/**
 * The conversations in which administrators can be written to, by the accounts through which that is
 * possible. Whoever WhatsApp gives an id of its own instead of a number is reached under that id.
 *
 * @throws `config-invalid` for an entry that cannot be understood.
 */
export function administratorRooms(
    entries: readonly string[],
    accounts: readonly PlatformAccount[],
): readonly ConversationKey[] {
    return entries.map(parseAccessEntry).flatMap(({ scope, identity }) =>
        accounts.flatMap((account): readonly ConversationKey[] => {
            const [platform = "", name = ""] = account.split(":");
            if (!scopesOf(platform, name).includes(scope)) return [];
            const isNumber = /^\d+$/.test(identity);
            const chat = platform === "whatsapp-web" && isNumber ? `${identity}@c.us` : identity;
            return [`${account}:${chat}`];
        }),
    );
}
