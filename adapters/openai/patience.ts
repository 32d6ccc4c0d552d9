import { JoinedSignal } from "../../src/joined-signal.ts";

/** Ends a request for which nobody waits any more, or that has been silent for too long. */
export class Patience {
    readonly #lost = new AbortController();
    readonly #joined: JoinedSignal;
    #timer: NodeJS.Timeout | undefined;

    constructor(signal: AbortSignal) {
        this.#joined = new JoinedSignal(signal, this.#lost.signal);
    }

    get signal(): AbortSignal {
        return this.#joined.signal;
    }

    /** Whether the time ran out. */
    get isLost(): boolean {
        return this.#lost.signal.aborted;
    }

    /** Waits so long from now on for the next sign of life. */
    wait(ms: number): void {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#lost.abort(), ms);
    }

    /** Waits no more. */
    end(): void {
        clearTimeout(this.#timer);
        this.#joined.release();
    }
}
