/** How many ids are remembered. */
const capacity = 5_000;

/**
 * The ids of messages that this process knows of. Telegram counts the messages of all
 * private chats of one bot together, so a message that is sent later has a higher id.
 */
export class KnownMessages {
    readonly #ids = new Set<number>();
    #highest = 0;
    #seenAtMs = -Infinity;

    /** Below the id of every message that is sent from now on. */
    get highest(): number {
        return this.#highest;
    }

    /** For how long no new message has been seen: others may have been counted meanwhile. */
    get ageMs(): number {
        return performance.now() - this.#seenAtMs;
    }

    /** A message of a private chat has this id, and has just been sent or received. */
    see(id: number): void {
        this.recall(id);
        this.#seenAtMs = performance.now();
    }

    /** A message of a private chat has this id. */
    recall(id: number): void {
        this.#highest = Math.max(this.#highest, id);
    }

    /** A message that is accounted for; the oldest is forgotten when there are too many. */
    add(id: number): void {
        this.recall(id);
        this.#ids.add(id);
        const [oldest] = this.#ids;
        if (this.#ids.size > capacity && oldest !== undefined) this.#ids.delete(oldest);
    }

    /** Whether a message is accounted for. */
    has(id: number): boolean {
        return this.#ids.has(id);
    }
}
