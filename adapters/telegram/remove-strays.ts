import { randomUUID } from "node:crypto";
import { isAppError } from "../../src/errors.ts";
import { describeError } from "../../src/log.ts";
import { withRetries } from "../../src/messaging/with-retries.ts";
import { refusalReason } from "./failures.ts";
import { type Doubt, fingerprint, type Send } from "./reply-state.ts";
import type { SendingBot } from "./sending-bot.ts";

/** Most messages that are looked at for one doubt. */
export const widestReach = 100;
/** Of these, how many just above the floor come first: mostly the message is among them. */
const firstAtFloor = 20;

/**
 * Removes the messages that Telegram did take, of sends that were in doubt and have been repeated.
 *
 * Telegram has no method that lists a chat, but its ids increase over all chats of a bot: those
 * between the doubt's ends are tried. A bot may delete what a patient wrote, so nothing is deleted
 * of which Telegram has not just said that it is the bot's own and holds the text that was sent:
 * the message is given a button for a moment, which Telegram refuses for messages of others, and
 * otherwise answers with the message.
 *
 * @throws As requests do; the search can begin anew then.
 */
export async function removeStrays(
    bot: SendingBot,
    chatId: number,
    { floor, reach, below, sends }: Doubt,
    isKnown: (id: number) => boolean,
    signal: AbortSignal,
): Promise<void> {
    const missing = [...sends];
    const isCrowded = bot.pace.queueMs > bot.timings.crowdedMs;
    const most = isCrowded ? Math.min(reach, firstAtFloor) : reach;
    let probes = 0;
    for (const id of candidates(floor, below ?? floor + reach + 1)) {
        if (isKnown(id)) continue;
        if (missing.length === 0 || probes >= most) break;
        probes += 1;
        await bot.pace.turn(signal);
        const found = await probe(bot, chatId, id, signal);
        if (found === undefined) continue;
        const index = missing.findIndex((send) => isCopy(send, found));
        if (index === -1) await restore(bot, chatId, id, signal);
        else if (await remove(bot, chatId, id, signal)) missing.splice(index, 1);
    }
    if (missing.length > 0 && probes >= most) {
        bot.logger.warn({ telegram: "stray", looked: probes }, sentence);
    }
}

/**
 * The ids between two others, the most likely ones first: right above the floor, unless the process
 * had just begun and knew no better floor than the patient's message; then from both ends.
 */
function* candidates(floor: number, below: number): Generator<number> {
    // Without a floor only the newest messages can be looked at.
    let low = floor > 0 ? floor + 1 : Math.max(1, below - widestReach);
    let high = below - 1;
    const firstEnd = low + firstAtFloor;
    for (let fromHigh = false; low <= high; fromHigh = !fromHigh) {
        if (fromHigh && low >= firstEnd) {
            yield high;
            high -= 1;
        } else {
            yield low;
            low += 1;
        }
    }
}

const sentence = "Telegram: a message that may stand in a chat twice was looked for in vain";

/** What Telegram says about a message of the bot. */
interface FoundMessage {
    readonly text?: string;
    readonly reply_to_message?: { readonly message_id: number };
}

function isCopy({ text, replyTo }: Send, { text: found, reply_to_message }: FoundMessage): boolean {
    if (found === undefined || fingerprint(found) !== text) return false;
    // Telegram leaves it out when the message that was answered is gone.
    const answered = reply_to_message?.message_id;
    return answered === undefined || answered === replyTo;
}

/** The message, if it is the bot's own in this chat. It has a button then. */
async function probe(
    bot: SendingBot,
    chatId: number,
    id: number,
    signal: AbortSignal,
): Promise<FoundMessage | undefined> {
    const mark = async (): Promise<unknown> =>
        await bot.client.call(
            "editMessageReplyMarkup",
            {
                chat_id: chatId,
                message_id: id,
                // New data every time: for an unchanged message there would be no answer.
                reply_markup: {
                    inline_keyboard: [[{ text: "…", callback_data: `stray:${randomUUID()}` }]],
                },
            },
            { signal },
        );
    try {
        const found = await withRetries(mark, bot.timings, signal);
        return typeof found === "object" && found !== null ? found : undefined;
    } catch (error) {
        if (isAppError(error, "platform-rejected")) return undefined;
        throw error;
    }
}

async function restore(
    bot: SendingBot,
    chatId: number,
    id: number,
    signal: AbortSignal,
): Promise<void> {
    const target = { chat_id: chatId, message_id: id };
    const empty = { ...target, reply_markup: { inline_keyboard: [] } };
    const unmark = (): Promise<unknown> =>
        bot.client.call("editMessageReplyMarkup", empty, { signal });
    try {
        await withRetries(unmark, bot.timings, signal);
    } catch (error) {
        if (refusalReason(error) === undefined) throw error;
    }
}

/** Gives whether the message is gone. */
async function remove(
    bot: SendingBot,
    chatId: number,
    id: number,
    signal: AbortSignal,
): Promise<boolean> {
    try {
        const target = { chat_id: chatId, message_id: id };
        const deletion = (): Promise<unknown> =>
            bot.client.call("deleteMessage", target, { signal });
        await withRetries(deletion, bot.timings, signal);
        return true;
    } catch (error) {
        if (refusalReason(error) === undefined) throw error;
        bot.logger.warn(describeError(error), "Telegram: a doubled message could not be removed");
        await restore(bot, chatId, id, signal);
        return false;
    }
}
