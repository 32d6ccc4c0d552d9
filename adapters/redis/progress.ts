/**
 * Passes the latest of a row of texts on, at once at first and then at most every `everyMs`. One
 * text is under way at a time: a slow line sees fewer of them, and none twice.
 */
export class Progress {
    readonly #pass: (text: string) => Promise<void>;
    readonly #everyMs: number;
    #latest: string | undefined;
    #timer: NodeJS.Timeout | undefined;
    #busy = false;
    #ended = false;

    /** @param pass must not fail. */
    constructor(pass: (text: string) => Promise<void>, everyMs: number) {
        this.#pass = pass;
        this.#everyMs = everyMs;
    }

    show(text: string): void {
        if (this.#ended) return;
        this.#latest = text;
        if (!this.#busy && this.#timer === undefined) void this.#next();
    }

    /** Nothing is passed on any more. */
    end(): void {
        this.#ended = true;
        clearTimeout(this.#timer);
    }

    async #next(): Promise<void> {
        this.#timer = undefined;
        const text = this.#latest;
        if (text === undefined || this.#ended) return;
        this.#latest = undefined;
        this.#busy = true;
        await this.#pass(text);
        this.#busy = false;
        if (!this.#ended) this.#timer = setTimeout(() => void this.#next(), this.#everyMs);
    }
}
