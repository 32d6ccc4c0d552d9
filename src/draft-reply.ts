/**
 * From a patient's message to the reply and to what is remembered of it: the part of the pipeline
 * that is the same whether the message came through the queue or from a terminal.
 */
import { answerReviewed } from "./answer-reviewed.ts";
import type { AssistantParts, ReplyParts } from "./assistant.ts";
import { cleanText } from "./conversation/clean-text.ts";
import { saysSomething } from "./conversation/says-something.ts";
import { apology, type Draft, notice, withChoice } from "./draft.ts";
import { limitQuestion } from "./limit-question.ts";
import type { Command, InboundMessage, Language, Turn } from "./message.ts";
import type { Notices } from "./notices.ts";
import { demonstration, runCommand } from "./patient-commands.ts";
import type { ModelDescription } from "./ports.ts";
import type { FetchedPictures } from "./queue-ports.ts";
import { decideLanguage } from "./reply-language.ts";
import { spokenLanguages, spokenLanguagesAtStart } from "./spoken-languages.ts";
import { type DisclaimerKind, disclaimerDue, withDisclaimer } from "./safety/disclaimer.ts";
import { type Asked, type ScreenedQuestion, screenQuestion } from "./screen-question.ts";

/** What an answer is made with beside the question. */
export interface Answering {
    /** Gives the question's pictures; called once, when they are needed. */
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
    { message, conversation }: Asked,
    parts: ReplyParts,
    model: ModelDescription | undefined,
): Draft {
    const { language } = decideLanguage(message, conversation, parts.settings);
    const commander = { key: message.conversation, conversation, language };
    const draft = { ...runCommand(command, commander, parts, model), disclaimer: false };
    if (command.name !== "start") return draft;
    return beneath(spokenLanguagesAtStart(message, conversation, parts), draft);
}

/**
 * The reply to a question that has passed the screen: reviewed after the model, in the language of
 * the patient, with its disclaimer. When the patient stops the model, what it has said so far is the
 * reply.
 *
 * @throws `aborted` when the signal ended it with nothing to keep; what `askModel` and
 * `answering.pictures` throw.
 */
export async function draftAnswer(
    question: ScreenedQuestion,
    answering: Answering,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<Draft> {
    const { decision, assessment, conversation } = question;
    const { disposition } = assessment;
    parts.safety.counters.count("screened", { disposition, crisis: "no" });
    const head = spokenLanguages(decision, conversation, parts);
    const show = (textSoFar: string): void => answering.show([...head, textSoFar].join("\n\n"));
    const limited = await limitQuestion(question, parts);
    const answer = limited ?? (await converse(question, { ...answering, show }, parts, signal));
    const draft = beneath(head, answer);
    return withChoice(decision, draft);
}

function beneath(head: readonly string[], draft: Draft): Draft {
    const { reply } = draft;
    return { ...draft, reply: { ...reply, text: [...head, reply.text].join("\n\n") } };
}

/**
 * What a patient reads whose question could not be answered because of `error`; what must be seen
 * today, or at once, is said all the same.
 */
export function draftApology(error: unknown, asked: Asked, parts: ReplyParts): Draft {
    const screened = screenQuestion(asked, parts);
    if (screened.kind === "reply") return screened.draft;
    const { decision, assessment, conversation } = screened.question;
    const { language } = decision;
    const urgent = assessment.disposition === "urgent" ? [parts.notices("urgent", language)] : [];
    const head = [...urgent, ...spokenLanguages(decision, conversation, parts)];
    return withChoice(decision, beneath(head, apology(error, language, parts)));
}

async function converse(
    question: ScreenedQuestion,
    { pictures, show }: Answering,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<Draft> {
    const { message, conversation, text, decision, assessment } = question;
    const { language } = decision;
    const { notices, settings } = parts;
    const urgent = assessment.disposition === "urgent" ? [notices("urgent", language)] : [];
    if (text.length > settings.maxCharacters) {
        return refuse([...urgent, notices("message-too-long", language)], language);
    }
    const { images, refusals } = await pictures();
    const preface = [...urgent, ...refusals.map((name) => notices(name, language))];
    if (text === "" && images.length === 0) {
        return refuse(
            preface.length > 0 ? preface : [notices("message-empty", language)],
            language,
        );
    }
    // A model would answer what was asked before once more
    if (images.length === 0 && message.quoted === undefined && !saysSomething(text)) {
        return refuse([...preface, notices("message-unclear", language)], language);
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
    const { completion, words, remarks } = await answerReviewed(
        { question, turns: [...before, userTurn], images },
        (textSoFar) => show([...preface, textSoFar].filter(Boolean).join("\n\n")),
        parts,
        signal,
    );

    const kind = disclaimerDue({
        turns: conversation.turns,
        hasImages: images.length > 0,
        sawImages: completion.images > 0,
        cadence: settings.disclaimer,
    });
    const closing = [...remarks, ...disclaimerTexts(kind, language, parts)];
    const answer = [...preface, words].filter(Boolean).join("\n\n");
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

function refuse(texts: readonly string[], language: Language): Draft {
    return notice(texts.join("\n\n"), language);
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
