import type { Language } from "../../message.ts";
import { countLetters } from "./count-letters.ts";

/** How much of an answer is written in what. Letters, except where it says otherwise. */
export interface LanguageCount {
    readonly arabic: number;
    readonly latin: number;
    /** Of neither script. */
    readonly other: number;
    /** Arabic letters that Persian, Urdu and Pashto use and Arabic does not. */
    readonly foreignArabic: number;
    readonly latinWords: number;
    /** In sentences that are English or of another language in Latin letters. */
    readonly latinProse: number;
    /** In sentences that are in Arabic letters. */
    readonly arabicProse: number;
    /** Small words of English, and of other languages in Latin letters. */
    readonly englishWords: number;
    readonly otherLatinWords: number;
}

/** The small words of languages. */
export interface SmallWords {
    readonly english: ReadonlySet<string>;
    readonly otherLatin: ReadonlySet<string>;
}

/** Nothing counted yet. */
export const emptyLanguageCount: LanguageCount = {
    arabic: 0,
    latin: 0,
    other: 0,
    foreignArabic: 0,
    latinWords: 0,
    latinProse: 0,
    arabicProse: 0,
    englishWords: 0,
    otherLatinWords: 0,
};

const latinWord = /[A-Za-z\u00C0-\u024F]+/g;
const foreignLetter =
    /[\u0679\u067E\u0686\u0688\u0691\u0698\u06A9\u06AF\u06BA\u06BE\u06C1\u06C2\u06CC\u06D2\u06D3\u067C\u0689\u0693\u0696\u069A\u06BC\u06D0]/gu;
const invisible = /`[^`\n]*`|\bhttps?:\/\/\S+|\S+@\S+\.\S+/gu;

/** The count with one more sentence. */
export function countSentence(
    count: LanguageCount,
    sentence: string,
    small: SmallWords,
): LanguageCount {
    const normal = sentence.normalize("NFKC");
    const text = /[`@:]/.test(normal) ? normal.replace(invisible, " ") : normal;
    const { arabic, latin, other } = countLetters(text);
    const words = text.match(latinWord) ?? [];
    const lower = words.map((word) => word.toLowerCase());
    const english = lower.filter((word) => small.english.has(word)).length;
    const otherLatin = lower.filter((word) => small.otherLatin.has(word)).length;
    const isLatinProse = Math.max(english, otherLatin) >= 3 && latin > 2 * arabic;
    const isArabicProse = arabic > 2 * latin;
    return {
        arabic: count.arabic + arabic,
        latin: count.latin + latin,
        other: count.other + other,
        foreignArabic:
            count.foreignArabic + (arabic > 0 ? (text.match(foreignLetter)?.length ?? 0) : 0),
        latinWords: count.latinWords + words.length,
        latinProse: count.latinProse + (isLatinProse ? latin : 0),
        arabicProse: count.arabicProse + (isArabicProse ? arabic : 0),
        englishWords: count.englishWords + english,
        otherLatinWords: count.otherLatinWords + otherLatin,
    };
}

/** Whether an answer so counted is not in the language that it has to be in. */
export function isWrongLanguage(count: LanguageCount, language: Language): boolean {
    const { arabic, latin, other } = count;
    const letters = arabic + latin + other;
    if ((other >= 12 && other > letters / 8) || (other >= 5 && other > letters / 2)) return true;
    return language === "ar" ? isNotArabic(count) : isNotEnglish(count);
}

function isNotArabic(count: LanguageCount): boolean {
    const { arabic, latin, foreignArabic, latinWords, latinProse } = count;
    if (arabic === 0) return latinWords >= 3 || latin >= 15;
    if (foreignArabic >= 5 && foreignArabic > arabic / 30) return true;
    if (arabic < latin / 20 && latinWords >= 6) return true;
    return latinProse >= 50 && latinProse > 0.3 * (arabic + latin);
}

function isNotEnglish({
    arabic,
    latin,
    arabicProse,
    latinWords,
    englishWords,
    otherLatinWords,
}: LanguageCount): boolean {
    if (latin === 0) return arabic >= 15;
    if (arabicProse >= 40 && arabicProse > 0.3 * (arabic + latin)) return true;
    return latinWords >= 12 && otherLatinWords >= 3 && otherLatinWords > 2 * englishWords;
}
