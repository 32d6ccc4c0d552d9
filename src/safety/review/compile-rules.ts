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
    readonly phrases: ReadonlyMap<number, readonly CompiledPhrase[]>;
    readonly number: number;
    readonly mark: number;
    /** The atom of words that a passed-over part does not reach beyond, such as "but". */
    readonly boundary: number;
}

/** {@link ReviewRules}, ready to be matched. */
export interface CompiledRules {
    readonly vocabulary: Vocabulary;
    readonly rules: readonly CompiledRule[];
    /** For each atom that one word can be, the rules that a sentence with it may break. */
    readonly starters: ReadonlyMap<number, readonly CompiledRule[]>;
    readonly tokens: TokenRules;
    readonly languages: {
        readonly [Name in keyof LanguageRules]: ReadonlySet<string>;
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
    const compile = ({ atStart, steps }: Phrase): CompiledPhrase => ({
        atStart,
        steps: steps.map(({ options, optional, gap }) => ({
            atoms: options.map(atomOf),
            optional,
            gap,
        })),
    });
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
    const lengths = [...beginnings.keys(), ...endings.keys()].map(({ length }) => length);
    return {
        vocabulary: {
            words,
            exactWords,
            beginnings,
            endings,
            partLengths: [...new Set(lengths)].sort((a, b) => a - b),
            phrases,
            number: numberAtom,
            mark: markAtom,
            boundary: idOf("<boundary>"),
        },
        rules,
        starters: startersOf(rules, phrases),
        tokens: source.tokens,
        languages: {
            english: new Set(source.languages.english),
            otherLatin: new Set(source.languages.otherLatin),
        },
        instructionWords: new Set(source.instructionWords.map(foldWord)),
    };
}

function mustRead(source: string): Phrase {
    const phrase = readPhrase(source, foldWord);
    if (typeof phrase === "string") throw new TypeError(`The phrase "${source}": ${phrase}`);
    return phrase;
}

/** A sentence needs to be matched against a rule only if one of its words can begin a phrase of it. */
function startersOf(
    rules: readonly CompiledRule[],
    phrases: ReadonlyMap<number, readonly CompiledPhrase[]>,
): Map<number, CompiledRule[]> {
    const firstAtoms = (phrase: CompiledPhrase): number[] => {
        const found: number[] = [];
        for (const { atoms, optional } of phrase.steps) {
            for (const atom of atoms) {
                found.push(atom, ...(phrases.get(atom) ?? []).flatMap(firstAtoms));
            }
            if (!optional) break;
        }
        return found;
    };
    const starters = new Map<number, CompiledRule[]>();
    for (const rule of rules) {
        for (const atom of new Set(rule.find.flatMap(firstAtoms))) {
            starters.set(atom, [...(starters.get(atom) ?? []), rule]);
        }
    }
    return starters;
}
