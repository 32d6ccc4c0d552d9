import { AppError } from "../errors.ts";
import type { ConversationStore } from "../ports.ts";

/**
 * A store that can be used before what is behind it has been reached: until then every call fails
 * with `store-unavailable` (retryable), as it does when the connection is lost later.
 *
 * @param current Gives the real store once it is there.
 */
export function lateStore(current: () => ConversationStore | undefined): ConversationStore {
    return {
        read: async (key) => reached(current()).read(key),
        readSettings: async (key) => reached(current()).readSettings(key),
        readImage: async (key, image) => reached(current()).readImage(key, image),
        update: async (key, change) => reached(current()).update(key, change),
    };
}

/**
 * What is behind a port that can be used before it has been reached.
 *
 * @throws `store-unavailable` (retryable) when there is nothing yet.
 */
export function reached<Port>(port: Port | undefined): Port {
    if (port !== undefined) return port;
    throw new AppError("store-unavailable", "The store has not been reached yet.", {
        retryable: true,
    });
}
