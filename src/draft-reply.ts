/**
 * From a patient's message to the reply and to what is remembered of it: the part of the pipeline
 * that is the same whether the message came through the queue or from a terminal.
 */
import { askModel } from "./ask-model.ts";
import type { AssistantParts, ReplyParts } from "./assistant.ts";
import { cleanText } from "./conversation/clean-text.ts";
import { type Draft, notice } from "./draft.ts";
import { AppError } from "./errors.ts";
import type { Command, Conversation, InboundMessage, Language, Turn } from "./message.ts";
import type { Notices } from "./notices.ts";
import { demonstration, runCommand } from "./patient-commands.ts";
import type { ModelDescription } from "./ports.ts";
import type { FetchedPictures, Interruption } from "./queue-ports.ts";
import { decideLanguage } from "./reply-language.ts";
import { type DisclaimerKind, disclaimerDue, withDisclaimer } from "./safety/disclaimer.ts";

/** What a patient asks. */
export interface Question {
    /** One message, or several as one. */
    readonly message: InboundMessage;
    /** What was said before. */
    readonly conversation: Conversation;
    /** Gives its pictures; called once, when they are needed. */
    readonly pictures: () => Promise<FetchedPictures>;
    /** Shows the patient the whole reply so far. */
    readonly show: (textSoFar: string) => void;
}

/**
 * The reply to a command, in the patient's language.
 *
 * @param model As far as it is known.
 */
export function draftCommandReply(
    command: Command,
    { message, conversation }: Pick<Question, "message" | "conversation">,
    parts: ReplyParts,
    model: ModelDescription | undefined,
): Draft {
    const { language } = decideLanguage(message, conversation, parts.settings);
    return { ...runCommand(command, language, parts, model), disclaimer: false };
}

/**
 * The reply to a question: in the language of the patient, by the model, with its disclaimer. When
 * the patient stops the model, what it has said so far is the reply.
 *
 * @throws `aborted` when the signal ended it with nothing to keep; what {@link askModel} and
 * `question.pictures` throw.
 */
export async function draftAnswer(
    question: Question,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<Draft> {
    const { message, conversation } = question;
    const decision = decideLanguage(message, conversation, parts.settings);
    const draft = await converse(question, decision.language, parts, signal);
    if (decision.switchTo === undefined) return draft;
    return { ...draft, change: { ...draft.change, chosenLanguage: decision.switchTo } };
}

async function converse(
    { message, conversation, pictures, show }: Question,
    language: Language,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<Draft> {
    const { notices, settings } = parts;
    const text = cleanText(message.text);
    if (text.length > settings.maxCharacters) {
        return notice(notices("message-too-long", language), language);
    }
    const { images, refusals } = await pictures();
    const preface = refusals.map((name) => notices(name, language));
    if (text === "" && images.length === 0) {
        return notice(preface.join("\n\n") || notices("message-empty", language), language);
    }

    const userTurn: Turn = {
        role: "user",
        text: withQuoted(text, message, language, notices),
        language,
        atMs: message.receivedAtMs,
        images: images.map(({ id, side }) => ({ id, side })),
        messageId: message.id,
    };
    // The words are about a picture that did not come: an earlier one must not be taken for it.
    const isBlind = refusals.length > 0 && images.length === 0;
    const before = isBlind
        ? conversation.turns.map((turn) => ({ ...turn, images: [] }))
        : conversation.turns;
    const completion = await askModel(
        message.conversation,
        [...before, userTurn],
        images,
        (textSoFar) => show([...preface, textSoFar].join("\n\n")),
        parts,
        signal,
    );
    const words = completion.text.trim();
    if (completion.stop === "aborted" && (words === "" || !isStopped(signal))) {
        throw new AppError("aborted", "The answer was cancelled.");
    }

    const kind = disclaimerDue({
        turns: conversation.turns,
        hasImages: images.length > 0,
        sawImages: completion.images > 0,
        cadence: settings.disclaimer,
    });
    const closing = [
        ...(words === "" ? [] : endNotices(completion.stop, language, notices)),
        ...disclaimerTexts(kind, language, parts),
    ];
    const answer = [...preface, words || notices("answer-empty", language)].join("\n\n");
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
        reply: { text: closing.reduce(withDisclaimer, answer), language },
        disclaimer: kind !== "none",
        completion,
        ...(words === "" ? {} : { change: { turns: [userTurn, assistantTurn], images } }),
    };
}

function isStopped(signal: AbortSignal): boolean {
    const stopped: Interruption = "stopped";
    return signal.reason === stopped;
}

function withQuoted(
    text: string,
    { quoted }: InboundMessage,
    language: Language,
    notices: Notices,
): string {
    if (!quoted || quoted.text.trim() === "") return text;
    const quotedText = cleanText(quoted.text).slice(0, maxQuotedCharacters).toWellFormed();
    return `${notices("quoted", language, { text: quotedText })}\n\n${text}`.trim();
}

/** Enough to know which message is meant; the conversation holds the whole of it. */
const maxQuotedCharacters = 300;

/** What stands beneath an answer that did not come to its end. */
function endNotices(
    stop: "end" | "length" | "aborted",
    language: Language,
    notices: Notices,
): readonly string[] {
    switch (stop) {
        case "end":
            return [];
        case "length":
            return [notices("answer-cut", language)];
        case "aborted":
            return [notices("answer-stopped", language)];
    }
}

function disclaimerTexts(
    kind: DisclaimerKind,
    language: Language,
    { notices, model }: AssistantParts,
): readonly string[] {
    const toy = demonstration(language, notices, model.description);
    switch (kind) {
        case "none":
            return [];
        case "general":
            return [...toy, notices("disclaimer", language)];
        case "image":
            return [...toy, notices("disclaimer-image", language)];
        case "image-again":
            return [notices("disclaimer-image-again", language)];
    }
}
