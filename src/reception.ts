import type { AssistantParts } from "./assistant.ts";
import { Lanes } from "./conversation/lanes.ts";
import { persist } from "./conversation/persist.ts";
import { isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { InboundMessage } from "./message.ts";
import type { Platform } from "./ports.ts";
import { answerMessage, tellDelay } from "./reply.ts";

/**
 * Takes messages over from the platforms and has them answered: stored before they are
 * acknowledged, each once, those of one conversation one after another.
 */
export class Reception {
    readonly #parts: AssistantParts;
    readonly #signal: AbortSignal;
    readonly #lanes = new Lanes();
    /** Messages that this process has taken and not settled. */
    readonly #taken = new Set<string>();

    /** @param signal Ends running answers; their messages stay in the inbox. */
    constructor(parts: AssistantParts, signal: AbortSignal) {
        this.#parts = parts;
        this.#signal = signal;
    }

    /**
     * Resolves when the message is stored: then the platform may forget it. While the store is away
     * the patient is told once and the call waits.
     *
     * @throws `aborted`: the platform must deliver the message again.
     */
    async receive(message: InboundMessage, platform: Platform): Promise<void> {
        let told = false;
        const outcome = await persist(
            () => this.#parts.inbox.accept(message),
            this.#parts.settings.retry,
            this.#signal,
            async (error) => {
                this.#parts.logger.error(describeError(error), "a message waits for the store");
                if (!told) await tellDelay(message, platform, this.#parts, this.#signal);
                told = true;
            },
        );
        if (outcome === "accepted") this.#answer(message, platform);
    }

    /**
     * Answers what a crash or stop left behind, on those platforms that run again. Resolves when all
     * of it is taken over, or when the signal aborts while the store is away.
     */
    async recover(platforms: readonly Platform[]): Promise<void> {
        const { inbox, settings, logger } = this.#parts;
        let left: readonly InboundMessage[] = [];
        try {
            left = await persist(() => inbox.unsettled(), settings.retry, this.#signal);
        } catch (error) {
            if (isAppError(error, "aborted")) return;
            logger.error(describeError(error), "the inbox could not be read");
        }
        for (const message of left) {
            const platform = platforms.find(({ name }) =>
                message.conversation.startsWith(`${name}:`),
            );
            if (platform) this.#answer(message, platform);
        }
    }

    /** Resolves when every message taken so far is answered or cancelled. */
    async idle(): Promise<void> {
        await this.#lanes.idle();
    }

    #answer(message: InboundMessage, platform: Platform): void {
        const { inbox, logger, settings } = this.#parts;
        const name = `${message.conversation} ${message.id}`;
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
