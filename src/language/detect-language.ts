import type { Language } from "../message.ts";
import { isArabic } from "./arabic-script.ts";
import { cleanSample, wordsOf } from "./clean-sample.ts";
import { classifyLatin } from "./latin-script.ts";
import { englishGrammar } from "./latin-words.ts";
import { isEnglishSentence } from "./mixed-script.ts";
import { countScripts } from "./script.ts";
import { switchRequest } from "./switch-request.ts";

/** What is known of the language before the message is read. */
export interface LanguageContext {
    /** The language of the conversation's last turn. */
    readonly previous?: Language;
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
}

/**
 * Decides the language of the answer to one message. Takes time in proportion to the message, and
 * looks at no more than 1,500 characters of it.
 */
export function detectLanguage(text: string, context: LanguageContext): LanguageDecision {
    const sample = cleanSample(text);
    const asked = switchRequest(sample);
    if (asked === "automatic") {
        return { language: written(sample, context).language, reason: "switch", switchTo: asked };
    }
    if (asked !== undefined) return { language: asked, reason: "switch", switchTo: asked };
    if (context.chosen !== undefined) return { language: context.chosen, reason: "chosen" };
    return written(sample, context);
}

/** The language in which the sample is written, where it is one of ours. */
function written(sample: string, { previous, fallback }: LanguageContext): LanguageDecision {
    const kept: LanguageDecision = { language: previous ?? fallback, reason: "kept" };
    const { arabic, latin, other } = countScripts(wordsOf(sample));
    if (other.length > arabic.length + latin.length) return kept;
    if (arabic.length > 0) {
        if (isEnglishSentence(arabic, latin)) return detected("en");
        return isArabic(arabic) ? detected("ar") : kept;
    }
    const kind = classifyLatin(latin);
    if (kind === "arabizi") return detected("ar");
    if (kind === "english" && !(previous === "ar" && isTerm(latin))) return detected("en");
    return kept;
}

function detected(language: Language): LanguageDecision {
    return { language, reason: "detected" };
}

/** A few English words within an Arabic conversation: "MRI", "chest pain", "ok". */
function isTerm(latin: readonly string[]): boolean {
    return latin.length <= 3 && !latin.some((word) => englishGrammar.has(word));
}
