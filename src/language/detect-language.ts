import type { Language } from "../message.ts";
import { cleanSample } from "./clean-sample.ts";
import { readLanguage } from "./read-language.ts";
import type { Reading } from "./reading.ts";
import { switchRequest } from "./switch/switch-request.ts";

/** What is known of the language before the message is read. */
export interface LanguageContext {
    /** The language of the conversation's last turn. */
    readonly previous?: Language;
    /** Nothing that the patient has written yet told it: it is only what they were answered in. */
    readonly assumed?: boolean;
    /** What the patient chose for good. */
    readonly chosen?: Language;
    /** For a new conversation whose first message does not tell. */
    readonly fallback: Language;
}

/** In which language to answer, and why. */
export interface LanguageDecision {
    readonly language: Language;
    /**
     * `switch`: the message asks for it; `chosen`: the patient once did; `detected`: the message is
     * written in it; `kept`: the message does not tell, or is in a language that is not spoken here.
     */
    readonly reason: "chosen" | "switch" | "detected" | "kept";
    /** The choice to remember from now on. */
    readonly switchTo?: Language | "automatic";
    /** What the message is written in, whatever the answer is. */
    readonly reading: Reading;
}

/**
 * Decides the language of the answer to one message. Takes time in proportion to the message, and
 * looks at no more than 1,500 characters of it.
 */
export function detectLanguage(text: string, context: LanguageContext): LanguageDecision {
    const { previous, assumed = false, chosen, fallback } = context;
    const sample = cleanSample(text);
    const reading = readLanguage(sample, assumed ? undefined : previous);
    const written =
        reading.language === "ar" || reading.language === "en" ? reading.language : undefined;
    const asked = switchRequest(sample);
    if (asked === "automatic") {
        const language = written ?? previous ?? fallback;
        return { language, reason: "switch", switchTo: asked, reading };
    }
    if (asked !== undefined) return { language: asked, reason: "switch", switchTo: asked, reading };
    if (chosen !== undefined) return { language: chosen, reason: "chosen", reading };
    return written === undefined
        ? { language: previous ?? fallback, reason: "kept", reading }
        : { language: written, reason: "detected", reading };
}
