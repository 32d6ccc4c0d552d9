import type { Logger } from "../../src/log.ts";

/**
 * Warnings about what may happen often: the first of its kind is a warning, then the tenth, the
 * hundredth and so on, with how many there were; all others are for debugging. Whoever calls the
 * webhook's address without end cannot fill the disk.
 */
export class CountedWarnings {
    readonly #logger: Logger;
    readonly #counts = new Map<string, number>();

    constructor(logger: Logger) {
        this.#logger = logger;
    }

    /** @param fields Nothing of a patient, nothing secret. */
    warn(kind: string, sentence: string, fields: Readonly<Record<string, unknown>> = {}): void {
        const times = (this.#counts.get(kind) ?? 0) + 1;
        this.#counts.set(kind, times);
        const level = /^10*$/.test(String(times)) ? "warn" : "debug";
        this.#logger[level]({ whatsapp: kind, times, ...fields }, sentence);
    }
}
