import type { ReplyParts } from "./assistant.ts";
import { describeError } from "./log.ts";
import type { InboundMessage, Reply, ReplyAddress } from "./message.ts";
import type { Platform } from "./ports.ts";
import type { PromptName } from "./prompt/prompt-library.ts";
import { decideLanguage } from "./reply-language.ts";

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

/** Tells the patient why the answer to a message will come later. Never fails. */
export async function tellDelay(
    name: PromptName & ("delayed" | "long-wait"),
    message: InboundMessage,
    platform: Platform,
    parts: ReplyParts,
    signal: AbortSignal,
    values: Readonly<Record<string, string>> = {},
): Promise<void> {
    const { language } = decideLanguage(message, { turns: [] }, parts.settings);
    const text = parts.notices(name, language, values);
    await tellPatient({ text, language, more: true }, addressOf(message), platform, parts, signal);
}

/** Where the reply to a message goes. */
export function addressOf({ conversation, id }: InboundMessage): ReplyAddress {
    return { conversation, messageId: id };
}
