import { cleanSample } from "./language/clean-sample.ts";
import { readLanguage } from "./language/read-language.ts";
import type { Triage } from "./safety/triage/assessment.ts";

/** Below this an emergency in our languages could be taken for another. */
const leastLikelihood = 0.98;

/**
 * The red-flag screen with what the language detector knows: in a language that is neither Arabic
 * nor English, words that merely resemble ours are no symptoms.
 */
export function createScreen(triage: Triage): Triage {
    return (text, earlier = []) => {
        const { language, likelihood } = readLanguage(cleanSample(text));
        const otherLanguage = language === "other" && likelihood >= leastLikelihood;
        return triage(text, earlier, { otherLanguage });
    };
}
