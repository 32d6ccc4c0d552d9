/** A store of bounded weight that forgets what was asked for longest ago. */
export class LeastRecentlyUsed<Key, Value> {
    readonly #limit: number;
    readonly #entries = new Map<Key, { readonly value: Value; readonly weight: number }>();
    #weight = 0;

    /** @param limit The greatest weight of all entries together, in the caller's unit. */
    constructor(limit: number) {
        this.#limit = limit;
    }

    /** The value, which counts as used now. */
    get(key: Key): Value | undefined {
        const entry = this.#entries.get(key);
        if (entry === undefined) return undefined;
        this.#entries.delete(key);
        this.#entries.set(key, entry);
        return entry.value;
    }

    /** Keeps a value in place of an earlier one; one heavier than the limit is not kept. */
    set(key: Key, value: Value, weight: number): void {
        this.delete(key);
        if (weight > this.#limit) return;
        this.#entries.set(key, { value, weight });
        this.#weight += weight;
        for (const oldest of this.#entries.keys()) {
            if (this.#weight <= this.#limit) break;
            this.delete(oldest);
        }
    }

    delete(key: Key): void {
        const entry = this.#entries.get(key);
        if (entry === undefined) return;
        this.#entries.delete(key);
        this.#weight -= entry.weight;
    }
}
