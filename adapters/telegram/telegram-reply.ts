import type { InlineKeyboardMarkup } from "telegraf/types";
import { AppError, isAppError } from "../../src/errors.ts";
import type { Choice, Reply, ReplyAddress } from "../../src/message.ts";
import type { ReplyWriter } from "../../src/ports.ts";
import { wait } from "../../src/wait.ts";
import { type BotClient, withRetries } from "./bot-client.ts";
import { asAway, slowDown } from "./failures.ts";
import type { FormattedText } from "./formatted-text.ts";
import { GrowingMessage } from "./growing-message.ts";
import { chatOf, choiceData } from "./normalise-update.ts";
import { renderReply } from "./render-reply.ts";
import { editText, sendText, type TextExtras } from "./send-text.ts";
import { type TelegramTimings, withDeadline } from "./timings.ts";
import { Typing } from "./typing.ts";

/**
 * One reply on Telegram. A `finish` that failed with a retryable error may be repeated with the
 * same reply: it goes on where it stopped. One that is cancelled while its last part is being sent
 * still ends well: the patient has the whole reply.
 */
export class TelegramReply implements ReplyWriter {
    readonly #client: BotClient;
    readonly #timings: TelegramTimings;
    readonly #extras: TextExtras;
    readonly #typing: Typing;
    readonly #growing: GrowingMessage;
    /** The messages of this reply that the patient sees. */
    #messageIds: number[] = [];
    #grownAdopted = false;
    /** How many parts of the reply are out. */
    #delivered = 0;

    constructor(client: BotClient, timings: TelegramTimings, to: ReplyAddress) {
        this.#client = client;
        this.#timings = timings;
        const chatId = chatOf(to.conversation);
        const replyTo = Number(to.messageId);
        // A pressed button is no message that could be shown as the one answered.
        this.#extras = Number.isInteger(replyTo) ? { chatId, replyTo } : { chatId };
        this.#growing = new GrowingMessage(client, timings, this.#extras);
        this.#typing = new Typing(client, timings, chatId);
        this.#typing.start();
    }

    show(textSoFar: string): void {
        this.#growing.show(textSoFar);
    }

    async finish(reply: Reply, signal: AbortSignal): Promise<void> {
        this.#typing.start();
        try {
            const quietMs = await this.#adoptGrowing();
            if (quietMs > this.#timings.longestRetryAfterMs) throw slowDown(quietMs);
            if (quietMs > 0) await wait(quietMs, signal);
            await this.#deliver(reply, signal);
        } catch (error) {
            // The answer will be written again later: half of it must not stay until then.
            if (isAppError(error, "aborted")) await this.#retract();
            throw asAway(error);
        } finally {
            await this.#typing.stop();
        }
    }

    async abandon(): Promise<void> {
        await this.#adoptGrowing();
        await this.#typing.stop();
        await this.#retract();
    }

    /**
     * Takes over the message in which the reply has grown so far, once. Gives how long Telegram
     * wants to be left alone.
     */
    async #adoptGrowing(): Promise<number> {
        const { messageId, quietMs } = await this.#growing.stop();
        if (!this.#grownAdopted && messageId !== undefined) this.#messageIds.push(messageId);
        this.#grownAdopted = true;
        return quietMs;
    }

    async #deliver({ text, language, choices = [] }: Reply, signal: AbortSignal): Promise<void> {
        const parts = renderReply(text, language);
        if (parts.length === 0) {
            throw new AppError("platform-rejected", "There was nothing to see in a reply.");
        }
        const buttons = choices.length > 0 ? keyboard(choices) : undefined;
        while (this.#delivered < parts.length) {
            const part = parts[this.#delivered] ?? [];
            const isLast = this.#delivered === parts.length - 1;
            const { replyTo, ...plain } = this.#extras;
            const extras = {
                ...plain,
                ...(this.#delivered === 0 && replyTo !== undefined ? { replyTo } : {}),
                ...(isLast && buttons !== undefined ? { buttons } : {}),
            };
            const put = (): Promise<void> => this.#put(part, extras, signal);
            await withRetries(put, this.#timings, signal);
            this.#delivered += 1;
        }
    }

    /** The first part replaces the growing message; the others are messages of their own. */
    async #put(part: FormattedText, extras: TextExtras, signal: AbortSignal): Promise<void> {
        const [grown] = this.#messageIds;
        if (this.#delivered === 0 && grown !== undefined) {
            const outcome = await editText(this.#client, grown, part, extras, { signal });
            if (outcome === "edited") return;
            this.#messageIds = [];
        }
        if (signal.aborted) throw new AppError("aborted", "The reply was cancelled.");
        // Not cancelled while under way: a message whose id is unknown could not be taken back.
        this.#messageIds.push(await sendText(this.#client, part, extras, {}));
    }

    /** Deletes what the patient has seen of this reply, as far as that is possible. */
    async #retract(): Promise<void> {
        const ids = this.#messageIds;
        this.#messageIds = [];
        this.#delivered = 0;
        const { chatId } = this.#extras;
        await withDeadline(this.#timings.closingMs, undefined, async (signal) => {
            for (const id of ids) {
                const remove = (): Promise<unknown> =>
                    this.#client.call(
                        "deleteMessage",
                        { chat_id: chatId, message_id: id },
                        { signal },
                    );
                await withRetries(remove, this.#timings, signal).catch(() => undefined);
            }
        });
    }
}

function keyboard(choices: readonly Choice[]): InlineKeyboardMarkup {
    return {
        inline_keyboard: choices.map(({ label, command }) => [
            { text: label, callback_data: choiceData(command) },
        ]),
    };
}
