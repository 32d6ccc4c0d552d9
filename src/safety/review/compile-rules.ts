import type { Disposition } from "../triage/assessment.ts";
import { foldWord } from "../triage/fold-text.ts";
import { type Phrase, type PhraseOption, readPhrase } from "./read-phrase.ts";
import type { LanguageRules, PhraseCheck, ReviewRules, TokenRules } from "./review-rules.ts";

/** A step of a compiled phrase: any of these atoms. */
export interface CompiledStep {
    readonly atoms: readonly number[];
    readonly optional: boolean;
    readonly gap: number;
}

/** A phrase whose words are atoms. */
export interface CompiledPhrase {
    readonly atStart: boolean;
    readonly steps: readonly CompiledStep[];
    /** The atoms of one word with which it can begin. */
    readonly starts: ReadonlySet<number>;
}

/** A phrase rule, ready to be matched. */
export interface CompiledRule {
    readonly id: string;
    readonly check: PhraseCheck;
    readonly when: ReadonlySet<Disposition> | undefined;
    readonly within: "sentence" | "clause";
    readonly find: readonly CompiledPhrase[];
    readonly ignore: readonly CompiledPhrase[];
    readonly unless: readonly CompiledPhrase[];
    readonly unlessHeading: readonly CompiledPhrase[];
}

/** Which atoms a word is: an atom is a word, a beginning, an ending, a number, a mark or a class of them. */
export interface Vocabulary {
    readonly words: ReadonlyMap<string, readonly number[]>;
    /** Arabic words without any prefix or suffix. */
    readonly exactWords: ReadonlyMap<string, readonly number[]>;
    readonly beginnings: ReadonlyMap<string, readonly number[]>;
    readonly endings: ReadonlyMap<string, readonly number[]>;
    /** The lengths of {@link beginnings} and {@link endings}. */
    readonly partLengths: readonly number[];
    /** Atoms that are several words: their phrases. */
    readonly phrases: readonly (readonly CompiledPhrase[] | undefined)[];
    readonly number: number;
    readonly mark: number;
    /** The atom of words that a passed-over part does not reach beyond, such as "but". */
    readonly boundary: number;
}

/** {@link ReviewRules}, ready to be matched. */
export interface CompiledRules {
    readonly vocabulary: Vocabulary;
    readonly rules: readonly CompiledRule[];
    /** For each atom that one word can be, phrases that need it. */
    readonly index: ReadonlyMap<number, readonly IndexedPhrase[]>;
    readonly tokens: TokenRules;
    readonly languages: {
        readonly [Name in Exclude<keyof LanguageRules, "arabic">]: ReadonlySet<string>;
    };
    readonly instructionWords: ReadonlySet<string>;
}

/** Compiles rules. @throws {TypeError} for rules that `loadReviewRules` would not have let through. */
export function compileRules(source: ReviewRules): CompiledRules {
    const numberAtom = 0;
    const markAtom = 1;
    const ids = new Map([
        ["#", numberAtom],
        [",", markAtom],
    ]);
    const words = new Map<string, number[]>();
    const exactWords = new Map<string, number[]>();
    const beginnings = new Map<string, number[]>();
    const endings = new Map<string, number[]>();
    const phrases = new Map<number, CompiledPhrase[]>();

    const idOf = (key: string): number => {
        const id = ids.get(key) ?? ids.size;
        ids.set(key, id);
        return id;
    };
    const enter = (map: Map<string, number[]>, text: string, id: number): void => {
        const known = map.get(text) ?? [];
        if (!known.includes(id)) map.set(text, [...known, id]);
    };
    const mapOf = { word: words, exactly: exactWords, begins: beginnings, ends: endings } as const;
    const atomOf = (option: PhraseOption): number => {
        if (option.kind === "number") return numberAtom;
        if (option.kind === "mark") return markAtom;
        if (option.kind === "class") return idOf(`<${option.name}>`);
        const id = idOf(`${option.kind} ${option.text}`);
        enter(mapOf[option.kind], option.text, id);
        return id;
    };
    const unstarted: { readonly steps: readonly CompiledStep[]; readonly starts: Set<number> }[] =
        [];
    const compile = ({ atStart, steps }: Phrase): CompiledPhrase => {
        const compiled = {
            atStart,
            steps: steps.map(({ options, optional, gap }) => ({
                atoms: options.map(atomOf),
                optional,
                gap,
            })),
            starts: new Set<number>(),
        };
        unstarted.push(compiled);
        return compiled;
    };
    const all = (list: readonly string[]): CompiledPhrase[] =>
        list.map((phrase) => compile(mustRead(phrase)));

    for (const [name, list] of source.words) {
        const id = idOf(`<${name}>`);
        for (const entry of list) {
            const phrase = mustRead(entry);
            const [first, second] = phrase.steps;
            const option = first?.options[0];
            const isWord = !second && !phrase.atStart && first?.options.length === 1;
            if (
                isWord &&
                option &&
                option.kind !== "class" &&
                option.kind !== "number" &&
                option.kind !== "mark"
            ) {
                enter(mapOf[option.kind], option.text, id);
            } else {
                phrases.set(id, [...(phrases.get(id) ?? []), compile(phrase)]);
            }
        }
    }
    const rules = source.rules.map((rule): CompiledRule => ({
        id: rule.id,
        check: rule.check,
        when: rule.when && new Set(rule.when),
        within: rule.within,
        find: all(rule.find),
        ignore: all(rule.ignore),
        unless: all(rule.unless),
        unlessHeading: all(rule.unlessHeading),
    }));
    const addStarts = (steps: readonly CompiledStep[], starts: Set<number>): void => {
        for (const atom of steps[0]?.atoms ?? []) {
            starts.add(atom);
            for (const phrase of phrases.get(atom) ?? []) addStarts(phrase.steps, starts);
        }
    };
    for (const { steps, starts } of unstarted) addStarts(steps, starts);
    const lengths = [...beginnings.keys(), ...endings.keys()].map(({ length }) => length);
    return {
        vocabulary: {
            words,
            exactWords,
            beginnings,
            endings,
            partLengths: [...new Set(lengths)].sort((a, b) => a - b),
            phrases: Array.from({ length: ids.size + 1 }, (_, atom) => phrases.get(atom)),
            number: numberAtom,
            mark: markAtom,
            boundary: idOf("<boundary>"),
        },
        rules,
        index: indexOf(rules, phrases, commonAtoms(source, words, numberAtom)),
        tokens: source.tokens,
        languages: {
            english: new Set(source.languages.english),
            otherLatin: new Set(source.languages.otherLatin),
        },
        instructionWords: new Set(source.instructionWords.map(foldWord)),
    };
}

/** Atoms that ordinary sentences have: numbers, and all that a small word may be. */
function commonAtoms(
    { languages }: ReviewRules,
    words: ReadonlyMap<string, readonly number[]>,
    numberAtom: number,
): Set<number> {
    const small = [...languages.english, ...languages.arabic];
    return new Set([numberAtom, ...small.flatMap((word) => words.get(foldWord(word)) ?? [])]);
}

function mustRead(source: string): Phrase {
    const phrase = readPhrase(source, foldWord);
    if (typeof phrase === "string") throw new TypeError(`The phrase "${source}": ${phrase}`);
    return phrase;
}

/** Where a phrase is entered: a word of it that a sentence must have. */
export interface IndexedPhrase {
    readonly rule: CompiledRule;
    readonly phrase: CompiledPhrase;
}

/**
 * Enters each phrase under the words of that one of its steps that is rarest in ordinary sentences, so
 * that most sentences meet few phrases.
 */
function indexOf(
    rules: readonly CompiledRule[],
    phrases: ReadonlyMap<number, readonly CompiledPhrase[]>,
    common: ReadonlySet<number>,
): Map<number, IndexedPhrase[]> {
    const singles = (atom: number): number[] => [
        atom,
        ...(phrases.get(atom) ?? []).flatMap((phrase) => keyOf(phrase)),
    ];
    const keyOf = ({ steps }: CompiledPhrase): number[] => {
        const keys = steps
            .filter(({ optional }) => !optional)
            .map(({ atoms }) => atoms.flatMap(singles));
        return keys.reduce((best, key) => (costOf(key) < costOf(best) ? key : best));
    };
    const costOf = (key: readonly number[]): number =>
        key.reduce((sum, atom) => sum + (common.has(atom) ? commonCost : 1), 0);
    const index = new Map<number, IndexedPhrase[]>();
    for (const rule of rules) {
        for (const phrase of rule.find) {
            for (const atom of new Set(keyOf(phrase))) {
                const known = index.get(atom) ?? [];
                known.push({ rule, phrase });
                index.set(atom, known);
            }
        }
    }
    return index;
}

/** So many rare words are met as often as one common word. */
const commonCost = 200;
