import type { AssistantSettings } from "./assistant.ts";
import { cleanText } from "./conversation/clean-text.ts";
import { detectLanguage, type LanguageDecision } from "./language/detect-language.ts";
import type { Conversation, InboundMessage, Language } from "./message.ts";

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
    const previous = turns.at(-1)?.language ?? known.previous;
    const spoken = /^(ar|en)\b/i.exec(appLanguage ?? "")?.[1]?.toLowerCase();
    return detectLanguage(cleanText(text), {
        ...(previous === undefined ? {} : { previous }),
        ...(chosen === undefined ? {} : { chosen }),
        fallback: spoken === "ar" || spoken === "en" ? spoken : defaultLanguage,
    });
}
