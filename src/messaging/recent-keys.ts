/** Remembers the keys that were added last. */
export class RecentKeys {
    readonly #keys = new Set<string>();
    readonly #capacity: number;

    /** @param capacity How many keys are remembered. */
    constructor(capacity: number) {
        this.#capacity = capacity;
    }

    /** Remembers a key; the oldest one is forgotten when there are too many. */
    add(key: string): void {
        this.#keys.delete(key);
        this.#keys.add(key);
        const [oldest] = this.#keys;
        if (this.#keys.size > this.#capacity && oldest !== undefined) this.#keys.delete(oldest);
    }

    /** Whether a key is among those remembered. */
    has(key: string): boolean {
        return this.#keys.has(key);
    }
}
