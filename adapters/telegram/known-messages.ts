import type { MessageLedger } from "../../src/ports.ts";

/** How many ids are remembered. */
const capacity = 5_000;

/**
 * The ids of messages that are accounted for, as far as this process knows. Telegram counts the messages of all
 * private chats of one bot together, so a message that is sent later has a higher id.
 */
export class KnownMessages {
    readonly #ids = new Set<number>();
    #highest = 0;
    #seenAtMs = -Infinity;
    readonly #ledger: MessageLedger | undefined;

    /** @param ledger What all processes of this bot know. */
    constructor(ledger?: MessageLedger) {
        this.#ledger = ledger;
    }

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
        this.#ledger?.note(id);
        const [oldest] = this.#ids;
        if (this.#ids.size > capacity && oldest !== undefined) this.#ids.delete(oldest);
    }

    /** Tells which of the messages between two ids are accounted for, by whichever process. */
    async between(floor: number, below: number): Promise<(id: number) => boolean> {
        const noted = await this.#ledger?.noted(floor, below);
        return (id) => this.#ids.has(id) || noted?.has(id) === true;
    }
}
