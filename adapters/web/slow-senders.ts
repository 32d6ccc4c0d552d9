import type { IncomingMessage } from "node:http";

const wholeWithinMs = 10_000;

/** Cuts off those who have not signed in and send a request bit by bit, only to hold the connection. */
export class SlowSenders {
    readonly #timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

    /** Gives a request ten seconds to be there as a whole. */
    watch(request: IncomingMessage): void {
        const timer = setTimeout(() => {
            if (!request.complete) request.destroy();
        }, wholeWithinMs);
        timer.unref();
        request.once("close", () => clearTimeout(timer));
        this.#timers.set(request, timer);
    }

    /** Lets a request take its time: a picture over a slow line. */
    trust(request: IncomingMessage): void {
        clearTimeout(this.#timers.get(request));
    }
}
