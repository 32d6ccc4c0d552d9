import type { InlineKeyboardMarkup } from "telegraf/types";
import { AppError, isAppError } from "../../src/errors.ts";
import type { Choice, Reply, ReplyAddress } from "../../src/message.ts";
import { Typing } from "../../src/messaging/typing.ts";
import type { Journal, ReplyWriter } from "../../src/ports.ts";
import { withDeadline, wait } from "../../src/wait.ts";
import { asAway } from "../../src/messaging/as-away.ts";
import { slowDown } from "./failures.ts";
import type { FormattedText } from "../../src/messaging/formatted-text.ts";
import { withRetries } from "../../src/messaging/with-retries.ts";
import { GrowingMessage } from "./growing-message.ts";
import { answeredMessage, chatOf, choiceData, floorOf } from "./normalise-update.ts";
import { publishChatMenu } from "./publish-menu.ts";
import { renderReply } from "./render-reply.ts";
import { ReplyRecord } from "./reply-record.ts";
import { editText, type TextExtras } from "./send-text.ts";
import type { SendingBot } from "./sending-bot.ts";

/**
 * One reply on Telegram. A `finish` that failed with a retryable error may be repeated with the
 * same reply, here or with the journal in another process: it goes on where it stopped. One that is
 * cancelled while its last part is being sent still ends well: the patient has the whole reply.
 */
export class TelegramReply implements ReplyWriter {
    readonly #bot: SendingBot;
    readonly #extras: TextExtras;
    readonly #typing: Typing;
    readonly #record: ReplyRecord;
    readonly #growing: GrowingMessage;

    constructor(bot: SendingBot, to: ReplyAddress, journal: Journal | undefined) {
        this.#bot = bot;
        const chatId = chatOf(to.conversation);
        const replyTo = answeredMessage(to.messageId);
        this.#extras = replyTo === undefined ? { chatId } : { chatId, replyTo };
        // A group counts its messages by itself, and others write there: none of it is searched.
        const floor = chatId < 0 ? "unknown" : floorOf(to.messageId);
        this.#record = new ReplyRecord(bot, chatId, floor, journal);
        this.#growing = new GrowingMessage(bot, this.#record, this.#extras);
        const action = { chat_id: chatId, action: "typing" } as const;
        this.#typing = new Typing({
            show: async (signal) =>
                void (await bot.client.call("sendChatAction", action, { signal })),
            delayMs: bot.timings.typingDelayMs,
            everyMs: bot.timings.typingMs,
        });
        this.#typing.start();
    }

    show(textSoFar: string): void {
        this.#growing.show(textSoFar);
    }

    async finish(reply: Reply, signal: AbortSignal): Promise<void> {
        this.#typing.start();
        try {
            const quietMs = await this.#growing.stop();
            if (quietMs > this.#bot.timings.longestRetryAfterMs) throw slowDown(quietMs);
            if (quietMs > 0) await wait(quietMs, signal);
            await this.#deliver(reply, signal);
            await this.#tidyUp(signal);
            const { chatId } = this.#extras;
            if (reply.menu) await publishChatMenu(chatId, reply.menu, this.#bot, signal);
        } catch (error) {
            // Without a journal the answer will be written anew: half of it must not stay till then.
            if (isAppError(error, "aborted") && !this.#record.isJournalled) await this.#retract();
            await this.#record.close();
            throw asAway(error);
        } finally {
            await this.#typing.stop();
        }
    }

    async abandon({ left = false }: { readonly left?: boolean } = {}): Promise<void> {
        await this.#growing.stop();
        await this.#typing.stop();
        if (left && this.#record.isJournalled) await this.#record.close();
        else await this.#retract();
    }

    async #deliver({ text, language, choices = [] }: Reply, signal: AbortSignal): Promise<void> {
        const parts = renderReply(text, language);
        if (parts.length === 0) {
            throw new AppError("platform-rejected", "There was nothing to see in a reply.");
        }
        const buttons = choices.length > 0 ? keyboard(choices) : undefined;
        while (this.#record.delivered < parts.length) {
            const index = this.#record.delivered;
            const { replyTo, ...plain } = this.#extras;
            const extras = {
                ...plain,
                ...(index === 0 && replyTo !== undefined ? { replyTo } : {}),
                ...(index === parts.length - 1 && buttons !== undefined ? { buttons } : {}),
            };
            const put = (): Promise<void> => this.#put(parts[index] ?? [], extras, signal);
            await withRetries(put, this.#bot.timings, signal);
        }
    }

    /** The first part replaces the growing message; the others are messages of their own. */
    async #put(part: FormattedText, extras: TextExtras, signal: AbortSignal): Promise<void> {
        this.#record.checkOwnership();
        const index = this.#record.delivered;
        const [grown] = this.#record.messages;
        if (index === 0 && grown !== undefined) {
            const outcome = await editText(this.#bot.client, grown, part, extras, { signal });
            if (outcome === "edited") return this.#record.countFirstPart();
            this.#record.forgetMessages();
        }
        if (signal.aborted) throw new AppError("aborted", "The reply was cancelled.");
        await this.#record.create(part, extras, index + 1);
    }

    /** The patient has the reply: without a journal there is nobody who could tidy up later. */
    async #tidyUp(signal: AbortSignal): Promise<void> {
        try {
            await this.#record.removeStrays(signal);
        } catch (error) {
            const passes = isAppError(error) && (error.retryable || error.code === "aborted");
            if (passes && this.#record.isJournalled) throw error;
        }
    }

    /** Deletes what the patient has seen of this reply, as far as that is possible. */
    async #retract(): Promise<void> {
        if (this.#record.isTakenOver) return;
        const ids = this.#record.messages;
        this.#record.forgetMessages();
        const { client, timings } = this.#bot;
        const { chatId } = this.#extras;
        await withDeadline(timings.closingMs, undefined, async (signal) => {
            for (const id of ids) {
                const target = { chat_id: chatId, message_id: id };
                const remove = (): Promise<unknown> =>
                    client.call("deleteMessage", target, { signal });
                await withRetries(remove, timings, signal).catch(() => undefined);
            }
            await this.#record.removeStrays(signal).catch(() => undefined);
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
