import type { AssistantSettings } from "./assistant.ts";
import { cleanText } from "./conversation/clean-text.ts";
import { detectLanguage, type LanguageDecision } from "./language/detect-language.ts";
import { cleanSample } from "./language/clean-sample.ts";
import { readLanguage } from "./language/read-language.ts";
import type { Conversation, InboundMessage, Language, Turn } from "./message.ts";

/** What is known of a patient's language without reading the conversation. */
export interface KnownLanguage {
    readonly previous?: Language;
    /** What the patient chose for good. */
    readonly chosen?: Language;
}

/**
 * The language in which a message is answered: what the patient chose, what the message is written
 * in, what the conversation was in so far, the language of the patient's app, the clinic's default.
 *
 * @param known What stands in for a conversation that has not been read.
 */
export function decideLanguage(
    { text, appLanguage, withheld }: InboundMessage,
    { turns, chosenLanguage }: Conversation,
    { defaultLanguage }: AssistantSettings,
    known: KnownLanguage = {},
): LanguageDecision {
    const chosen = chosenLanguage ?? known.chosen;
    if (withheld) {
        const { language, other } = withheld;
        return {
            language: chosen ?? language,
            reason: chosen === undefined ? "kept" : "chosen",
            reading: {
                language: other === undefined ? "keep" : "other",
                detail: other ?? "und",
                likelihood: 1,
                reasons: ["the message is not kept"],
            },
        };
    }
    const before = turns.at(-1)?.language;
    const previous = before ?? known.previous;
    const spoken = /^(ar|en)\b/i.exec(appLanguage ?? "")?.[1]?.toLowerCase();
    return detectLanguage(cleanText(text), {
        ...(previous === undefined ? {} : { previous }),
        ...(before === undefined ? {} : { assumed: !turns.some(tellsLanguage) }),
        ...(chosen === undefined ? {} : { chosen }),
        fallback: spoken === "ar" || spoken === "en" ? spoken : defaultLanguage,
    });
}

const arabicLetter = /\p{Script=Arabic}/u;

/** Whether a turn is in one of our languages, by what the patient wrote themselves. */
function tellsLanguage({ role, text }: Turn): boolean {
    if (role !== "user" || text === "") return false;
    if (arabicLetter.test(text)) return true;
    const { language } = readLanguage(cleanSample(text));
    return language === "ar" || language === "en";
}
