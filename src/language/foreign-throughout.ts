import { cleanSample, wordsOf } from "./clean-sample.ts";
import { readLatinScript } from "./latin-script.ts";
import { countScripts } from "./script.ts";

/** Below this the whole message could still be in one of our languages. */
const leastLikelihood = 0.98;
/** So many words that follow each other can hold a cry for help. */
const span = 3;
/** A span that is likelier than this to be Arabic is. */
const mostArabic = 0.6;
/** A digit for an Arabic letter: "3andha", "wja3". */
const arabicDigit = /[a-z][2356789]|[235679][a-z]{2}/;

/**
 * Whether a message in Latin letters is surely in another language than ours, in every part of it.
 * Maghrebis mix French with Arabic within a sentence: "je n'en peux plus, bghit nmout" is not.
 */
export function isForeignThroughout(text: string): boolean {
    const { arabic, latin } = countScripts(wordsOf(cleanSample(text)));
    if (arabic.length > 0 || latin.some((word) => arabicDigit.test(word))) return false;
    const whole = readLatinScript(latin);
    if (whole.language !== "other" || whole.likelihood < leastLikelihood) return false;
    for (let start = 0; start + span <= latin.length; start += 1) {
        const { detail, likelihood } = readLatinScript(latin.slice(start, start + span));
        if (detail === "ar-Latn" && likelihood > mostArabic) return false;
    }
    return true;
}
