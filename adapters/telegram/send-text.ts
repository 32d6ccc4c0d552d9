import type { InlineKeyboardMarkup } from "telegraf/types";
import { isAppError } from "../../src/errors.ts";
import type { BotClient, BotPayload, CallOptions } from "./bot-client.ts";
import { refusalReason } from "./failures.ts";
import { type FormattedText, plainText } from "../../src/messaging/formatted-text.ts";
import { writeHtml } from "./write-html.ts";

/** What goes with a text. */
export interface TextExtras {
    readonly chatId: number;
    /** The message that is answered. */
    readonly replyTo?: number;
    readonly buttons?: InlineKeyboardMarkup;
}

/**
 * Sends a text as a new message and gives the message's id.
 *
 * @throws As {@link BotClient.call} does.
 */
export async function sendText(
    client: BotClient,
    formatted: FormattedText,
    { chatId, replyTo, buttons }: TextExtras,
    options: CallOptions,
): Promise<number> {
    return await withPlainFallback(formatted, async (text) => {
        const sent = await client.call(
            "sendMessage",
            {
                chat_id: chatId,
                ...text,
                link_preview_options: { is_disabled: true },
                ...(buttons === undefined ? {} : { reply_markup: buttons }),
                ...(replyTo === undefined
                    ? {}
                    : {
                          reply_parameters: {
                              message_id: replyTo,
                              allow_sending_without_reply: true,
                          },
                      }),
            },
            options,
        );
        return sent.message_id;
    });
}

/**
 * Gives a sent message another text. `gone`: the message can no longer be changed, for example
 * because the patient has deleted it.
 *
 * @throws As {@link BotClient.call} does.
 */
export async function editText(
    client: BotClient,
    messageId: number,
    formatted: FormattedText,
    { chatId, buttons }: TextExtras,
    options: CallOptions,
): Promise<"edited" | "gone"> {
    try {
        await withPlainFallback(formatted, (text) =>
            client.call(
                "editMessageText",
                {
                    chat_id: chatId,
                    message_id: messageId,
                    ...text,
                    link_preview_options: { is_disabled: true },
                    ...(buttons === undefined ? {} : { reply_markup: buttons }),
                },
                options,
            ),
        );
        return "edited";
    } catch (error) {
        const reason = refusalReason(error);
        if (reason === "edit-unchanged") return "edited";
        if (reason === "edit-impossible") return "gone";
        throw error;
    }
}

/** A formatting that Telegram does not accept must not cost the patient the answer. */
async function withPlainFallback<Result>(
    formatted: FormattedText,
    send: (text: Pick<BotPayload<"sendMessage">, "text" | "parse_mode">) => Promise<Result>,
): Promise<Result> {
    try {
        return await send({ text: writeHtml(formatted), parse_mode: "HTML" });
    } catch (error) {
        const unexplained = refusalReason(error) === "other";
        if (!isAppError(error, "platform-rejected") || !unexplained) throw error;
        return await send({ text: plainText(formatted) });
    }
}
