import { keysOfArabic, soundsLike, stemsOfLatin } from "./arabizi-keys.ts";
import { englishStem } from "./english-stem.ts";
import { shortenRuns } from "./fold-text.ts";
import { createNearSpellings } from "./near-spellings.ts";
import type { TriageRules } from "./triage-rules.ts";
import { type Forms, isArabic, type Reading, type ReadWord } from "./word-forms.ts";

const nothing: readonly Reading[] = [];

/** What a word in Latin letters surely is, if anything. */
export type WordLanguage = "english" | "arabic" | "unknown";

/**
 * How the words of a message are spelled: as in English, slips of the pen included; as Arabic in
 * Latin letters; in another language, of which only what is spelled as in English is known.
 */
export type LatinSpelling = "english" | "romanised" | "other";

/** Reads words in Latin letters. */
export interface LatinReader {
    readonly readLatin: (word: string, spelling: LatinSpelling) => readonly Reading[];
    /** Whether a word is English for sure, Arabic for sure, or neither. */
    readonly languageOf: (word: string) => WordLanguage;
}

/** Prepares the reading of English, and of Arabic in Latin letters. */
export function createLatinReader(
    forms: Forms,
    { spellings, ordinary }: Pick<TriageRules, "spellings" | "ordinary">,
    readArabic: ReadWord,
): LatinReader {
    const english = [...forms].filter(([written]) => !isArabic(written));
    const byStem = new Map<string, number[]>();
    const byKey = new Map<string, number[]>();
    for (const [written, { lexeme, exact }] of english) {
        if (!exact) pushTo(byStem, englishStem(written), lexeme);
    }
    for (const [written, { lexeme }] of forms) {
        if (isArabic(written)) for (const key of keysOfArabic(written)) pushTo(byKey, key, lexeme);
    }
    const near = createNearSpellings(
        english
            .filter(([, { exact }]) => !exact)
            .flatMap(([written]) => [...new Set([written, ...inflected(written)])]),
    );
    const findEnglish = (word: string): readonly number[] => {
        // "file" is no form of "fills".
        const stemmed = ordinary.has(word) ? undefined : byStem.get(englishStem(word));
        const lexemes = new Set<number>(stemmed);
        const whole = forms.get(word);
        if (whole) lexemes.add(whole.lexeme);
        return [...lexemes];
    };
    const spelled = (word: string): readonly string[] =>
        spellings.get(word) ?? spellings.get(shortenRuns(word)) ?? [];
    const writtenOf = new Map([...forms].map(([written, { lexeme }]) => [lexeme, written]));
    const romanisedLexemes = (word: string, wholeOnly: boolean): readonly number[] => {
        const found = new Set<number>();
        for (const { stem, key, whole } of stemsOfLatin(word)) {
            if (wholeOnly && !whole) continue;
            for (const lexeme of byKey.get(key) ?? []) {
                if (soundsLike(stem, writtenOf.get(lexeme) ?? "")) found.add(lexeme);
            }
        }
        return [...found];
    };
    const not = forms.get("ما")?.lexeme;
    /** One token for a single word; a spelling of two words gives two. */
    const fromSpellings = (word: string, others: readonly number[]): readonly Reading[] => {
        const phrases = spelled(word).map((arabic) => arabic.split(" "));
        const longest = phrases.find((words) => words.length > 1);
        if (longest) return longest.flatMap(readArabic);
        const readings = phrases.flat().flatMap(readArabic);
        const lexemes = [...new Set([...readings.flatMap((each) => each.lexemes), ...others])];
        return lexemes.length === 0
            ? nothing
            : [reading(lexemes, readings.some(({ mine }) => mine) || /(?:i|y)$/.test(word))];
    };
    const readRomanised = (word: string): readonly Reading[] => {
        if (spelled(word).length > 0) return fromSpellings(word, []);
        if (romanisedLexemes(word, true).length > 0) {
            return fromSpellings(word, romanisedLexemes(word, false));
        }
        const negation = /^(?:ma|m)(.{3,}?)(?:sh|ch|x|s)$|^ma(.{3,})$/.exec(word);
        const rest = negation?.[1] ?? negation?.[2];
        if (rest !== undefined && not !== undefined) {
            const inner = fromSpellings(rest, romanisedLexemes(rest, false));
            if (inner.length > 0) return [reading([not]), ...inner];
        }
        const bare = /^(?:wel|w|el|al|il|l|bel|bil|fel|fil|lel|b|f)(.{3,})$/.exec(word)?.[1];
        const bareSpelled = bare === undefined ? nothing : fromSpellings(bare, []);
        if (bareSpelled.length > 0) return bareSpelled;
        return fromSpellings(word, romanisedLexemes(word, false));
    };
    const readEnglish = (word: string): readonly Reading[] => {
        for (const form of unstretched(word)) {
            const lexemes = findEnglish(form);
            if (lexemes.length > 0) return [reading(lexemes)];
        }
        if (ordinary.has(word)) return nothing;
        const slips = new Set(near(word).flatMap(findEnglish));
        if (slips.size > 0) return [reading([...slips])];
        return splitTogether(word, findEnglish);
    };
    return {
        readLatin: (written, spelling) => {
            const word = written.replaceAll("'", "");
            if (spelling === "other") {
                const lexemes = findEnglish(word);
                return lexemes.length > 0 ? [reading(lexemes)] : nothing;
            }
            if (isSpelledWithDigits(word)) {
                const found = readRomanised(written.endsWith("'") ? word : written);
                return found.length > 0 ? found : readEnglish(word);
            }
            if (spelling === "english") {
                const found = readEnglish(word);
                return found.length > 0 || ordinary.has(word) ? found : fromSpellings(word, []);
            }
            const found = readRomanised(word);
            const plain = findEnglish(word);
            if (plain.length === 0) return found;
            if (found.length > 1) return found;
            return [reading([...(found[0]?.lexemes ?? []), ...plain], found[0]?.mine)];
        },
        languageOf: (written) => {
            const word = written.replaceAll("'", "");
            if (isSpelledWithDigits(word)) return "arabic";
            const isEnglish = ordinary.has(word) || findEnglish(word).length > 0;
            const isSpelled = spellings.has(word);
            if (isEnglish === isSpelled) return "unknown";
            return isEnglish ? "english" : "arabic";
        },
    };
}

/** "3andi", "wja3": a digit stands for a letter. Not "b12" or "covid19". */
function isSpelledWithDigits(word: string): boolean {
    return (
        /[a-z]/.test(word) &&
        /[235679]/.test(word) &&
        /[a-z]{2}|[a-z]\d[a-z]/.test(word) &&
        !/\d{2,}$/.test(word)
    );
}

function reading(lexemes: readonly number[], mine = false): Reading {
    return { lexemes, mine };
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
    const values = map.get(key);
    if (values) values.push(value);
    else map.set(key, [value]);
}

/** "breeeathe" may be "breeathe" or "breathe"; other words are what they are. */
function unstretched(word: string): readonly string[] {
    if (!/(.)\1\1/u.test(word)) return [word];
    return [word.replace(/(.)\1{2,}/gu, "$1$1"), word.replace(/(.)\1{2,}/gu, "$1")];
}

/** The forms in which a mistyped verb or noun may have been meant. */
function inflected(word: string): string[] {
    const base = word.endsWith("e") ? word.slice(0, -1) : word;
    return [`${base}ing`, `${base}ed`, `${word}s`];
}

/** "chestpain", "cantbreathe": two words of the lexicon without the space. */
function splitTogether(
    word: string,
    find: (word: string) => readonly number[],
): readonly Reading[] {
    if (word.length < 8) return nothing;
    for (let at = 4; at <= word.length - 4; at += 1) {
        const first = find(word.slice(0, at));
        const second = first.length > 0 ? find(word.slice(at)) : [];
        if (second.length > 0) return [reading(first), reading(second)];
    }
    return nothing;
}
