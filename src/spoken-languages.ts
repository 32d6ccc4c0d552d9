import type { ReplyParts } from "./assistant.ts";
import { cleanSample } from "./language/clean-sample.ts";
import type { LanguageDecision } from "./language/detect-language.ts";
import { readLanguage } from "./language/read-language.ts";
import type { Reading } from "./language/reading.ts";
import type { Conversation, InboundMessage } from "./message.ts";

type Texts = Pick<ReplyParts, "notices" | "otherLanguages">;

/** Less sure than this, a patient with a slip of the pen would be told about languages. */
const leastLikelihood = 0.9;

/** The tag of the language in which a message surely is, when it is not spoken here. */
export function otherLanguage({ language, detail, likelihood }: Reading): string | undefined {
    return language === "other" && likelihood >= leastLikelihood ? detail : undefined;
}

/** So many messages back a patient who has been told is not told again. */
const rememberedMessages = 20;

/**
 * The line above a reply for somebody who writes in a language that is not spoken here: which ones
 * are, in that language where its words are known. Empty for everybody else, for those who have
 * chosen a language, and for those who have been told in the same words.
 */
export function spokenLanguages(
    { reading, reason, language }: LanguageDecision,
    { turns }: Conversation,
    { notices, otherLanguages }: Texts,
): string[] {
    const tag = otherLanguage(reading);
    if (tag === undefined || reason !== "kept") return [];
    const wordsFor = (of: string): string =>
        otherLanguages?.get(of) ?? notices("languages-spoken", language);
    const told = turns
        .filter(({ role }) => role === "user")
        .slice(-rememberedMessages)
        .map(({ text }) => otherLanguage(readLanguage(cleanSample(text))))
        .some((of) => of !== undefined && wordsFor(of) === wordsFor(tag));
    return told ? [] : [wordsFor(tag)];
}

/** Telegram names Filipino by its newer tag. */
const sameLanguages: Readonly<Record<string, string>> = { fil: "tl", ms: "id" };

/** The same line for somebody who has only begun, by the language of their app. */
export function spokenLanguagesAtStart(
    { appLanguage = "" }: InboundMessage,
    { turns, chosenLanguage }: Conversation,
    { otherLanguages }: Texts,
): string[] {
    if (turns.length > 0 || chosenLanguage !== undefined) return [];
    const [primary = ""] = appLanguage.toLowerCase().split("-");
    const line = otherLanguages?.get(sameLanguages[primary] ?? primary);
    return line === undefined ? [] : [line];
}
