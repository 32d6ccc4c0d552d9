import { foldWord, shortenRuns } from "./fold-text.ts";

/** What a written word may be: the numbers of lexemes. */
export interface Reading {
    readonly lexemes: readonly number[];
    /** Whether it carries "my" or "me". */
    readonly mine: boolean;
}

/** A word of the lexicon as it is kept, under its written form. */
export interface Form {
    readonly lexeme: number;
    /** Only in classes of nouns; unknown while it stands in phrases alone. */
    noun?: boolean;
    /** Neither stems nor typing errors are looked for. */
    exact: boolean;
    /** Whether it is an entry by itself, not only a word of phrases. */
    single?: boolean;
}

/** All words of the lexicon, by their written form. */
export type Forms = ReadonlyMap<string, Form>;

/** What a written word stands for: one word, or two where a "not" is grown together with it. */
export type ReadWord = (word: string) => readonly Reading[];

/**
 * A word as it is kept and looked up: folded; Arabic without doubled letters, English without
 * apostrophes.
 */
export function writtenForm(word: string): string {
    const folded = foldWord(word);
    return isArabic(folded) ? shortenRuns(folded) : folded.replaceAll("'", "");
}

/** Whether a word is written in Arabic letters. */
export function isArabic(word: string): boolean {
    return /\p{Script=Arabic}/u.test(word);
}
