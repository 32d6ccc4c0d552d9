import { Refusal } from "./bot-api-chats.ts";

/** An update on its way to the bot. */
export interface QueuedUpdate {
    readonly update_id: number;
    readonly [kind: string]: unknown;
}

/** The updates of one bot: each is given out until a request's offset acknowledges it. */
export class BotApiUpdates {
    #queue: QueuedUpdate[] = [];
    #lastId = 1_000;
    #waiting: { readonly wake: () => void; readonly replace: () => void } | undefined;

    /** Updates that are not acknowledged. */
    get pending(): readonly QueuedUpdate[] {
        return this.#queue;
    }

    /** Queues an update. */
    push(content: object): void {
        this.#lastId += 1;
        this.#queue.push({ ...content, update_id: this.#lastId });
        this.#waiting?.wake();
    }

    /** `getUpdates`; a newer request ends an older one with a conflict. */
    async take(
        { offset = 0, limit = 100, timeout = 0 }: Readonly<Record<string, number>>,
        closed: AbortSignal,
    ): Promise<readonly QueuedUpdate[]> {
        this.#waiting?.replace();
        this.#queue = this.#queue.filter(({ update_id: id }) => id >= offset);
        if (this.#queue.length === 0 && timeout > 0) await this.#wait(timeout * 1000, closed);
        return this.#queue.slice(0, limit);
    }

    async #wait(timeoutMs: number, closed: AbortSignal): Promise<void> {
        await new Promise<void>((resolve, reject) => {
            const end = (settle: () => void) => (): void => {
                clearTimeout(timer);
                if (this.#waiting === waiting) this.#waiting = undefined;
                settle();
            };
            const conflict =
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
            const waiting = {
                wake: end(resolve),
                replace: end(() => reject(new Refusal(409, conflict))),
            };
            const timer = setTimeout(waiting.wake, timeoutMs);
            closed.addEventListener("abort", waiting.wake, { once: true });
            this.#waiting = waiting;
        });
    }
}
