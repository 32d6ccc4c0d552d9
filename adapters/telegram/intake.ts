import type { Update } from "telegraf/types";
import { describeError, type Logger } from "../../src/log.ts";
import type { InboundMessage } from "../../src/message.ts";
import type { BotClient } from "./bot-client.ts";
import { reportGroupNews } from "./group-news.ts";
import type { KnownMessages } from "./known-messages.ts";
import {
    type Bot,
    type Normalised,
    normaliseUpdate,
    privateMessageId,
} from "./normalise-update.ts";
import { RecentKeys } from "../../src/messaging/recent-keys.ts";

/** What taking messages needs. */
export interface IntakeParts {
    readonly client: BotClient;
    readonly logger: Logger;
    readonly known: KnownMessages;
    /** Longest time for the request that confirms a pressed button. */
    readonly confirmMs: number;
}

/** Hands patients' messages over, each once, for as long as a platform runs. */
export class Intake {
    readonly #parts: IntakeParts;
    readonly #receive: (message: InboundMessage) => Promise<void>;
    readonly #recent = new RecentKeys(2_000);
    readonly #confirmations = new Set<Promise<unknown>>();
    #groupMessages = 0;

    constructor(parts: IntakeParts, receive: (message: InboundMessage) => Promise<void>) {
        this.#parts = parts;
        this.#receive = receive;
    }

    /** Shows the message of an update, before its turn comes. Never fails. */
    glance(update: Update, bot: Bot, show: ((message: InboundMessage) => void) | undefined): void {
        const read = this.#read(update, bot);
        if (read.kind === "ignored") return;
        const { conversation, id, edit } = read.message;
        if (edit === true || !this.#recent.has(`${conversation} ${id}`)) show?.(read.message);
    }

    /** Resolves when the update may be acknowledged. Rejects as `receive` does. */
    async take(update: Update, bot: Bot): Promise<void> {
        const messageId = privateMessageId(update);
        if (messageId !== undefined) {
            this.#parts.known.see(messageId);
            this.#parts.known.add(messageId);
        }
        reportGroupNews(update, bot, this.#parts.logger);
        if ("callback_query" in update) this.#confirm(update.callback_query.id);
        const read = this.#read(update, bot);
        if (read.kind === "ignored") {
            if (read.reason === "group") this.#noteGroupMessage();
            return;
        }
        const { conversation, id, edit } = read.message;
        const key = `${conversation} ${id}`;
        // Edits of one message share its id: which of them is news, the inbox finds out.
        if (edit !== true && this.#recent.has(key)) return;
        await this.#receive(read.message);
        this.#recent.add(key);
    }

    /** An update of an unknown form is passed over: asking for it again would change nothing. */
    #read(update: Update, bot: Bot): Normalised {
        try {
            return normaliseUpdate(update, bot);
        } catch (error) {
            this.#parts.logger.error(describeError(error), "Telegram: an update could not be read");
            return { kind: "ignored", reason: "no-content" };
        }
    }

    /** Resolves when nothing runs any more. */
    async settled(): Promise<void> {
        await Promise.all(this.#confirmations);
    }

    /** Stops the waiting sign on a pressed button. The buttons stay: a patient may choose again. */
    #confirm(queryId: string): void {
        const { client, logger, confirmMs } = this.#parts;
        const query = { callback_query_id: queryId };
        const confirmation = client
            .call("answerCallbackQuery", query, { timeoutMs: confirmMs })
            .catch((error: unknown) => {
                logger.debug(describeError(error), "a pressed button was not confirmed");
            })
            .finally(() => this.#confirmations.delete(confirmation));
        this.#confirmations.add(confirmation);
    }

    #noteGroupMessage(): void {
        this.#groupMessages += 1;
        const entry = { telegram: "group", messages: this.#groupMessages };
        const sentence = "Telegram: the assistant answers in private chats only, not in groups";
        if (this.#groupMessages === 1) this.#parts.logger.warn(entry, sentence);
        else this.#parts.logger.debug(entry, sentence);
    }
}
