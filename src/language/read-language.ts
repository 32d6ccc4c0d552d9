import { arabicFunctionWords, readArabicScript } from "./arabic-script.ts";
import { foldArabic, wordsOf } from "./clean-sample.ts";
import { languageOfOtherScript } from "./closest-language.ts";
import { readLatinScript } from "./latin-script.ts";
import {
    arabiziWords,
    courtesies,
    englishFunctionWords,
    englishSentenceWords,
    isNeutral,
} from "./latin-words.ts";
import type { Reading } from "./reading.ts";
import { countScripts } from "./script.ts";

/** Longer "words", in characters, are keys that a hand or a child lay on. */
const longestWord = 40;
/** A message in an Arabic conversation with no more Latin words than this may be a mere term. */
const mostTerms = 3;
/** A message in an English conversation with no more Latin words than this may be a mere name. */
const mostNames = 2;

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
            reasons: [`words in other letters: ${String(other.length)}`],
        };
    }
    if (arabic.length === 0) return readLatin(latin, previous);
    if (latin.length === 0) return readArabicScript(arabic, previous === "ar");
    return readMixed(arabic, latin);
}

/** "MRI", "chest pain", "ok thanks": a few Latin words do not turn a conversation. */
function readLatin(latin: readonly string[], previous: "ar" | "en" | undefined): Reading {
    const reading = readLatinScript(latin);
    if (previous === "ar" ? !isTerm(latin, reading) : !isName(latin, reading, previous)) {
        return reading;
    }
    const reasons = [...reading.reasons, "no more than a term or a name in the conversation"];
    return { ...reading, language: "keep", detail: "und", reasons };
}

/** In an Arabic conversation. */
function isTerm(latin: readonly string[], { language }: Reading): boolean {
    if (language === "ar") return false;
    if (latin.every((word) => courtesies.has(word))) return true;
    const telling = latin.filter((word) => !isNeutral(word));
    return telling.length <= mostTerms && !latin.some((word) => englishSentenceWords.has(word));
}

/** In an English conversation: people and places there have Arabic names. */
function isName(
    latin: readonly string[],
    { language }: Reading,
    previous: "en" | undefined,
): boolean {
    if (previous === undefined || language === "en" || latin.length > mostNames) return false;
    return !latin.some(
        (word) => arabiziWords.has(word) || /[a-z][2356789]|[235679][a-z]/.test(word),
    );
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
