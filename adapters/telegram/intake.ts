import type { Update } from "telegraf/types";
import { describeError, type Logger } from "../../src/log.ts";
import type { InboundMessage } from "../../src/message.ts";
import type { BotClient } from "./bot-client.ts";
import { type Bot, type Normalised, normaliseUpdate } from "./normalise-update.ts";
import { RecentKeys } from "./recent-keys.ts";

/** Hands patients' messages over, each once, for as long as a platform runs. */
export class Intake {
    readonly #client: BotClient;
    readonly #logger: Logger;
    readonly #receive: (message: InboundMessage) => Promise<void>;
    readonly #recent = new RecentKeys(2_000);
    readonly #confirmations = new Set<Promise<unknown>>();
    #groupMessages = 0;

    constructor(
        client: BotClient,
        logger: Logger,
        receive: (message: InboundMessage) => Promise<void>,
    ) {
        this.#client = client;
        this.#logger = logger;
        this.#receive = receive;
    }

    /** Resolves when the update may be acknowledged. Rejects as `receive` does. */
    async take(update: Update, bot: Bot): Promise<void> {
        if ("callback_query" in update) this.#confirm(update.callback_query.id);
        const read = this.#read(update, bot);
        if (read.kind === "ignored") {
            if (read.reason === "group") this.#noteGroupMessage();
            return;
        }
        const key = `${read.message.conversation} ${read.message.id}`;
        if (this.#recent.has(key)) return;
        await this.#receive(read.message);
        this.#recent.add(key);
    }

    /** An update of an unknown form is passed over: asking for it again would change nothing. */
    #read(update: Update, bot: Bot): Normalised {
        try {
            return normaliseUpdate(update, bot);
        } catch (error) {
            this.#logger.error(describeError(error), "Telegram: an update could not be read");
            return { kind: "ignored", reason: "no-content" };
        }
    }

    /** Resolves when nothing runs any more. */
    async settled(): Promise<void> {
        await Promise.all(this.#confirmations);
    }

    /** Stops the waiting sign on a pressed button. The buttons stay: a patient may choose again. */
    #confirm(queryId: string): void {
        const confirmation = this.#client
            .call("answerCallbackQuery", { callback_query_id: queryId })
            .catch((error: unknown) => {
                this.#logger.debug(describeError(error), "a pressed button was not confirmed");
            })
            .finally(() => this.#confirmations.delete(confirmation));
        this.#confirmations.add(confirmation);
    }

    #noteGroupMessage(): void {
        this.#groupMessages += 1;
        const entry = { telegram: "group", messages: this.#groupMessages };
        const sentence = "Telegram: the assistant answers in private chats only, not in groups";
        if (this.#groupMessages === 1) this.#logger.warn(entry, sentence);
        else this.#logger.debug(entry, sentence);
    }
}
