import { createHash } from "node:crypto";
import type { ConversationKey } from "../../src/message.ts";
import type { CaseBook } from "../../src/staff-ports.ts";

/** A book of cases in memory. */
export function createMemoryCases(): CaseBook {
    const conversations = new Map<string, ConversationKey>();
    const open = new Map<string, number>();
    return {
        name: (conversation, reason) => {
            const hash = createHash("sha256").update(`${conversation} ${reason}`).digest("hex");
            const code = hash.slice(0, 5).toUpperCase();
            conversations.set(code, conversation);
            return Promise.resolve(code);
        },
        find: (code) => Promise.resolve(conversations.get(code)),
        mark: (code, sinceMs) => {
            if (typeof sinceMs === "number") open.set(code, sinceMs);
            else open.delete(code);
            if (sinceMs === "erased") {
                const erased = conversations.get(code);
                for (const [other, conversation] of conversations) {
                    if (conversation === erased) conversations.delete(other);
                }
            }
            return Promise.resolve();
        },
        open: () =>
            Promise.resolve(
                [...open]
                    .flatMap(([code, sinceMs]) => {
                        const conversation = conversations.get(code);
                        return conversation ? [{ code, conversation, sinceMs }] : [];
                    })
                    .toSorted((one, other) => one.sinceMs - other.sinceMs),
            ),
    };
}
