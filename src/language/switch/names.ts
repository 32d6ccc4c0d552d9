import type { Language } from "../../message.ts";

/** A mention of a language by one word. */
export interface LanguageName {
    /** `other` is any language that the assistant does not answer in. */
    readonly language: Language | "other";
    /** What the word holds besides the name: "بالعربي" is "in Arabic", "العربي" "the Arabic". */
    readonly prefix: "in" | "the" | "none";
}

/** At least one half of a misspelt name is whole, as a misspelling has a single mistake. */
const fragment =
    /e+n+g|l+i+s+h|enlg|a+r+a+b|arb|bic|erbi|3rb|3a?ra|raby|rabi|[nm][gjkq]l|anglai|عر+ب|ن[جكقغگچڨ]?ل|جليز|جلش/;

/** Whether a text in lower case may name one of both languages; rules out most texts at once. */
export function mayNameLanguage(text: string): boolean {
    return fragment.test(text);
}

const arabicScript = /^(?:[وف])?(?<prefix>بال|بل|ب|عال|ع|لل|ل|ال)?(?<name>\p{L}{4,9})$/u;
const arabicInArabic = /^عربي(?:ه|ا)?$/;
const englishInArabic = /^ا?ن[جكقغ]?لي?[زش](?:ي{0,2}|يه|يا|يتي)$/;
const otherInArabic =
    /^(?:فرنسي|فرنساوي|اسباني|الماني|ايطالي|تركي|كردي|فارسي|روسي|صيني|هندي|اوردو|امازيغي|بنغالي|فلبيني|برتغالي|سويدي|هولندي|عبري|صومالي)(?:ه|ا)?$/;

const latinPrefixes = [
    "bil",
    "bel",
    "bal",
    "lel",
    "lil",
    "bl",
    "be",
    "el",
    "al",
    "il",
    "ll",
    "b",
    "l",
];
const arabicInLatin =
    /^(?:3a?ra?b|3[ae]?rb|arab|arb|erb)(?:i|y|e|ee|ia|iya|eya|iyya|eyya|iye|iyye)$/;
const englishInLatin =
    /^(?:[aei]?n[gjkq]l(?:i|ee|e|y)?(?:z|s)(?:i|y|e|ee|ia|iya|eya|iyya|iye)|anglais)$/;
const arabicInEnglish = "arabic";
const englishInEnglish = "english";
const otherInLatin =
    /^(?:french|spanish|german|italian|turkish|kurdish|persian|farsi|russian|chinese|mandarin|hindi|urdu|tagalog|filipino|bengali|malayalam|tamil|punjabi|somali|swahili|amharic|hebrew|portuguese|dutch|swedish|polish|romanian|ukrainian|pashto|dari|fransi|faransi|faransawi|fransawi|francais|turki|almani)$/;
/** One letter away from a name, yet words of their own. */
const lookAlikes = new Set(["arabia", "arabica", "arabin", "arabics", "aerobic", "anglia"]);

/**
 * The language that a word names, in any of the three ways to write it and with one mistake.
 *
 * @param word In lower case, in the letters of `foldLetters`.
 */
export function languageName(word: string): LanguageName | undefined {
    return word < "\u0600" ? nameInLatin(word) : nameInArabic(word);
}

function nameInArabic(word: string): LanguageName | undefined {
    const parts = arabicScript.exec(word)?.groups;
    if (parts === undefined) return undefined;
    const whole = word.replace(/^[وف]/, "");
    // A prefix may also be the first letter of the name itself: "عربي".
    const name = isArabicName(whole) ? whole : (parts["name"] ?? "");
    const language = arabicInArabic.test(name)
        ? "ar"
        : englishInArabic.test(name) || isMisspelt(name, "انجليزي", 6)
          ? "en"
          : otherInArabic.test(name)
            ? "other"
            : undefined;
    if (language === undefined) return undefined;
    const prefix = name === whole ? "" : (parts["prefix"] ?? "");
    return { language, prefix: prefix === "" ? "none" : prefix === "ال" ? "the" : "in" };
}

function isArabicName(word: string): boolean {
    return arabicInArabic.test(word) || englishInArabic.test(word) || otherInArabic.test(word);
}

function nameInLatin(word: string): LanguageName | undefined {
    if (word.length < 3 || word.length > 14 || lookAlikes.has(word)) return undefined;
    const whole = latinLanguage(word);
    if (whole !== undefined) return { language: whole, prefix: "none" };
    for (const prefix of latinPrefixes) {
        const language = word.startsWith(prefix)
            ? latinLanguage(word.slice(prefix.length))
            : undefined;
        if (language !== undefined) {
            return { language, prefix: prefix.startsWith("b") ? "in" : "the" };
        }
    }
    return undefined;
}

function latinLanguage(word: string): LanguageName["language"] | undefined {
    if (word === "eng" || englishInLatin.test(word)) return "en";
    if (arabicInLatin.test(word)) return "ar";
    if (isMisspelt(word, englishInEnglish, 6)) return "en";
    if (isMisspelt(word, arabicInEnglish, 5)) return "ar";
    return otherInLatin.test(word) ? "other" : undefined;
}

/** Whether two words differ by no more than one letter put in, left out, changed or swapped. */
export function isMisspelt(word: string, model: string, minLength: number): boolean {
    if (word === model) return true;
    const longer = word.length - model.length;
    if (word.length < minLength || Math.abs(longer) > 1) return false;
    let at = 0;
    while (at < word.length && word[at] === model[at]) at += 1;
    const rest = word.slice(at + 1);
    if (longer > 0) return rest === model.slice(at);
    if (longer < 0) return word.slice(at) === model.slice(at + 1);
    const swapped = word[at] === model[at + 1] && word[at + 1] === model[at];
    return rest === model.slice(at + 1) || (swapped && word.slice(at + 2) === model.slice(at + 2));
}
