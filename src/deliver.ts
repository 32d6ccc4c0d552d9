import type { AssistantParts } from "./assistant.ts";
import { persist } from "./conversation/persist.ts";
import { isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { ConversationChange, InboundMessage, Reply } from "./message.ts";
import type { Platform, ReplyWriter } from "./ports.ts";
import { addressOf, tellPatient } from "./tell-patient.ts";

/** A reply on its way. */
export interface Delivery {
    readonly message: InboundMessage;
    readonly platform: Platform;
    readonly writer: ReplyWriter;
    readonly reply: Reply;
    /** What is to be remembered of it. */
    readonly change?: ConversationChange;
}

/**
 * Stores and delivers; when the store is away, the patient comes first. Tries until both are done.
 * A patient who cannot be reached any more is given up; a reply that the platform refuses becomes
 * an apology.
 *
 * @throws `aborted`: the message must be answered again.
 */
export async function deliver(
    { message, platform, writer, reply, change }: Delivery,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<void> {
    const { store, settings, notices, logger } = parts;
    const remember = async (): Promise<void> => {
        if (change) await store.update(message.conversation, change);
    };
    const remembered = await remember().then(
        () => true,
        (error: unknown) => {
            logger.warn(describeError(error), "the turn is delivered before it is stored");
            return isAppError(error) && !error.retryable;
        },
    );
    try {
        await persist(() => writer.finish(reply, signal), settings.retry, signal);
    } catch (error) {
        if (isAppError(error, "aborted")) {
            await writer.abandon();
            throw error;
        }
        logger.warn(describeError(error), "a reply could not be delivered");
        if (isAppError(error, "platform-rejected")) {
            const { language } = reply;
            const sorry = { text: notices("failed", language), language };
            await tellPatient(sorry, addressOf(message), platform, parts, signal);
        }
    }
    if (remembered) return;
    try {
        await persist(remember, settings.retry, signal);
    } catch (error) {
        if (isAppError(error, "aborted")) throw error;
        logger.error(describeError(error), "a turn could not be stored");
    }
}
