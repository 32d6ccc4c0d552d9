/**
 * How a message is answered in the process that received it: in a terminal, where somebody waits.
 * Messages of messengers go through the queue: src/receive.ts, answer-turn.ts, deliver-reply.ts.
 */
import type { AssistantParts } from "./assistant.ts";
import { persist } from "./conversation/persist.ts";
import { deliver } from "./deliver.ts";
import type { Draft } from "./draft.ts";
import { draftAnswer, draftApology, draftCommandReply } from "./draft-reply.ts";
import { AppError, isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { Conversation, ConversationChange, InboundMessage } from "./message.ts";
import { takePictures } from "./pictures.ts";
import type { Platform } from "./ports.ts";
import { findAlarm } from "./admit-message.ts";
import { screenQuestion } from "./screen-question.ts";
import { addressOf, tellAlarm, tellDelay } from "./tell-patient.ts";

/** How a message ended. */
export type Answer = Omit<Draft, "change">;

/**
 * Answers one message on its platform: reads the conversation, drafts the reply, stores the turns
 * and delivers. Whatever goes wrong, the patient gets a sentence in the right language.
 *
 * @throws `aborted` when the signal ended it before the reply was out: the message is unanswered.
 */
export async function answerMessage(
    message: InboundMessage,
    platform: Platform,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<Answer> {
    const { model, logger } = parts;
    const writer = platform.startReply(addressOf(message));
    let conversation: Conversation = { turns: [] };
    let draft: Draft;
    try {
        conversation = await readConversation(message, platform, parts, signal);
        if (message.command) {
            const asked = { message, conversation };
            const drafted = draftCommandReply(message.command, asked, parts, model.description);
            const { change, ...told } = drafted;
            // The patient must not read that something is done before it is.
            if (change) await remember(change, message, parts, signal);
            draft = told;
        } else {
            const pictures = () =>
                takePictures(message, platform, model.description.vision, parts, signal);
            const show = (textSoFar: string): void => writer.show(textSoFar);
            const screened = screenQuestion({ message, conversation }, parts);
            draft =
                screened.kind === "reply"
                    ? screened.draft
                    : await draftAnswer(screened.question, { pictures, show }, parts, signal);
        }
    } catch (error) {
        if (isAppError(error, "aborted") || signal.aborted) {
            await writer.abandon();
            throw new AppError("aborted", "The answer was cancelled.", { cause: error });
        }
        logger.error(describeError(error), "a message could not be answered");
        draft = draftApology(error, { message, conversation }, parts);
    }
    const { reply, change } = draft;
    const once = change && { change: { ...change, id: changeId(message) } };
    await deliver({ message, platform, writer, reply, ...once }, parts, signal);
    return draft;
}

/** Waits for the store if it is away; the patient is told once. */
async function readConversation(
    message: InboundMessage,
    platform: Platform,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<Conversation> {
    let told = false;
    return persist(
        () => parts.store.read(message.conversation),
        parts.settings.retry,
        signal,
        async (error) => {
            parts.logger.warn(describeError(error), "waiting for the store");
            if (told) return;
            told = true;
            const alarm = findAlarm(message, parts);
            if (alarm) await tellAlarm(alarm, message, platform, parts, signal);
            else await tellDelay("delayed", message, platform, parts, signal);
        },
    );
}

async function remember(
    change: ConversationChange,
    message: InboundMessage,
    { store, settings, data }: AssistantParts,
    signal: AbortSignal,
): Promise<void> {
    const named = { ...change, id: changeId(message) };
    if (change.consent === "withdrawn") {
        await persist(async () => data?.erase(message.conversation), settings.retry, signal);
    }
    await persist(() => store.update(message.conversation, named), settings.retry, signal);
}

function changeId({ conversation, id }: InboundMessage): string {
    return `${conversation} ${id}`;
}
