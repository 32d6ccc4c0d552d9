import { setMaxListeners } from "node:events";

/**
 * A signal that aborts with the first of several, for the same reason, until it is released.
 *
 * `AbortSignal.any` would do without a release. But in Node 20 its signal can be collected as
 * garbage before it fires, and then those who listen to it are never told.
 */
export class JoinedSignal {
    readonly #joined = new AbortController();
    readonly #sources: readonly AbortSignal[];
    readonly #onAbort = (): void => {
        const aborted = this.#sources.find((source) => source.aborted);
        this.release();
        this.#joined.abort(aborted?.reason);
    };

    constructor(...sources: readonly AbortSignal[]) {
        this.#sources = sources;
        // As many join one process's end as it has in hand: no leak of which Node had to warn.
        setMaxListeners(0, this.#joined.signal, ...sources);
        if (sources.some((source) => source.aborted)) this.#onAbort();
        else for (const source of sources) source.addEventListener("abort", this.#onAbort);
    }

    get signal(): AbortSignal {
        return this.#joined.signal;
    }

    /** Lets go of the sources, some of which live as long as the process. It aborts no more. */
    release(): void {
        for (const source of this.#sources) source.removeEventListener("abort", this.#onAbort);
    }
}
