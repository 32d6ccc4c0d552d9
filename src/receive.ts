import type { QueueSettings, ReplyParts } from "./assistant.ts";
import { persist } from "./conversation/persist.ts";
import { isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { ConversationKey, InboundMessage } from "./message.ts";
import type { Platform } from "./ports.ts";
import type { Backlog, Inbox } from "./queue-ports.ts";
import { tellDelay } from "./tell-patient.ts";
import { wait } from "./wait.ts";

/** What a {@link Receiver} needs. */
export interface ReceiverParts extends ReplyParts {
    readonly inbox: Inbox;
    readonly queue: Pick<QueueSettings, "tellWaitAbove">;
    /** A worker that is being restarted is back within this time. Default: 10 s. */
    readonly workerBackWithinMs?: number;
}

const workerBackWithinMs = 10_000;

/** A store that is back must not wait for those who wait for it. */
const longestPauseMs = 2_000;

/**
 * Takes messages over from the platforms: stored before they are acknowledged. Tells patients, once,
 * when their answer will take long.
 */
export class Receiver {
    readonly #parts: ReceiverParts;
    readonly #signal: AbortSignal;
    /** Whose messages are not stored yet, and who know it. */
    readonly #delayed = new Set<ConversationKey>();
    /** Who is perhaps being told that it takes long. */
    readonly #telling = new Map<ConversationKey, Promise<void>>();

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
            const { retry } = settings;
            const patience = { ...retry, mostMs: Math.min(retry.mostMs, longestPauseMs) };
            const acceptance = await persist(accept, patience, this.#signal, delay);
            this.#delayed.delete(message.conversation);
            if (acceptance !== "accepted" || message.command) return;
        } catch (error) {
            if (!isAppError(error, "aborted")) await delay(error);
            throw error;
        }
        const { conversation } = message;
        if (this.#telling.has(conversation)) return;
        // The platform does not wait for it: other patients' messages come behind.
        const telling = this.#tellLongWait(message, platform);
        this.#telling.set(conversation, telling);
        void telling.finally(() => this.#telling.delete(conversation));
    }

    /** Resolves when all notices are out. */
    async idle(): Promise<void> {
        await Promise.all(this.#telling.values());
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
            const { conversations, waitMs, workers } = await this.#backlog();
            const isLong = conversations > queue.tellWaitAbove && waitMs > 0;
            if (workers > 0 && !isLong) return;
            if (!(await inbox.firstDelayNotice(message.conversation))) return;
            const name = workers > 0 ? "long-wait" : "delayed";
            const minutes = String(Math.max(1, Math.ceil(waitMs / 60_000)));
            await tellDelay(name, message, platform, this.#parts, this.#signal, { minutes });
        } catch (error) {
            if (isAppError(error, "aborted")) return;
            logger.warn(describeError(error), "a long wait could not be told");
        }
    }

    async #backlog(): Promise<Backlog> {
        const { inbox, workerBackWithinMs: backWithinMs = workerBackWithinMs } = this.#parts;
        const backlog = await inbox.backlog();
        if (backlog.workers > 0) return backlog;
        await wait(backWithinMs, this.#signal);
        return await inbox.backlog();
    }
}
