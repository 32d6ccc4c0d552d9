/** Enough to tell a language; every later step is bounded by it. */
const headCharacters = 1_000;
/** The end of a long message often says how to answer. */
const tailCharacters = 500;

/** Vowel signs and the lengthening stroke of Arabic. */
const arabicSigns = /[\u064B-\u065F\u0670\u06D6-\u06ED]|\u0640/g;
/** The half-space of Persian parts words as a space does; other format characters say nothing. */
const halfSpace = /\u200C/g;
const formatCharacter = /\p{Cf}/gu;
const address =
    /:\/\/|^www\.|@|\.(?:com|org|net|info|io|gov|edu|sa|ae|eg|uk|pdf|docx?|xlsx?|txt|zip|mp[34]|jpe?g|png|gif|heic|webp|tiff?|dcm)\b/i;

/**
 * What of a message can tell its language: at most 1,500 characters of it, in canonical letters,
 * without links, addresses and file names.
 */
export function cleanSample(text: string): string {
    const sample =
        text.length <= headCharacters + tailCharacters
            ? text
            : `${text.slice(0, headCharacters)} ${text.slice(-tailCharacters)}`;
    return (
        sample
            .toWellFormed()
            .normalize("NFKC")
            // One character can stand for a phrase of eighteen.
            .slice(0, 2 * (headCharacters + tailCharacters))
            .replace(halfSpace, " ")
            .replace(formatCharacter, "")
            .replace(arabicSigns, "")
            .split(/\s+/)
            .filter((token) => !address.test(token))
            .join(" ")
            .trim()
    );
}

/** Words and numbers in lower case; an apostrophe belongs to its word. */
export function wordsOf(sample: string): string[] {
    return (
        sample
            .toLowerCase()
            .replaceAll("’", "'")
            .match(/[\p{L}\p{M}\p{N}]+(?:'[\p{L}]+)*/gu) ?? []
    );
}

/** Arabic letters as people type them without care: one alef, one yeh, one heh, one kaf. */
export function foldArabic(word: string): string {
    return word
        .replaceAll(/[أإآٱ]/g, "ا")
        .replaceAll(/[ىی]/g, "ي")
        .replaceAll("ة", "ه")
        .replaceAll("ک", "ك");
}

/** A list of words written with spaces, as a set. */
export function wordSet(words: string): ReadonlySet<string> {
    return new Set(words.trim().split(/\s+/));
}
