import type { ReplyParts } from "./assistant.ts";
import { describeError } from "./log.ts";
import type { Alarm, InboundMessage, Language, Reply, ReplyAddress } from "./message.ts";
import type { Platform } from "./ports.ts";
import type { PromptName } from "./prompt/prompt-library.ts";
import { decideLanguage } from "./reply-language.ts";
import { alarmText } from "./screen-question.ts";

/** Sends a reply at once, beside those that wait for delivery. Never fails. */
export async function tellPatient(
    reply: Reply,
    to: ReplyAddress,
    platform: Platform,
    { logger }: ReplyParts,
    signal: AbortSignal,
): Promise<void> {
    try {
        await platform.startReply(to).finish(reply, signal);
    } catch (error) {
        logger.warn(describeError(error), "a notice could not be told");
    }
}

/** Tells the patient why a message is not answered now. Never fails. */
export async function tellDelay(
    name: PromptName & ("delayed" | "long-wait" | "flooded" | "not-listed"),
    message: InboundMessage,
    platform: Platform,
    parts: ReplyParts,
    signal: AbortSignal,
    values: Readonly<Record<string, string>> = {},
): Promise<void> {
    const language = languageOf(message, parts);
    const text = parts.notices(name, language, values);
    await tellPatient({ text, language, more: true }, addressOf(message), platform, parts, signal);
}

/** Gives the fixed message of an emergency or a crisis at once, past everything else. Never fails. */
export async function tellAlarm(
    alarm: Alarm,
    message: InboundMessage,
    platform: Platform,
    parts: ReplyParts,
    signal: AbortSignal,
): Promise<void> {
    const language = languageOf(message, parts);
    const reply = { text: alarmText(alarm, language, parts), language, more: true };
    await tellPatient(reply, addressOf(message), platform, parts, signal);
}

/** The language of a message, while nothing is known of its conversation. */
function languageOf(message: InboundMessage, { settings }: ReplyParts): Language {
    return decideLanguage(message, { turns: [] }, settings).language;
}

/** Where the reply to a message goes. */
export function addressOf({ conversation, id }: InboundMessage): ReplyAddress {
    return { conversation, messageId: id };
}
