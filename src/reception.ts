import type { AssistantParts } from "./assistant.ts";
import { Lanes } from "./conversation/lanes.ts";
import { persist } from "./conversation/persist.ts";
import { isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { InboundMessage } from "./message.ts";
import type { Inbox, Platform } from "./ports.ts";
import { tellDelay } from "./tell-patient.ts";
import { answerMessage } from "./reply.ts";

/**
 * Takes messages over from the platforms and has them answered: stored before they are
 * acknowledged, each once, those of one conversation one after another.
 */
export class Reception {
    readonly #parts: AssistantParts;
    readonly #inbox: Inbox;
    readonly #signal: AbortSignal;
    readonly #lanes = new Lanes();
    /** Messages that this process has taken and not settled. */
    readonly #taken = new Set<string>();
    /** Messages that are not stored yet, and whose patients know it. */
    readonly #delayed = new Set<string>();

    /** @param signal Ends running answers; their messages stay in the inbox. */
    constructor(parts: AssistantParts, signal: AbortSignal) {
        if (!parts.inbox) throw new TypeError("A reception needs an inbox.");
        this.#parts = parts;
        this.#inbox = parts.inbox;
        this.#signal = signal;
    }

    /**
     * Resolves when the message is stored: then the platform may forget it. While the store is away
     * the patient is told once and the call waits.
     *
     * @throws `aborted`, `store-failed`: the platform must deliver the message again.
     */
    async receive(message: InboundMessage, platform: Platform): Promise<void> {
        const inbox = this.#inbox;
        const { settings, logger } = this.#parts;
        const delay = async (error: unknown): Promise<void> => {
            logger.error(describeError(error), "a message waits for the store");
            if (this.#delayed.has(nameOf(message))) return;
            this.#delayed.add(nameOf(message));
            await tellDelay("delayed", message, platform, this.#parts, this.#signal);
        };
        try {
            const accept = (): ReturnType<typeof inbox.accept> => inbox.accept(message);
            const outcome = await persist(accept, settings.retry, this.#signal, delay);
            this.#delayed.delete(nameOf(message));
            if (outcome === "accepted") this.#answer(message, platform);
        } catch (error) {
            if (!isAppError(error, "aborted")) await delay(error);
            throw error;
        }
    }

    /**
     * Answers what a crash or stop left behind, on those platforms that run again. Resolves when all
     * of it is taken over, or when the signal aborts while the store is away.
     */
    async recover(platforms: readonly Platform[]): Promise<void> {
        const inbox = this.#inbox;
        const { settings, logger } = this.#parts;
        let left: readonly InboundMessage[] = [];
        try {
            left = await persist(() => inbox.unsettled(), settings.retry, this.#signal);
        } catch (error) {
            if (isAppError(error, "aborted")) return;
            logger.error(describeError(error), "the inbox could not be read");
        }
        for (const message of left) {
            const platform = platforms.find(({ account }) =>
                message.conversation.startsWith(`${account}:`),
            );
            if (platform) this.#answer(message, platform);
        }
    }

    /** Resolves when every message taken so far is answered or cancelled. */
    async idle(): Promise<void> {
        await this.#lanes.idle();
    }

    #answer(message: InboundMessage, platform: Platform): void {
        const inbox = this.#inbox;
        const { logger, settings } = this.#parts;
        const name = nameOf(message);
        if (this.#taken.has(name)) return;
        this.#taken.add(name);
        const answered = this.#lanes.run(message.conversation, async () => {
            await answerMessage(message, platform, this.#parts, this.#signal);
            await persist(() => inbox.settle(message), settings.retry, this.#signal);
        });
        void answered
            .catch((error: unknown) => {
                if (isAppError(error, "aborted")) return;
                logger.error(describeError(error), "a message is unanswered until the next start");
            })
            .finally(() => this.#taken.delete(name));
    }
}

function nameOf({ conversation, id }: InboundMessage): string {
    return `${conversation} ${id}`;
}
