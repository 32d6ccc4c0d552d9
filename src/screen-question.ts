/**
 * What stands between a patient's message and the model: the red-flag screen and the question for
 * consent. Needs no model and no store, and is passed by every question.
 */
import type { ReplyParts } from "./assistant.ts";
import { cleanText } from "./conversation/clean-text.ts";
import { type Draft, notice, withChoice } from "./draft.ts";
import type { Alarm, Conversation, InboundMessage, Language, Turn } from "./message.ts";
import { decideLanguage } from "./reply-language.ts";
import { lacksConsent } from "./safety/consent.ts";
import { alarmOf } from "./safety/alarm.ts";
import type { Assessment, Triage } from "./safety/triage/assessment.ts";
import type { LanguageDecision } from "./language/detect-language.ts";
import { consentQuestion } from "./consent-texts.ts";
import { spokenLanguages } from "./spoken-languages.ts";

/** A patient's question, and what was said before. */
export interface Asked {
    /** One message, or several as one. */
    readonly message: InboundMessage;
    readonly conversation: Conversation;
}

declare const passed: unique symbol;

/** A question that may be put to the model: only {@link screenQuestion} makes one. */
export interface ScreenedQuestion extends Asked {
    /** The message's words, cleaned. */
    readonly text: string;
    readonly decision: LanguageDecision;
    readonly assessment: Assessment;
    readonly [passed]: true;
}

/** Either the question may be put to the model, or this is its reply. */
export type Screened =
    | { readonly kind: "ask"; readonly question: ScreenedQuestion }
    | { readonly kind: "reply"; readonly draft: Draft };

/**
 * Screens a question. An emergency or a crisis gets its fixed message, whoever writes and whether
 * they have agreed or not; anybody else is asked for consent first.
 */
export function screenQuestion(asked: Asked, parts: ReplyParts): Screened {
    const { message, conversation } = asked;
    const { settings, safety } = parts;
    const text = cleanText(message.text);
    const decision = decideLanguage(message, conversation, settings);
    const assessment = assess(text, conversation.turns, safety.triage);
    const alarm = joinAlarms(alarmOf(assessment), message.alarm);
    const mayKeep = !lacksConsent(message.conversation, conversation, settings.consent);
    if (alarm) {
        safety.counters.count("screened", {
            disposition: alarm.emergency ? "emergency" : assessment.disposition,
            crisis: alarm.crisis ? "yes" : "no",
        });
        const draft = draftAlarm(alarm, { ...asked, text }, decision.language, mayKeep, parts);
        return { kind: "reply", draft: withChoice(decision, draft) };
    }
    if (!mayKeep) {
        const draft = withChoice(decision, askConsent(asked, decision, parts));
        return { kind: "reply", draft };
    }
    if (message.withheld) {
        const sendAgain = parts.notices("consent-send-again", decision.language);
        return { kind: "reply", draft: notice(sendAgain, decision.language) };
    }
    // The one place where a question becomes one that the model may see.
    const question = { ...asked, text, decision, assessment } as ScreenedQuestion;
    return { kind: "ask", question };
}

/**
 * What was said before is read only where it can matter: it makes no emergency of a message without
 * any complaint, and an emergency needs no more.
 */
export function assess(text: string, turns: readonly Turn[], triage: Triage): Assessment {
    return triage(text, (alone) =>
        alone.disposition === "none" || alarmOf(alone) ? [] : earlierWords(turns),
    );
}

/** Enough to know of a pregnancy or of a child's age. */
const earlierTurns = 10;

/** What the patient wrote before, newest last. */
export function earlierWords(turns: readonly Turn[]): string[] {
    return turns
        .filter(({ role }) => role === "user")
        .slice(-earlierTurns)
        .map(({ text }) => text);
}

function joinAlarms(one: Alarm | undefined, other: Alarm | undefined): Alarm | undefined {
    if (!one || !other) return one ?? other;
    return {
        emergency: one.emergency || other.emergency,
        crisis: one.crisis || other.crisis,
    };
}

/** The fixed texts: in both languages, since whoever reads them over a shoulder must understand. */
export function alarmText(alarm: Alarm, language: Language, { notices }: ReplyParts): string {
    const other = language === "ar" ? "en" : "ar";
    return [
        ...(alarm.emergency ? [notices("emergency", language)] : []),
        ...(alarm.crisis ? [notices("crisis", language)] : []),
        ...(alarm.emergency ? [notices("emergency", other)] : [notices("crisis", other)]),
    ].join("\n\n");
}

function draftAlarm(
    alarm: Alarm,
    { message, text: words }: Asked & { readonly text: string },
    language: Language,
    mayKeep: boolean,
    parts: ReplyParts,
): Draft {
    const told = parts.staff && alarm.crisis ? [parts.notices("crisis-staff-told", language)] : [];
    const text = [alarmText(alarm, language, parts), ...told].join("\n\n");
    const draft: Draft = { ...notice(text, language), afresh: true, alarm };
    if (!mayKeep || message.withheld) return draft;
    const turn = { language, images: [], messageId: message.id };
    const turns: Turn[] = [
        { ...turn, role: "user", text: words, atMs: message.receivedAtMs },
        {
            ...turn,
            role: "assistant",
            text: parts.notices(alarm.emergency ? "emergency" : "crisis", language),
            atMs: Date.now(),
            disclaimer: false,
        },
    ];
    return { ...draft, change: { turns } };
}

function askConsent(
    { message, conversation }: Asked,
    decision: LanguageDecision,
    parts: ReplyParts,
): Draft {
    const { language } = decision;
    const { text, choices } = consentQuestion(message.conversation, language, parts);
    const said = [
        ...spokenLanguages(decision, conversation, parts),
        parts.notices("consent-needed", language),
        text,
    ];
    return { reply: { text: said.join("\n\n"), language, choices }, disclaimer: false };
}
