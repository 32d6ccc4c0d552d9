import { pause } from "./pause.ts";

/** How much each new turn counts in the average of their durations. */
const newTurnWeight = 0.2;

/** How busy this process is. */
export class WorkerLoad {
    #busy = 0;
    #turnMs: number | undefined;
    #told = true;

    /** A turn has begun. Call what is returned when it has ended. */
    begin(): (outcome: "answered" | "not answered") => void {
        const beganAtMs = performance.now();
        this.#busy++;
        this.#told = false;
        return (outcome) => {
            this.#busy--;
            this.#told = false;
            if (outcome === "not answered") return;
            const tookMs = performance.now() - beganAtMs;
            this.#turnMs =
                this.#turnMs === undefined
                    ? tookMs
                    : this.#turnMs + newTurnWeight * (tookMs - this.#turnMs);
        };
    }

    /** The state, which counts as told from now on. */
    tell(): { readonly busy: number; readonly turnMs?: number } {
        this.#told = true;
        const turnMs = this.#turnMs;
        return {
            busy: this.#busy,
            ...(turnMs === undefined ? {} : { turnMs: Math.round(turnMs) }),
        };
    }

    /** Waits until it is time to tell: after `mostMs`, or after a change, yet not too often. */
    async untilNews(leastMs: number, mostMs: number, signal: AbortSignal): Promise<void> {
        const endMs = performance.now() + mostMs;
        while (!signal.aborted && performance.now() < endMs) {
            await pause(Math.min(leastMs, mostMs), signal);
            if (!this.#told) return;
        }
    }
}
