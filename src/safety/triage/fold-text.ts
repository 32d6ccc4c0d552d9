/** Emergencies are named at the beginning or at the end; what lies between is not examined. */
const headCharacters = 6_000;
const tailCharacters = 2_000;

const arabicFolds: Readonly<Record<string, string>> = {
    ٱ: "ا",
    ى: "ي",
    ی: "ي",
    ې: "ي",
    ے: "ي",
    ک: "ك",
    ڪ: "ك",
    گ: "ق",
    ڭ: "ق",
    ݣ: "ق",
    ڨ: "ق",
    ة: "ه",
    ہ: "ه",
    ھ: "ه",
    ە: "ه",
    ء: "",
    "\u0640": "",
    پ: "ب",
    چ: "ج",
    ڤ: "ف",
    ژ: "ز",
};
const foldedLetter = /[\u0621\u0629\u0640\u0649\u066E-\u06D5\u0763]/gu;
const formatCharacter = /[\p{Cf}\p{M}]/gu;
const halfSpace = /\u200C/g;
const arabicDigit = /[\u0660-\u0669\u06F0-\u06F9]/g;

/**
 * The part of a message that is examined, in the letters in which words are compared: small
 * letters, Western digits, no marks, one form of each Arabic letter. At most 8,000 characters.
 */
export function foldText(text: string): string {
    const limit = headCharacters + tailCharacters;
    const part =
        text.length <= limit
            ? text
            : `${text.slice(0, headCharacters)}\n${text.slice(-tailCharacters)}`;
    return foldLetters(
        part
            .toWellFormed()
            // Decomposed, hamzas and vowels are marks, which fall away.
            .normalize("NFKD")
            // One character can stand for a phrase of eighteen.
            .slice(0, 2 * limit)
            .replace(halfSpace, " "),
    );
}

/** Folds the letters of a word or phrase of the lexicon in the same way. */
export function foldWord(word: string): string {
    return foldLetters(word.normalize("NFKD")).trim();
}

/** Plain small Latin letters need no folding: most words of the rules are such. */
const plain = /^[a-z ]*$/;

function foldLetters(text: string): string {
    if (plain.test(text)) return text;
    return text
        .replace(formatCharacter, "")
        .toLowerCase()
        .replace(/[\u2018\u2019\u02BC`´]/g, "'")
        .replace(foldedLetter, (letter) => arabicFolds[letter] ?? letter)
        .replace(arabicDigit, (digit) => String((digit.codePointAt(0) ?? 0) % 16))
        .replaceAll("\u066B", ".");
}

/** Whether the first of two equal letters is the article's: "اللسان", "واللسان". */
function isArticle(letter: string, offset: number, word: string): boolean {
    return letter === "ل" && offset <= 2 && /^[وفبك]?ا$/u.test(word.slice(0, offset));
}

/**
 * A word with every run of one letter shortened to a single one: people stretch words. Two equal
 * letters at the beginning stay; they are a prefix and the word's own.
 */
export function shortenRuns(word: string): string {
    return word.replace(/(.)\1+/gu, (run, letter: string, offset: number) =>
        run.length === 2 && (offset === 0 || isArticle(letter, offset, word)) ? run : letter,
    );
}
