import type { ReplyParts } from "./assistant.ts";
import { describeError } from "./log.ts";
import type { Alarm, InboundMessage, Reply, ReplyAddress } from "./message.ts";
import type { Platform } from "./ports.ts";
import type { PromptName } from "./prompt/prompt-library.ts";
import { decideLanguage, type KnownLanguage } from "./reply-language.ts";
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

/** Why a message is not answered now. */
export type DelayNotice = PromptName & ("delayed" | "long-wait" | "flooded" | "not-listed");

/** What a notice says, and to whom. */
export interface NoticeDetails {
    readonly values?: Readonly<Record<string, string>>;
    readonly known?: KnownLanguage;
}

/** Tells the patient why a message is not answered now. Never fails. */
export async function tellDelay(
    name: DelayNotice,
    message: InboundMessage,
    platform: Platform,
    parts: ReplyParts,
    signal: AbortSignal,
    { values = {}, known = {} }: NoticeDetails = {},
): Promise<void> {
    const { language } = decideLanguage(message, { turns: [] }, parts.settings, known);
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
    known: KnownLanguage = {},
): Promise<void> {
    const { language } = decideLanguage(message, { turns: [] }, parts.settings, known);
    const reply = { text: alarmText(alarm, language, parts), language, more: true };
    await tellPatient(reply, addressOf(message), platform, parts, signal);
}

/** Where the reply to a message goes. */
export function addressOf({ conversation, id }: InboundMessage): ReplyAddress {
    return { conversation, messageId: id };
}
