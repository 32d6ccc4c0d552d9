import type { CompiledPhrase, CompiledRule, CompiledRules, Vocabulary } from "./compile-rules.ts";
import { formsOf, type Word } from "./words.ts";

/** A word of a sentence with the atoms that it is. */
export interface ReadWord {
    readonly isMark: boolean;
    readonly atoms: readonly number[];
}

/** Finds out which atoms words are; the same word is looked up once. */
export type WordReader = (words: readonly Word[]) => readonly ReadWord[];

/** A reader that remembers some thousand words. */
export function createWordReader(vocabulary: Vocabulary): WordReader {
    const known = new Map<string, ReadWord>();
    return (words) =>
        words.map((word) => {
            // A word and a number or a sign are never written alike.
            const remembered = known.get(word.text);
            if (remembered) return remembered;
            const found = readWord(word, vocabulary);
            if (known.size >= maxKnownWords) known.clear();
            if (word.text.length <= maxKnownLetters) known.set(word.text, found);
            return found;
        });
}

const maxKnownWords = 4_000;
const maxKnownLetters = 30;

function readWord({ kind, text }: Word, vocabulary: Vocabulary): ReadWord {
    if (kind === "mark") return { isMark: true, atoms: [vocabulary.mark] };
    const numbers = kind === "number" ? [vocabulary.number] : [];
    return { isMark: false, atoms: [...new Set([...numbers, ...atomsOf(text, vocabulary)])] };
}

function atomsOf(
    word: string,
    { words, exactWords, beginnings, endings, partLengths }: Vocabulary,
): number[] {
    const atoms = [...(exactWords.get(word) ?? [])];
    for (const form of formsOf(word)) {
        atoms.push(...(words.get(form) ?? []));
        for (const length of partLengths) {
            if (length > form.length) break;
            atoms.push(
                ...(beginnings.get(form.slice(0, length)) ?? []),
                ...(endings.get(form.slice(-length)) ?? []),
            );
        }
    }
    return atoms;
}

/**
 * How a phrase is looked for. `strict`: nothing of it reaches over a mark or a word such as "but";
 * what excuses a sentence must not be found too easily.
 */
export type Strictness = "strict" | "loose";

const none: readonly number[] = [];

/** Matches phrases in one sentence; remembers what it found, so that the time stays linear. */
class PhraseMatcher {
    readonly #words: readonly ReadWord[];
    readonly #vocabulary: Vocabulary;
    readonly #strictness: Strictness;
    /** The atoms of single words that occur. */
    readonly #occurring: ReadonlySet<number>;
    readonly #possible = new Map<number, boolean>();
    readonly #ends = new Map<number, readonly number[]>();

    constructor(
        words: readonly ReadWord[],
        vocabulary: Vocabulary,
        strictness: Strictness,
        occurring = occurringIn(words),
    ) {
        this.#words = words;
        this.#vocabulary = vocabulary;
        this.#strictness = strictness;
        this.#occurring = occurring;
    }

    /** Whether the phrase is in the sentence, ending behind word `from`. */
    has(phrase: CompiledPhrase, from = 0): boolean {
        if (!this.#isPossible(phrase)) return false;
        const last = phrase.atStart ? 1 : this.#words.length;
        for (let at = 0; at < last; at += 1) {
            if (this.#begins(phrase, at) && this.#furthest(phrase, at) > from) return true;
        }
        return false;
    }

    /** Which words belong to any of the phrases. */
    cover(phrases: readonly CompiledPhrase[]): ReadonlySet<number> {
        const covered = new Set<number>();
        for (const phrase of phrases) {
            if (!this.#isPossible(phrase)) continue;
            const last = phrase.atStart ? 1 : this.#words.length;
            for (let at = 0; at < last; at += 1) {
                if (!this.#begins(phrase, at)) continue;
                const end = this.#furthest(phrase, at);
                for (let index = at; index < end; index += 1) covered.add(index);
            }
        }
        return covered;
    }

    /** Whether all words that the phrase cannot do without occur somewhere. */
    #isPossible({ steps }: CompiledPhrase): boolean {
        return steps.every(
            ({ optional, atoms }) => optional || atoms.some((atom) => this.#occurs(atom)),
        );
    }

    #occurs(atom: number): boolean {
        if (this.#occurring.has(atom)) return true;
        const phrases = this.#vocabulary.phrases[atom];
        if (!phrases) return false;
        const known = this.#possible.get(atom);
        if (known !== undefined) return known;
        const found = phrases.some((phrase) => this.#isPossible(phrase));
        this.#possible.set(atom, found);
        return found;
    }

    #begins({ starts }: CompiledPhrase, at: number): boolean {
        return this.#words[at]?.atoms.some((atom) => starts.has(atom)) ?? false;
    }

    /** Where the phrase that begins at a word ends at the latest; -1 when it does not begin there. */
    #furthest(phrase: CompiledPhrase, start: number): number {
        return this.#match(phrase, start).reduce((latest, end) => Math.max(latest, end), -1);
    }

    /** Where a phrase that begins at a word may end. */
    #match({ steps }: CompiledPhrase, start: number): readonly number[] {
        let ends: readonly number[] = [start];
        for (const [index, { atoms, optional, gap }] of steps.entries()) {
            const next: number[] = optional ? [...ends] : [];
            for (const end of ends) {
                const reach = index === 0 ? end : this.#reach(end, gap);
                for (let at = end; at <= reach; at += 1) {
                    for (const atom of atoms) {
                        for (const behind of this.#endsOf(atom, at)) {
                            if (!next.includes(behind)) next.push(behind);
                        }
                    }
                }
            }
            if (next.length === 0) return none;
            ends = next;
        }
        return ends;
    }

    /** The last word at which the next step may begin. */
    #reach(from: number, gap: number): number {
        const isStrict = this.#strictness === "strict";
        let passed = 0;
        let at = from;
        for (; at < this.#words.length; at += 1) {
            const word = this.#words[at];
            if (!word) break;
            if (word.isMark) {
                if (isStrict) break;
            } else {
                passed += 1;
                if (passed > gap) break;
                if (isStrict && word.atoms.includes(this.#vocabulary.boundary)) break;
            }
        }
        return at;
    }

    #endsOf(atom: number, at: number): readonly number[] {
        const word = this.#words[at];
        if (!word) return none;
        const isWord = this.#occurring.has(atom) && word.atoms.includes(atom);
        const phrases = this.#vocabulary.phrases[atom];
        if (!phrases || !this.#occurs(atom)) return isWord ? [at + 1] : none;
        const key = atom * this.#words.length + at;
        const known = this.#ends.get(key);
        if (known) return known;
        const found = isWord ? [at + 1] : [];
        for (const phrase of phrases) {
            if (!this.#begins(phrase, at) || !this.#isPossible(phrase)) continue;
            for (const end of this.#match(phrase, at)) {
                if (!found.includes(end)) found.push(end);
            }
        }
        this.#ends.set(key, found);
        return found;
    }
}

function occurringIn(words: readonly ReadWord[]): Set<number> {
    const occurring = new Set<number>();
    for (const { atoms } of words) for (const atom of atoms) occurring.add(atom);
    return occurring;
}

/** What stands above a sentence: a heading, and the line that introduces a list. */
export interface Surroundings {
    readonly heading: readonly ReadWord[];
    readonly leadIn: readonly ReadWord[];
}

const mark: ReadWord = { isMark: true, atoms: [] };

/** The rules that a sentence breaks, read together with what introduces it. */
export function brokenRules(
    sentence: readonly ReadWord[],
    { heading, leadIn }: Surroundings,
    { index, vocabulary }: CompiledRules,
    applies: (rule: CompiledRule) => boolean,
): readonly CompiledRule[] {
    const before = leadIn.length > 0 ? leadIn : heading;
    const context = before.length > 0 ? [...before, mark] : [];
    const whole = [...context, ...sentence];
    const from = context.length;
    const broken = new Set<CompiledRule>();
    const judged = new Set<CompiledRule>();
    const occurring = occurringIn(whole);
    const looseOnes = new PhraseMatcher(whole, vocabulary, "loose", occurring);
    const strictOnes = lazy(() => new PhraseMatcher(whole, vocabulary, "strict", occurring));
    const own = lazy(() => new PhraseMatcher(sentence, vocabulary, "loose"));
    for (const atom of occurring) {
        for (const { rule, phrase } of index.get(atom) ?? []) {
            if (judged.has(rule) || !applies(rule)) continue;
            const matcher = rule.within === "clause" ? strictOnes() : looseOnes;
            const found = phrase.atStart ? own().has(phrase) : matcher.has(phrase, from);
            if (!found) continue;
            judged.add(rule);
            if (!isExcused(rule, whole, sentence, { heading, leadIn }, vocabulary))
                broken.add(rule);
        }
    }
    return [...broken];
}

function lazy<Value>(make: () => Value): () => Value {
    let made: Value | undefined;
    return () => (made ??= make());
}

function isExcused(
    rule: CompiledRule,
    whole: readonly ReadWord[],
    sentence: readonly ReadWord[],
    { heading, leadIn }: Surroundings,
    vocabulary: Vocabulary,
): boolean {
    const has = (words: readonly ReadWord[], phrases: readonly CompiledPhrase[]): boolean => {
        const matcher = new PhraseMatcher(words, vocabulary, "strict");
        return phrases.some((phrase) => matcher.has(phrase));
    };
    if (has(sentence, rule.unless)) return true;
    if (has(heading, rule.unlessHeading) || has(leadIn, rule.unlessHeading)) return true;
    const covered = new PhraseMatcher(whole, vocabulary, "strict").cover(rule.ignore);
    if (covered.size === 0) return false;
    const rest = whole.map((word, at) => (covered.has(at) ? { ...word, atoms: none } : word));
    const strictness = rule.within === "clause" ? "strict" : "loose";
    const matcher = new PhraseMatcher(rest, vocabulary, strictness);
    const from = whole.length - sentence.length;
    const own = new PhraseMatcher(rest.slice(from), vocabulary, strictness);
    return !rule.find.some((phrase) =>
        phrase.atStart ? own.has(phrase) : matcher.has(phrase, from),
    );
}
