import type { AssistantParts } from "./assistant.ts";
import { Lanes } from "./conversation/lanes.ts";
import { isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { InboundMessage } from "./message.ts";
import type { Platform } from "./ports.ts";
import { answerMessage } from "./reply.ts";

/**
 * Answers messages in this process, without the queue: for terminals, where somebody waits and no
 * message need outlive the process. Those of one conversation are answered one after another.
 */
export class DirectAnswers {
    readonly #current: () => AssistantParts;
    readonly #signal: AbortSignal;
    readonly #lanes = new Lanes();

    /**
     * @param current Asked for at each message: the clinic may change its settings.
     * @param signal Cancels running answers.
     */
    constructor(current: () => AssistantParts, signal: AbortSignal) {
        this.#current = current;
        this.#signal = signal;
    }

    /** Begins to answer. Never fails: what goes wrong is told to the patient, or logged. */
    receive(message: InboundMessage, platform: Platform): void {
        const answered = this.#lanes.run(message.conversation, () =>
            answerMessage(message, platform, this.#current(), this.#signal),
        );
        void answered.catch((error: unknown) => {
            if (isAppError(error, "aborted")) return;
            this.#current().logger.error(describeError(error), "a message is unanswered");
        });
    }

    /** Resolves when every message so far is answered or cancelled. */
    async idle(): Promise<void> {
        await this.#lanes.idle();
    }
}
