import { keysOfArabic, soundsLike, stemsOfLatin } from "./arabizi-keys.ts";
import { type ArabicStem, arabicStems } from "./arabic-stems.ts";
import { englishStem } from "./english-stem.ts";
import { foldWord, shortenRuns } from "./fold-text.ts";
import { createNearSpellings } from "./near-spellings.ts";
import type { TriageRules } from "./triage-rules.ts";

/** What a written word may be: the numbers of lexemes. */
export interface Reading {
    readonly lexemes: readonly number[];
    /** Whether it carries "my" or "me". */
    readonly mine: boolean;
}

/** A phrase of a class, as the lexemes of its words. */
export interface Phrase {
    readonly lexemes: readonly number[];
    readonly classId: number;
}

/** What stands in the lexicon, ready to be looked up. */
export interface Lexicon {
    /** The words that a written word stands for: one, or two where a "not" is grown together with it. */
    readonly readArabic: (word: string) => readonly Reading[];
    /** The same for Latin letters; `romanised`: the message is Arabic in Latin letters. */
    readonly readLatin: (word: string, romanised: boolean) => readonly Reading[];
    /** Whether a Latin word is English for sure, Arabic for sure, or neither. */
    readonly languageOf: (word: string) => "english" | "arabic" | "unknown";
    readonly classId: (name: string) => number | undefined;
    /** The classes of a lexeme that is a whole entry. */
    readonly classesOf: (lexeme: number) => readonly number[];
    /** The phrases that begin with a lexeme. */
    readonly phrasesOf: (lexeme: number) => readonly Phrase[];
}

interface Form {
    readonly lexeme: number;
    /** Only in classes of nouns; unknown while it stands in phrases alone. */
    noun?: boolean;
    exact: boolean;
    /** Whether it is an entry by itself, not only a word of phrases. */
    single?: boolean;
}

const nothing: readonly Reading[] = [];
/** In Arabic, where shorter words are one letter apart from many others. */
const shortestMistyped = 5;
/** The article, before a word that is long enough to be one without it. */
const article = /^ال(?=[\p{L}]{3})/u;
/** Written with one of these apart from the others, they sound the same. */
const confusedLetters: Readonly<Record<string, string>> = {
    ظ: "ض",
    ذ: "د",
    ث: "ت",
    ص: "س",
    ط: "ت",
};

/** Prepares the words of the rules. */
export function createLexicon(
    rules: Pick<TriageRules, "classes" | "spellings" | "ordinary">,
): Lexicon {
    const forms = new Map<string, Form>();
    const classesByLexeme: number[][] = [];
    const phrasesByLexeme: Phrase[][] = [];
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
        phrasesByLexeme.push([]);
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
                phrasesByLexeme[first]?.push({ lexemes, classId });
                const bare = words.map((word) => formOf(word.replace(article, ""), exact).lexeme);
                if (bare.some((lexeme, index) => lexeme !== lexemes[index])) {
                    phrasesByLexeme[bare[0] ?? first]?.push({ lexemes: bare, classId });
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

    const readArabic = arabicReader(forms, rules.ordinary);
    const { readLatin, languageOf } = latinReader(forms, rules, readArabic);
    return {
        readArabic,
        readLatin,
        languageOf,
        classId: (name) => classIds.get(name),
        classesOf: (lexeme) => classesByLexeme[lexeme] ?? [],
        phrasesOf: (lexeme) => phrasesByLexeme[lexeme] ?? [],
    };
}

/** A word as it is kept and looked up: folded; Arabic without doubled letters, English without apostrophes. */
function writtenForm(word: string): string {
    const folded = foldWord(word);
    return isArabic(folded) ? shortenRuns(folded) : folded.replaceAll("'", "");
}

function isArabic(word: string): boolean {
    return /\p{Script=Arabic}/u.test(word);
}

function arabicReader(
    forms: ReadonlyMap<string, Form>,
    ordinary: ReadonlySet<string>,
): (word: string) => readonly Reading[] {
    const arabic = [...forms].filter(([written]) => isArabic(written));
    const confused = new Map<string, Form>();
    for (const [written, form] of arabic) confused.set(unconfused(written), form);
    const near = createNearSpellings(arabic.filter(([, { exact }]) => !exact).map(([w]) => w));

    const find = (word: string, minimum = 1): Reading | undefined => {
        const lexemes: number[] = [];
        let mine = false;
        const take = ({ stem, asVerb, mine: own }: ArabicStem, form: Form | undefined): void => {
            if (!form || (asVerb && form.noun === true) || lexemes.includes(form.lexeme)) return;
            if (stem.length < minimum) return;
            if (form.exact && stem !== word && !/^[وف]/u.test(word)) return;
            lexemes.push(form.lexeme);
            mine ||= own;
        };
        const isListed = forms.get(word)?.single === true;
        const stems = arabicStems(word).filter(
            // A listed word keeps its first letter: "wayed", many, is not "and a hand".
            ({ stem }) =>
                !isListed || stem.length < 3 || !word.startsWith("و") || stem.startsWith("و"),
        );
        for (const stem of stems) take(stem, forms.get(stem.stem));
        if (lexemes.length === 0) {
            for (const stem of stems) {
                if (stem.stem.length >= 3) take(stem, confused.get(unconfused(stem.stem)));
            }
        }
        return lexemes.length === 0 ? undefined : { lexemes, mine };
    };
    const not = forms.get("ما")?.lexeme;
    const splitNot = (word: string): readonly Reading[] | undefined => {
        if (not === undefined) return undefined;
        const rests = [
            /^(?:و)?ما(.{2,})ش$/u.exec(word)?.[1],
            /^(?:و)?م(.{3,})ش$/u.exec(word)?.[1],
            /^(?:و)?ما(.{3,})$/u.exec(word)?.[1],
            // Only before a verb: many words begin with these two letters.
            /^(?:و)?لا([يتنا].{3,})$/u.exec(word)?.[1],
        ];
        for (const rest of rests) {
            const found = rest === undefined ? undefined : find(rest, 3);
            if (found) return [{ lexemes: [not], mine: false }, found];
        }
        return undefined;
    };
    return (word) => {
        const short = shortenRuns(word);
        const whole = forms.get(short);
        const split = whole ? undefined : splitNot(short);
        if (split) return split;
        const found = find(short);
        if (found) return [found];
        if (ordinary.has(word) || ordinary.has(short)) return nothing;
        const bare = short.replace(/^(?:و?ال|و)(?=.{5})/u, "");
        if (ordinary.has(bare)) return nothing;
        if (bare.length < shortestMistyped) return nothing;
        const slips = near(bare).flatMap((other) => forms.get(other)?.lexeme ?? []);
        return slips.length > 0 ? [{ lexemes: slips, mine: false }] : nothing;
    };
}

function unconfused(word: string): string {
    return word.replace(/[ظذثصط]/gu, (letter) => confusedLetters[letter] ?? letter);
}

function latinReader(
    forms: ReadonlyMap<string, Form>,
    { spellings, ordinary }: Pick<TriageRules, "spellings" | "ordinary">,
    readArabic: (word: string) => readonly Reading[],
): Pick<Lexicon, "readLatin" | "languageOf"> {
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
        for (const form of [
            word,
            shortenRuns(word.replace(/(.)\1{2,}/gu, "$1$1")),
            word.replace(/(.)\1{2,}/gu, "$1$1"),
            word.replace(/(.)\1{2,}/gu, "$1"),
        ]) {
            if (form !== word && /(.)\1\1/u.test(word) === false) continue;
            const lexemes = findEnglish(form);
            if (lexemes.length > 0) return [reading(lexemes)];
        }
        if (ordinary.has(word)) return nothing;
        const slips = new Set(near(word).flatMap(findEnglish));
        if (slips.size > 0) return [reading([...slips])];
        return splitTogether(word, findEnglish);
    };
    return {
        readLatin: (written, romanised) => {
            const word = written.replaceAll("'", "");
            if (isSpelledWithDigits(word)) {
                const found = readRomanised(written.endsWith("'") ? word : written);
                return found.length > 0 ? found : readEnglish(word);
            }
            if (!romanised) {
                const found = readEnglish(word);
                return found.length > 0 || ordinary.has(word) ? found : fromSpellings(word, []);
            }
            const found = readRomanised(word);
            const plain = findEnglish(word);
            if (plain.length === 0) return found;
            return found.length === 1
                ? [reading([...(found[0]?.lexemes ?? []), ...plain], found[0]?.mine)]
                : found.length > 1
                  ? found
                  : [reading(plain)];
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
        /[a-z].*[235679]|[235679].*[a-z]/.test(word) &&
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
