import { describeError, type Logger } from "../log.ts";
import { type Backoff, backoffMs, wait } from "../wait.ts";

/** How messages are handled. */
export interface LaneParts {
    /** Between two tries to handle one message. */
    readonly retry: Backoff;
    readonly logger: Logger;
    /** What the log says when a message could not be handled; holds nothing of the message. */
    readonly sentence: string;
}

/** Handles the messages of one chat one after another, those of different chats side by side. */
export class ChatLanes {
    readonly #parts: LaneParts;
    readonly #signal: AbortSignal;
    readonly #lanes = new Map<string, Promise<boolean>>();

    /** @param signal Ends the handling; what is not handled then stays so. */
    constructor(parts: LaneParts, signal: AbortSignal) {
        this.#parts = parts;
        this.#signal = signal;
    }

    /**
     * Calls `handle` when everything before it in the chat has been handled, and again after growing
     * pauses for as long as it fails. Resolves with whether it was handled before the signal. Never
     * fails.
     */
    add(chat: string, handle: () => Promise<void>): Promise<boolean> {
        const before = this.#lanes.get(chat) ?? Promise.resolve(true);
        const lane = before
            .then(() => this.#handle(handle))
            .finally(() => {
                if (this.#lanes.get(chat) === lane) this.#lanes.delete(chat);
            });
        this.#lanes.set(chat, lane);
        return lane;
    }

    /** Whether something of the chat is being handled, or waits for it. */
    isBusy(chat: string): boolean {
        return this.#lanes.has(chat);
    }

    /** Resolves when all is handled, or the signal has ended the handling. Never fails. */
    async idle(): Promise<void> {
        await Promise.all(this.#lanes.values());
    }

    async #handle(handle: () => Promise<void>): Promise<boolean> {
        const { retry, logger, sentence } = this.#parts;
        for (let failures = 1; !this.#signal.aborted; failures += 1) {
            try {
                await handle();
                return true;
            } catch (error) {
                if (this.#signal.aborted) return false;
                logger.warn(describeError(error), sentence);
            }
            await wait(backoffMs(failures, retry), this.#signal).catch(() => undefined);
        }
        return false;
    }
}
