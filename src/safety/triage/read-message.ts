import type { ScreenHints } from "./assessment.ts";
import { foldText } from "./fold-text.ts";
import type { Lexicon } from "./lexicon.ts";
import type { LatinSpelling, WordLanguage } from "./read-latin.ts";
import { splitWords, type Word } from "./split-words.ts";
import type { Reading } from "./word-forms.ts";

/** A word of a message with what it may mean. */
export interface Token extends Word {
    readonly lexemes: readonly number[];
    /** Whether it carries "my" or "me". */
    readonly mine: boolean;
}

/** Where a class was found: its first and its last token. */
export interface Occurrence {
    readonly first: number;
    readonly last: number;
}

/** A message as tokens and the classes found in it. */
export interface Message {
    readonly tokens: readonly Token[];
    /** Where a class occurs, in the order of the text. */
    readonly occurrences: (classId: number) => readonly Occurrence[];
    readonly classIds: ReadonlySet<number>;
    /** Where numbers within a range stand. */
    readonly numbers: (from: number, to: number) => readonly Occurrence[];
}

/** The classes that the reader itself needs, by their names in the rules. */
export interface ReaderClasses {
    /** Words that may stand between those of a phrase: articles, "my", "in". */
    readonly filler: number | undefined;
}

const noOccurrences: readonly Occurrence[] = [];
const unread: Reading = { lexemes: [], mine: false };
const mostKnown = 20_000;
const longestKnown = 40;

/** Prepares a reader. It remembers the words it has met, up to a bound. */
export function createReader(
    lexicon: Lexicon,
    numberWords: ReadonlyMap<string, number>,
    { filler }: ReaderClasses,
): (text: string, hints?: ScreenHints) => Message {
    const known = new Map<string, readonly Reading[]>();
    const read = (word: Word, spelling: LatinSpelling): readonly Reading[] => {
        const key = `${spelling} ${word.text}`;
        const remembered = known.get(key);
        if (remembered) return remembered;
        const found =
            word.script === "arabic"
                ? lexicon.readArabic(word.text)
                : lexicon.readLatin(word.text, word.script === "latin" ? spelling : "english");
        // Hostile messages consist of words that nobody writes twice.
        if (known.size >= mostKnown) known.clear();
        if (word.text.length <= longestKnown) known.set(key, found);
        return found;
    };
    const languages = new Map<string, WordLanguage>();
    const languageOf = (word: string): WordLanguage => {
        const language = languages.get(word) ?? lexicon.languageOf(word);
        if (languages.size >= mostKnown) languages.clear();
        if (word.length <= longestKnown) languages.set(word, language);
        return language;
    };
    return (text, { otherLanguage = false } = {}) => {
        const words = splitWords(foldText(text));
        const ours = isRomanised(words, languageOf) ? "romanised" : "english";
        const spelling = otherLanguage ? "other" : ours;
        const tokens: Token[] = [];
        for (const word of words) {
            const readings = word.text.length > 60 ? [] : read(word, spelling);
            const value = word.value ?? numberWords.get(word.text);
            for (const { lexemes, mine } of readings.length === 0 ? [unread] : readings) {
                const { text: written, script, place, sentence, afterPause } = word;
                const token = { text: written, script, place, sentence, afterPause, lexemes, mine };
                tokens.push(value === undefined ? token : { ...token, value });
            }
        }
        return findClasses(tokens, lexicon, filler);
    };
}

/** Whether the Latin words of a message are rather Arabic than English. */
function isRomanised(words: readonly Word[], languageOf: (word: string) => WordLanguage): boolean {
    let arabic = 0;
    let english = 0;
    let unknown = 0;
    for (const { text, script } of words.slice(0, 60)) {
        if (script !== "latin" || text.length < 2) continue;
        const language = languageOf(text);
        if (language === "arabic") arabic += 1;
        else if (language === "english") english += 1;
        else unknown += 1;
    }
    return 2 * arabic + unknown > 1.5 * english && (arabic > 0 || unknown > 2 * english);
}

function findClasses(
    tokens: readonly Token[],
    lexicon: Lexicon,
    filler: number | undefined,
): Message {
    const found = new Map<number, Occurrence[]>();
    const add = (classId: number, first: number, last: number): void => {
        const places = found.get(classId);
        const previous = places?.at(-1);
        if (previous?.first === first && previous.last === last) return;
        if (places) places.push({ first, last });
        else found.set(classId, [{ first, last }]);
    };
    const fillers = tokens.map(
        ({ lexemes }) =>
            filler !== undefined &&
            lexemes.some((lexeme) => lexicon.classesOf(lexeme).includes(filler)),
    );
    for (const [index, { lexemes }] of tokens.entries()) {
        for (const lexeme of lexemes) {
            for (const classId of lexicon.classesOf(lexeme)) add(classId, index, index);
            const phrases = lexicon.phrasesOf(lexeme);
            if (!phrases) continue;
            // The second word decides which phrases are worth a closer look.
            for (const next of fillers[index + 1] === true ? [1, 2] : [1]) {
                for (const second of tokens[index + next]?.lexemes ?? []) {
                    for (const phrase of phrases.get(second) ?? []) {
                        const last = endOfPhrase(tokens, index, phrase.lexemes, fillers);
                        if (last !== undefined) add(phrase.classId, index, last);
                    }
                }
            }
        }
    }
    return {
        tokens,
        occurrences: (classId) => found.get(classId) ?? noOccurrences,
        classIds: new Set(found.keys()),
        numbers: (from, to) =>
            tokens.flatMap(({ value }, index) =>
                value !== undefined && value >= from && value <= to
                    ? [{ first: index, last: index }]
                    : [],
            ),
    };
}

function endOfPhrase(
    tokens: readonly Token[],
    start: number,
    lexemes: readonly number[],
    fillers: readonly boolean[],
): number | undefined {
    const sentence = tokens[start]?.sentence;
    let index = start;
    for (const lexeme of lexemes.slice(1)) {
        index += 1;
        const next = tokens[index];
        if (next?.lexemes.includes(lexeme) !== true && fillers[index] === true) index += 1;
        const token = tokens[index];
        if (token?.sentence !== sentence || !token?.lexemes.includes(lexeme)) return undefined;
    }
    return index;
}
