import { arabicFunctionWords, readArabicScript } from "./arabic-script.ts";
import { foldArabic, wordsOf } from "./clean-sample.ts";
import { languageOfOtherScript } from "./closest-language.ts";
import { readLatinScript } from "./latin-script.ts";
import { englishFunctionWords } from "./latin-words.ts";
import type { Reading } from "./reading.ts";
import { countScripts } from "./script.ts";

/** Longer "words", in characters, are keys that a hand or a child lay on. */
const longestWord = 40;
/** A message in an Arabic conversation with no more Latin words than this may be a mere term. */
const mostTerms = 3;

/**
 * What a message is written in.
 *
 * @param sample A cleaned message.
 * @param previous The language of the conversation so far.
 */
export function readLanguage(sample: string, previous?: "ar" | "en"): Reading {
    const { arabic, latin, other } = countScripts(
        wordsOf(sample).filter((word) => word.length <= longestWord),
    );
    if (arabic.length + latin.length + other.length === 0) {
        return { language: "keep", detail: "zxx", likelihood: 1, reasons: ["no words"] };
    }
    if (other.length > arabic.length + latin.length) {
        return {
            language: "other",
            detail: languageOfOtherScript(other),
            likelihood: 1,
            reasons: [`${String(other.length)} words in other letters`],
        };
    }
    if (arabic.length === 0) return readLatin(latin, previous);
    if (latin.length === 0) return readArabicScript(arabic);
    return readMixed(arabic, latin);
}

/** "MRI", "chest pain", "ok": a few Latin words do not turn an Arabic conversation into English. */
function readLatin(latin: readonly string[], previous: "ar" | "en" | undefined): Reading {
    const reading = readLatinScript(latin);
    const isTerm =
        previous === "ar" &&
        reading.language !== "ar" &&
        latin.length <= mostTerms &&
        !latin.some((word) => englishFunctionWords.has(word));
    if (!isTerm) return reading;
    const reasons = [...reading.reasons, "no more than a term in an Arabic conversation"];
    return { ...reading, language: "keep", detail: "und", reasons };
}

/**
 * Most messages in both scripts are Arabic with the English names of medicines, tests and findings;
 * a few are English sentences that quote an Arabic word.
 */
function readMixed(arabic: readonly string[], latin: readonly string[]): Reading {
    const english = latin.filter((word) => englishFunctionWords.has(word)).length;
    const own = arabic.filter((word) => arabicFunctionWords.has(foldArabic(word))).length;
    const reason = `both scripts; function words: ${String(english)} English, ${String(own)} Arabic`;
    if (english > own && latin.length >= 2 * arabic.length) {
        return { language: "en", detail: "en", likelihood: 1, reasons: [reason] };
    }
    const reading = readArabicScript(arabic);
    return { ...reading, reasons: [reason, ...reading.reasons] };
}
