import { describeError, type Logger } from "../../src/log.ts";
import type { InboundMessage } from "../../src/message.ts";
import { ChatLanes } from "../../src/messaging/chat-lanes.ts";
import type { RecentKeys } from "../../src/messaging/recent-keys.ts";
import type { Backoff } from "../../src/wait.ts";
import { type Normalised, normaliseMessage, type Reader } from "./normalise-message.ts";

/** What taking messages needs. */
export interface IntakeParts {
    readonly receive: (message: InboundMessage) => Promise<void>;
    /** Sees a message at once, also while earlier ones of its chat wait. Never fails. */
    readonly glance?: (message: InboundMessage) => void;
    /** Marks a chat as read. Never fails. */
    readonly markSeen: (chat: string, takenId: string) => Promise<void>;
    /** What was taken already, also by an earlier run. */
    readonly taken: RecentKeys;
    readonly logger: Logger;
    readonly redeliver: Backoff;
}

/** Hands patients' messages over, each once, those of one chat one after another. */
export class Intake {
    readonly #parts: IntakeParts;
    readonly #lanes: ChatLanes;
    readonly #marks = new Set<Promise<void>>();
    readonly #waiting = new Set<string>();
    #groupNoted = false;

    /** @param signal Ends the handing over; what is not taken then stays unread. */
    constructor(parts: IntakeParts, signal: AbortSignal) {
        this.#parts = parts;
        const sentence = "WhatsApp: a message could not be stored; it is tried again";
        const { logger, redeliver } = parts;
        this.#lanes = new ChatLanes({ retry: redeliver, logger, sentence }, signal);
    }

    /** Takes a message as the library gives it. Returns at once. */
    add(raw: unknown, reader: Reader, isEdit = false): void {
        const read = this.#read(raw, reader);
        if (read.kind === "ignored") {
            if (read.reason === "group") this.#noteGroupMessage();
            return;
        }
        const { chat } = read;
        const message = isEdit ? { ...read.message, edit: true } : read.message;
        const key = `${message.conversation} ${message.id}`;
        // What waits to be stored is found again and again among the unread messages.
        if (!isEdit && this.#waiting.has(key)) return;
        if (!isEdit) this.#waiting.add(key);
        if (isEdit || !this.#parts.taken.has(key)) this.#parts.glance?.(message);
        const handled = this.#lanes
            .add(chat, () => this.#take(message))
            .then(async (isTaken) => {
                // What was not taken, and what came meanwhile, is found again among the unread.
                if (isTaken && !this.#lanes.isBusy(chat)) {
                    await this.#parts.markSeen(chat, message.id);
                }
            })
            .finally(() => {
                if (!isEdit) this.#waiting.delete(key);
                this.#marks.delete(handled);
            });
        this.#marks.add(handled);
    }

    /** Resolves when all is taken and marked, or the signal has ended it. Never fails. */
    async idle(): Promise<void> {
        await this.#lanes.idle();
        await Promise.all(this.#marks);
    }

    async #take(message: InboundMessage): Promise<void> {
        const key = `${message.conversation} ${message.id}`;
        // Edits of one message share its id: which of them is news, the inbox finds out.
        if (message.edit !== true && this.#parts.taken.has(key)) return;
        await this.#parts.receive(message);
        this.#parts.taken.add(key);
    }

    /** A message of an unknown form is passed over: it would not change by itself. */
    #read(raw: unknown, reader: Reader): Normalised {
        try {
            return normaliseMessage(raw, reader);
        } catch (error) {
            this.#parts.logger.error(describeError(error), "WhatsApp: a message could not be read");
            return { kind: "ignored", reason: "system" };
        }
    }

    #noteGroupMessage(): void {
        if (this.#groupNoted) return;
        this.#groupNoted = true;
        this.#parts.logger.info(
            { whatsapp: "group" },
            "WhatsApp: in groups the assistant answers only those who mention it or reply to it, and only if the settings allow it",
        );
    }
}
