import { isAppError } from "../errors.ts";
import { wait } from "../wait.ts";

/** How "typing" is shown. */
export interface TypingParts {
    /** Shows it once; the platform hides it by itself after a while. */
    readonly show: (signal: AbortSignal) => Promise<void>;
    /** An answer that is out sooner needs no "typing". */
    readonly delayMs: number;
    /** Between two times; a little less than the platform shows it. */
    readonly everyMs: number;
}

/** Shows a patient that an answer is being written. */
export class Typing {
    readonly #parts: TypingParts;
    #delay: NodeJS.Timeout | undefined;
    #shown: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;

    constructor(parts: TypingParts) {
        this.#parts = parts;
    }

    /** Shows it from now on, unless it ends at once. */
    start(): void {
        if (this.#delay || this.#shown) return;
        this.#delay = setTimeout(() => {
            this.#delay = undefined;
            const controller = new AbortController();
            this.#shown = { controller, ended: this.#keepShowing(controller.signal) };
        }, this.#parts.delayMs);
    }

    /** Stops showing it. Resolves when no request is under way. Never fails. */
    async stop(): Promise<void> {
        clearTimeout(this.#delay);
        this.#delay = undefined;
        const shown = this.#shown;
        this.#shown = undefined;
        shown?.controller.abort();
        await shown?.ended;
    }

    async #keepShowing(signal: AbortSignal): Promise<void> {
        try {
            for (;;) await wait(await this.#show(signal), signal);
        } catch {
            // Stopped, or the patient cannot be reached: whoever sends the answer finds out.
        }
    }

    /** Gives how long to wait before showing it again. */
    async #show(signal: AbortSignal): Promise<number> {
        const { show, everyMs } = this.#parts;
        try {
            await show(signal);
            return everyMs;
        } catch (error) {
            if (!isAppError(error) || !error.retryable) throw error;
            return Math.max(everyMs, error.retryAfterMs ?? 0);
        }
    }
}
