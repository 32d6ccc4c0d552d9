import { changedHistory } from "../../adapters/redis/history-cache.ts";
import type { Conversation, ModelImage } from "../../src/message.ts";
import type { ConversationStore } from "../../src/ports.ts";

/** A conversation store in memory, for tests that make the store fail. */
export function createMemoryStore(): ConversationStore {
    const conversations = new Map<string, Conversation>();
    const images = new Map<string, ModelImage>();
    const applied = new Set<string>();
    return {
        read: (key) => Promise.resolve(conversations.get(key) ?? { turns: [] }),
        readSettings: (key) => {
            const { turns: _, ...settings } = conversations.get(key) ?? { turns: [] };
            return Promise.resolve(settings);
        },
        readImage: (key, { id }) => Promise.resolve(images.get(`${key} ${id}`)),
        update: (key, change) => {
            const name = `${key} ${change.id}`;
            if (change.id !== undefined && applied.has(name)) return Promise.resolve();
            applied.add(name);
            const before = conversations.get(key) ?? { turns: [] };
            conversations.set(key, changedHistory(before, change, Infinity));
            if (change.reset) {
                for (const image of images.keys())
                    if (image.startsWith(`${key} `)) images.delete(image);
            }
            const shown = new Set(
                (change.turns ?? []).flatMap((turn) => turn.images).map(({ id }) => id),
            );
            for (const image of change.images ?? []) {
                if (shown.has(image.id)) images.set(`${key} ${image.id}`, image);
            }
            return Promise.resolve();
        },
    };
}
