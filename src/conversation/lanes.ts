/**
 * Runs tasks of one key one after another, in the order in which they were given; tasks of different
 * keys side by side.
 */
export class Lanes {
    readonly #tails = new Map<string, Promise<unknown>>();

    /** Runs `task` after all earlier ones of `key`, also when these failed. Gives its result. */
    run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
        const before = this.#tails.get(key) ?? Promise.resolve();
        const result = before.then(task);
        const tail = result.then(
            () => undefined,
            () => undefined,
        );
        this.#tails.set(key, tail);
        void tail.then(() => {
            if (this.#tails.get(key) === tail) this.#tails.delete(key);
        });
        return result;
    }

    /** How many keys have a task waiting or running. */
    get busy(): number {
        return this.#tails.size;
    }

    /** Resolves when every task given so far has ended. */
    async idle(): Promise<void> {
        await Promise.all(this.#tails.values());
    }
}
