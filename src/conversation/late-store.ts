import { AppError } from "../errors.ts";
import type { ConversationStore, Inbox } from "../ports.ts";

/** What is kept outside the process. */
export interface Stored {
    readonly inbox: Inbox;
    readonly store: ConversationStore;
}

/**
 * Ports that can be used before what is behind them has been reached: until then every call fails
 * with `store-unavailable` (retryable), as it does when the connection is lost later.
 *
 * @param current Gives the real ports once they are there.
 */
export function lateStore(current: () => Stored | undefined): Stored {
    const reached = (): Stored => {
        const stored = current();
        if (stored) return stored;
        throw new AppError("store-unavailable", "The store has not been reached yet.", {
            retryable: true,
        });
    };
    return {
        inbox: {
            accept: async (message) => reached().inbox.accept(message),
            settle: async (message) => reached().inbox.settle(message),
            unsettled: async () => reached().inbox.unsettled(),
        },
        store: {
            read: async (key) => reached().store.read(key),
            readImage: async (key, image) => reached().store.readImage(key, image),
            update: async (key, change) => reached().store.update(key, change),
        },
    };
}
