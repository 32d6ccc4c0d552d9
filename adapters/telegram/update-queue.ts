import type { Update } from "telegraf/types";
import type { Logger } from "../../src/log.ts";
import { ChatLanes } from "../../src/messaging/chat-lanes.ts";
import { chatIdOf } from "./normalise-update.ts";
import type { TelegramTimings } from "./timings.ts";

/** What becomes of the updates. */
export interface UpdateHandling {
    /** Handles one update; when it rejects, it is called again after a pause. */
    readonly handle: (update: Update) => Promise<void>;
    /** Sees an update at once, also while earlier ones of its chat wait. Never fails. */
    readonly glance?: (update: Update) => void;
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
    readonly #lanes: ChatLanes;
    readonly #open = new Set<number>();
    /** Handled lately, or after an open one: Telegram gives them out again. */
    readonly #handled = new Set<number>();
    #next = 0;

    /** @param signal Ends the handling; what is open then stays open. */
    constructor(handling: UpdateHandling, signal: AbortSignal) {
        this.#handling = handling;
        const { timings, logger } = handling;
        const sentence = "a Telegram message waits to be stored";
        this.#lanes = new ChatLanes({ retry: timings.redeliver, logger, sentence }, signal);
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
            const chat = String(chatIdOf(update) ?? 0);
            this.#handling.glance?.(update);
            void this.#lanes.add(chat, () => this.#handle(update));
        }
    }

    /** Resolves when all updates are handled, or the signal has ended the handling. Never fails. */
    async idle(): Promise<void> {
        await this.#lanes.idle();
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
        const id = update.update_id;
        await this.#handling.handle(update);
        this.#open.delete(id);
        this.#handled.add(id);
        if (this.#open.size === 0) this.#forgetOldest();
    }
}
