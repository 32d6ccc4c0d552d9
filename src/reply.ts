/**
 * The pipeline: how one message of a patient becomes one reply. The only file that knows all stages.
 */
import { askModel } from "./ask-model.ts";
import type { AssistantParts } from "./assistant.ts";
import { cleanText } from "./conversation/clean-text.ts";
import { persist } from "./conversation/persist.ts";
import { AppError, type ErrorCode, isAppError } from "./errors.ts";
import { addressOf, deliver, tellDelay } from "./deliver.ts";
import { describeError } from "./log.ts";
import type {
    Command,
    Conversation,
    ConversationChange,
    InboundMessage,
    Language,
    Reply,
    Turn,
} from "./message.ts";
import { demonstration, runCommand } from "./patient-commands.ts";
import { takePictures } from "./pictures.ts";
import type { ChatCompletion, Platform, ReplyWriter } from "./ports.ts";
import { decideLanguage } from "./reply-language.ts";
import { type DisclaimerKind, disclaimerDue, withDisclaimer } from "./safety/disclaimer.ts";

/** How a message ended. */
export interface Answer {
    readonly reply: Reply;
    /** Whether a disclaimer was appended. */
    readonly disclaimer: boolean;
    /** What the model did; absent when it was not asked. */
    readonly completion?: ChatCompletion;
    /** Why the patient got an apology instead of an answer. */
    readonly failure?: ErrorCode;
}

/** A reply, and what is to be remembered of it. */
interface Draft extends Answer {
    readonly change?: ConversationChange;
}

/** What a message is answered with. */
interface Context {
    readonly conversation: Conversation;
    readonly language: Language;
    readonly platform: Platform;
    readonly writer: ReplyWriter;
    readonly parts: AssistantParts;
    readonly signal: AbortSignal;
}

/**
 * Answers one message on its platform: reads the conversation, decides the language, asks the
 * model, adds the disclaimer, stores the turns and delivers. Whatever goes wrong, the patient gets
 * a sentence in the right language.
 *
 * @throws `aborted` when the signal ended it before the reply was out: the message is unanswered.
 */
export async function answerMessage(
    message: InboundMessage,
    platform: Platform,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<Answer> {
    const writer = platform.startReply(addressOf(message));
    const text = cleanText(message.text);
    let { language } = decideLanguage(text, message, { turns: [] }, parts.settings);
    let draft: Draft;
    try {
        const conversation = await readConversation(message, platform, parts, signal);
        const decision = decideLanguage(text, message, conversation, parts.settings);
        language = decision.language;
        const taken = { ...message, text };
        const context: Context = { conversation, language, platform, writer, parts, signal };
        const answered = answeredBefore(message, conversation);
        if (answered) draft = repeat(answered, context);
        else if (message.command) draft = await obey(message.command, taken, context);
        else draft = await converse(taken, context);
        if (decision.switchTo !== undefined) {
            draft = { ...draft, change: { ...draft.change, chosenLanguage: decision.switchTo } };
        }
    } catch (error) {
        if (isAppError(error, "aborted") || signal.aborted) {
            await writer.abandon();
            throw new AppError("aborted", "The answer was cancelled.", { cause: error });
        }
        parts.logger.error(describeError(error), "a message could not be answered");
        draft = apology(error, language, parts);
    }
    const { reply, change } = draft;
    const once = change && { change: { ...change, id: `${message.conversation} ${message.id}` } };
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
            if (!told) await tellDelay(message, platform, parts, signal);
            told = true;
        },
    );
}

async function obey(
    command: Command,
    { conversation }: InboundMessage,
    { language, parts, signal }: Context,
): Promise<Draft> {
    const reply = await runCommand(command, conversation, language, parts, signal);
    return { reply, disclaimer: false };
}

/** From a patient's words and pictures to the reply and the turns to remember. */
async function converse(
    message: InboundMessage,
    { conversation, language, platform, writer, parts, signal }: Context,
): Promise<Draft> {
    const { notices, settings } = parts;
    if (message.text.length > settings.maxCharacters) {
        return notice(notices("message-too-long", language), language);
    }
    const { images, refusals } = await takePictures(message, platform, parts, signal);
    const preface = refusals.map((name) => notices(name, language));
    if (message.text === "" && images.length === 0) {
        const text = preface.join("\n\n") || notices("message-empty", language);
        return notice(text, language);
    }

    const userTurn: Turn = {
        role: "user",
        text: withQuoted(message, language, parts),
        language,
        atMs: message.receivedAtMs,
        images: images.map(({ id, side }) => ({ id, side })),
        messageId: message.id,
    };
    const completion = await askModel(
        message.conversation,
        [...conversation.turns, userTurn],
        images,
        (textSoFar) => writer.show([...preface, textSoFar].join("\n\n")),
        parts,
        signal,
    );
    if (completion.stop === "aborted") throw new AppError("aborted", "The answer was cancelled.");

    const words = completion.text.trim();
    const kind = disclaimerDue({
        turns: conversation.turns,
        hasImages: images.length > 0,
        sawImages: completion.images > 0,
        cadence: settings.disclaimer,
    });
    const answer = [...preface, words || notices("answer-empty", language)].join("\n\n");
    const cut = words && completion.stop === "length" ? [notices("answer-cut", language)] : [];
    const text = [...cut, ...disclaimerTexts(kind, language, parts)].reduce(withDisclaimer, answer);
    const assistantTurn: Turn = {
        role: "assistant",
        text: words,
        language,
        atMs: Date.now(),
        images: [],
        messageId: message.id,
        disclaimer: kind === "general" || kind === "image",
    };
    return {
        reply: { text, language },
        disclaimer: kind !== "none",
        completion,
        ...(words === "" ? {} : { change: { turns: [userTurn, assistantTurn], images } }),
    };
}

/** The turns before a message that was answered and not delivered, and the answer. */
interface AnsweredBefore {
    readonly before: readonly Turn[];
    readonly question: Turn | undefined;
    readonly answer: Turn;
}

function answeredBefore(
    { id }: InboundMessage,
    { turns }: Conversation,
): AnsweredBefore | undefined {
    const index = turns.findLastIndex((turn) => turn.role === "assistant" && turn.messageId === id);
    const answer = turns[index];
    if (!answer) return undefined;
    return { before: turns.slice(0, index - 1), question: turns[index - 1], answer };
}

/** The reply to a message whose answer was stored before the process stopped. */
function repeat({ before, question, answer }: AnsweredBefore, { parts }: Context): Draft {
    const hasImages = (question?.images.length ?? 0) > 0;
    const kind = disclaimerDue({
        turns: before,
        hasImages,
        sawImages: hasImages || before.some(({ images }) => images.length > 0),
        cadence: parts.settings.disclaimer,
    });
    const { text, language } = answer;
    const whole = disclaimerTexts(kind, language, parts).reduce(withDisclaimer, text);
    return { reply: { text: whole, language }, disclaimer: kind !== "none" };
}

function withQuoted(
    { text, quoted }: InboundMessage,
    language: Language,
    { notices }: AssistantParts,
): string {
    if (!quoted || quoted.text.trim() === "") return text;
    const quotedText = cleanText(quoted.text).slice(0, maxQuotedCharacters).toWellFormed();
    return `${notices("quoted", language, { text: quotedText })}\n\n${text}`.trim();
}

/** Enough to know which message is meant; the conversation holds the whole of it. */
const maxQuotedCharacters = 300;

function disclaimerTexts(
    kind: DisclaimerKind,
    language: Language,
    parts: AssistantParts,
): readonly string[] {
    const { notices } = parts;
    switch (kind) {
        case "none":
            return [];
        case "general":
            return [...demonstration(language, parts), notices("disclaimer", language)];
        case "image":
            return [...demonstration(language, parts), notices("disclaimer-image", language)];
        case "image-again":
            return [notices("disclaimer-image-again", language)];
    }
}

function notice(text: string, language: Language): Draft {
    return { reply: { text, language }, disclaimer: false };
}

function apology(error: unknown, language: Language, { notices }: AssistantParts): Draft {
    const failure = isAppError(error) ? error.code : "model-failed";
    const name = failure === "prompt-too-long" ? "prompt-too-long" : "failed";
    return { ...notice(notices(name, language), language), failure };
}
