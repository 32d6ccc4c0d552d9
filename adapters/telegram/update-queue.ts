import type { Update } from "telegraf/types";
import { describeError, type Logger } from "../../src/log.ts";
import { wait } from "../../src/wait.ts";
import { chatIdOf } from "./normalise-update.ts";
import { backoffMs, type TelegramTimings } from "./timings.ts";

/** What becomes of the updates. */
export interface UpdateHandling {
    /** Handles one update; when it rejects, it is called again after a pause. */
    readonly handle: (update: Update) => Promise<void>;
    readonly timings: TelegramTimings;
    readonly logger: Logger;
}

/** Handled updates that are remembered while none is open. */
const mostHandled = 1_000;

/**
 * The updates that were received and not handled yet: those of one chat are handled one after
 * another, different chats side by side. Knows how far Telegram may forget them.
 */
export class UpdateQueue {
    readonly #handling: UpdateHandling;
    readonly #signal: AbortSignal;
    readonly #lanes = new Map<number, Promise<void>>();
    readonly #open = new Set<number>();
    /** Handled lately, or after an open one: Telegram gives them out again. */
    readonly #handled = new Set<number>();
    #next = 0;

    /** @param signal Ends the handling; what is open then stays open. */
    constructor(handling: UpdateHandling, signal: AbortSignal) {
        this.#handling = handling;
        this.#signal = signal;
    }

    /** The first update that is not handled: asking for it acknowledges all before it. */
    get offset(): number {
        return this.#open.size === 0 ? this.#next : Math.min(...this.#open);
    }

    /** Takes updates over, as Telegram gives them out: in order, some of them again. */
    add(updates: readonly Update[]): void {
        for (const update of updates) {
            const id = update.update_id;
            this.#next = id + 1;
            if (this.#open.has(id) || this.#handled.has(id)) continue;
            this.#open.add(id);
            const chat = chatIdOf(update) ?? 0;
            const before = this.#lanes.get(chat) ?? Promise.resolve();
            const lane = before
                .then(() => this.#handle(update))
                .finally(() => {
                    if (this.#lanes.get(chat) === lane) this.#lanes.delete(chat);
                });
            this.#lanes.set(chat, lane);
        }
    }

    /** Resolves when all updates are handled, or the signal has ended the handling. Never fails. */
    async idle(): Promise<void> {
        await Promise.all(this.#lanes.values());
    }

    /**
     * Not all: an answer of Telegram that was under way meanwhile holds some of them once more. Not by
     * their numbers: after a quiet week Telegram may begin with lower ones.
     */
    #forgetOldest(): void {
        for (const id of this.#handled) {
            if (this.#handled.size <= mostHandled) return;
            this.#handled.delete(id);
        }
    }

    async #handle(update: Update): Promise<void> {
        const { handle, timings, logger } = this.#handling;
        const id = update.update_id;
        for (let failures = 1; !this.#signal.aborted; failures += 1) {
            try {
                await handle(update);
                this.#open.delete(id);
                this.#handled.add(id);
                if (this.#open.size === 0) this.#forgetOldest();
                return;
            } catch (error) {
                if (this.#signal.aborted) return;
                logger.warn(describeError(error), "a Telegram message waits to be stored");
            }
            await wait(backoffMs(failures, timings.redeliver), this.#signal).catch(() => undefined);
        }
    }
}
