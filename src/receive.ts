import type { QueueSettings, ReplyParts } from "./assistant.ts";
import { persist } from "./conversation/persist.ts";
import { isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { ConversationKey, InboundMessage } from "./message.ts";
import type { Platform } from "./ports.ts";
import type { Inbox } from "./queue-ports.ts";
import { tellDelay } from "./tell-patient.ts";

/** What a {@link Receiver} needs. */
export interface ReceiverParts extends ReplyParts {
    readonly inbox: Inbox;
    readonly queue: Pick<QueueSettings, "tellWaitAbove">;
}

/**
 * Takes messages over from the platforms: stored before they are acknowledged. Tells patients, once,
 * when their answer will take long.
 */
export class Receiver {
    readonly #parts: ReceiverParts;
    readonly #signal: AbortSignal;
    /** Whose messages are not stored yet, and who know it. */
    readonly #delayed = new Set<ConversationKey>();
    /** Notices on their way. */
    readonly #telling = new Set<Promise<void>>();

    /** @param signal Ends the waiting for the store, and notices on their way. */
    constructor(parts: ReceiverParts, signal: AbortSignal) {
        this.#parts = parts;
        this.#signal = signal;
    }

    /**
     * Resolves when the message is stored: then the platform may forget it. While the store is away
     * the patient is told once and the call waits.
     *
     * @param options `urgent`: it does not wait for further messages.
     * @throws `aborted`, `store-failed`: the platform must deliver the message again.
     */
    async receive(
        message: InboundMessage,
        platform: Platform,
        options: { readonly urgent?: boolean } = {},
    ): Promise<void> {
        const { inbox, settings } = this.#parts;
        const delay = (error: unknown): Promise<void> =>
            this.#tellStoreAway(message, platform, error);
        try {
            const accept = (): ReturnType<Inbox["accept"]> => inbox.accept(message, options);
            const acceptance = await persist(accept, settings.retry, this.#signal, delay);
            this.#delayed.delete(message.conversation);
            if (acceptance !== "accepted" || message.command) return;
        } catch (error) {
            if (!isAppError(error, "aborted")) await delay(error);
            throw error;
        }
        // The platform does not wait for it: other patients' messages come behind.
        const telling = this.#tellLongWait(message, platform);
        this.#telling.add(telling);
        void telling.finally(() => this.#telling.delete(telling));
    }

    /** Resolves when all notices are out. */
    async idle(): Promise<void> {
        await Promise.all(this.#telling);
    }

    async #tellStoreAway(
        message: InboundMessage,
        platform: Platform,
        error: unknown,
    ): Promise<void> {
        this.#parts.logger.error(describeError(error), "a message waits for the store");
        if (this.#delayed.has(message.conversation)) return;
        this.#delayed.add(message.conversation);
        await tellDelay("delayed", message, platform, this.#parts, this.#signal);
    }

    /** Never fails. */
    async #tellLongWait(message: InboundMessage, platform: Platform): Promise<void> {
        const { inbox, queue, logger } = this.#parts;
        try {
            const { conversations, waitMs, workers } = await inbox.backlog();
            const isLong = conversations > queue.tellWaitAbove && waitMs > 0;
            if (workers > 0 && !isLong) return;
            if (!(await inbox.firstDelayNotice(message.conversation))) return;
            const name = workers > 0 ? "long-wait" : "delayed";
            const minutes = String(Math.max(1, Math.ceil(waitMs / 60_000)));
            await tellDelay(name, message, platform, this.#parts, this.#signal, { minutes });
        } catch (error) {
            logger.warn(describeError(error), "a long wait could not be told");
        }
    }
}
