import { arabicWords } from "./arabic-script.ts";
import { foldArabic } from "./clean-sample.ts";
import { englishGrammar } from "./latin-words.ts";

/**
 * Whether a message with words of both scripts is an English sentence with Arabic words in it. Most
 * are the reverse: Arabic with the English names of medicines, tests and findings.
 */
export function isEnglishSentence(arabic: readonly string[], latin: readonly string[]): boolean {
    const english = latin.filter((word) => englishGrammar.has(word)).length;
    const arabicGrammar = arabic.filter((word) => arabicWords.has(foldArabic(word))).length;
    return english > arabicGrammar && latin.length >= 2 * arabic.length;
}
