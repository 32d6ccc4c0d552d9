import { createArabicReader } from "./read-arabic.ts";
import { createLatinReader, type LatinReader } from "./read-latin.ts";
import type { TriageRules } from "./triage-rules.ts";
import { type Form, type ReadWord, writtenForm } from "./word-forms.ts";

/** A phrase of a class, as the lexemes of its words. */
export interface Phrase {
    readonly lexemes: readonly number[];
    readonly classId: number;
}

/** What stands in the lexicon, ready to be looked up. */
export interface Lexicon extends LatinReader {
    readonly readArabic: ReadWord;
    readonly classId: (name: string) => number | undefined;
    /** The classes of a lexeme that is a whole entry. */
    readonly classesOf: (lexeme: number) => readonly number[];
    /** The phrases that begin with a lexeme, by the lexeme of their second word. */
    readonly phrasesOf: (lexeme: number) => ReadonlyMap<number, readonly Phrase[]> | undefined;
}

/** The article, before a word that is long enough to be one without it. */
const article = /^ال(?=[\p{L}]{3})/u;
/** Prepares the words of the rules. */
export function createLexicon(
    rules: Pick<TriageRules, "classes" | "spellings" | "ordinary">,
): Lexicon {
    const forms = new Map<string, Form>();
    const classesByLexeme: number[][] = [];
    const phrasesByLexeme = new Map<number, Map<number, Phrase[]>>();
    const classIds = new Map(rules.classes.map(({ name }, index) => [name, index]));

    const formOf = (word: string, exact: boolean): Form => {
        const written = writtenForm(word);
        const known = forms.get(written);
        if (known) {
            known.exact ||= exact;
            return known;
        }
        const form = { lexeme: classesByLexeme.length, exact };
        classesByLexeme.push([]);
        forms.set(written, form);
        return form;
    };
    for (const [classId, { noun, entries }] of rules.classes.entries()) {
        for (const { words, exact } of entries) {
            const found = words.map((word) => formOf(word, exact));
            const lexemes = found.map(({ lexeme }) => lexeme);
            const [first = 0] = lexemes;
            const [only] = found;
            if (lexemes.length > 1) {
                addPhrase(phrasesByLexeme, { lexemes, classId });
                const bare = words.map((word) => formOf(word.replace(article, ""), exact).lexeme);
                if (bare.some((lexeme, index) => lexeme !== lexemes[index])) {
                    addPhrase(phrasesByLexeme, { lexemes: bare, classId });
                }
            } else if (only && !classesByLexeme[first]?.includes(classId)) {
                only.noun = noun && only.noun !== false;
                only.single = true;
                classesByLexeme[first]?.push(classId);
            }
        }
    }
    for (const arabic of rules.spellings.values()) {
        for (const word of arabic.flatMap((words) => words.split(" "))) formOf(word, false);
    }

    const readArabic = createArabicReader(forms, rules.ordinary);
    const { readLatin, languageOf } = createLatinReader(forms, rules, readArabic);
    return {
        readArabic,
        readLatin,
        languageOf,
        classId: (name) => classIds.get(name),
        classesOf: (lexeme) => classesByLexeme[lexeme] ?? [],
        phrasesOf: (lexeme) => phrasesByLexeme.get(lexeme),
    };
}

function addPhrase(index: Map<number, Map<number, Phrase[]>>, phrase: Phrase): void {
    const [first = 0, second = 0] = phrase.lexemes;
    const bySecond = index.get(first) ?? new Map<number, Phrase[]>();
    index.set(first, bySecond);
    bySecond.set(second, [...(bySecond.get(second) ?? []), phrase]);
}
