import type { AssistantSettings } from "./assistant.ts";
import { cleanText } from "./conversation/clean-text.ts";
import { detectLanguage, type LanguageDecision } from "./language/detect-language.ts";
import type { Conversation, InboundMessage } from "./message.ts";

/**
 * The language in which a message is answered: what the patient chose, what the message is written
 * in, what the conversation was in so far, the language of the patient's app, the clinic's default.
 */
export function decideLanguage(
    { text, appLanguage, withheld }: InboundMessage,
    { turns, chosenLanguage }: Conversation,
    { defaultLanguage }: AssistantSettings,
): LanguageDecision {
    if (withheld) return { language: chosenLanguage ?? withheld.language, reason: "detected" };
    const previous = turns.at(-1)?.language;
    const spoken = /^(ar|en)\b/i.exec(appLanguage ?? "")?.[1]?.toLowerCase();
    return detectLanguage(cleanText(text), {
        ...(previous === undefined ? {} : { previous }),
        ...(chosenLanguage === undefined ? {} : { chosen: chosenLanguage }),
        fallback: spoken === "ar" || spoken === "en" ? spoken : defaultLanguage,
    });
}
