import { wait } from "../../src/wait.ts";

/** Spaces out what is not urgent, over all that share it. */
export class Pace {
    readonly #everyMs: number;
    #nextAtMs = 0;

    /** @param everyMs Time between two turns. */
    constructor(everyMs: number) {
        this.#everyMs = everyMs;
    }

    /** How long a newcomer would wait. */
    get queueMs(): number {
        return Math.max(0, this.#nextAtMs - performance.now());
    }

    /**
     * Resolves when it is the caller's turn.
     *
     * @throws `aborted`.
     */
    async turn(signal: AbortSignal): Promise<void> {
        const nowMs = performance.now();
        const atMs = Math.max(nowMs, this.#nextAtMs);
        this.#nextAtMs = atMs + this.#everyMs;
        await wait(atMs - nowMs, signal);
    }
}
