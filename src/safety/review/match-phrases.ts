import type { CompiledPhrase, CompiledRule, Vocabulary } from "./compile-rules.ts";
import { formsOf, type Word } from "./words.ts";

/** A word of a sentence with the atoms that it is. */
export interface ReadWord {
    readonly isMark: boolean;
    readonly atoms: readonly number[];
}

/** Finds out which atoms the words of a sentence are. */
export function readWords(words: readonly Word[], vocabulary: Vocabulary): ReadWord[] {
    return words.map(({ kind, text }) => {
        if (kind === "mark") return { isMark: true, atoms: [vocabulary.mark] };
        const numbers = kind === "number" ? [vocabulary.number] : [];
        return { isMark: false, atoms: [...numbers, ...atomsOf(text, vocabulary)] };
    });
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

/** Matches phrases in one sentence; remembers what it found, so that the time stays linear. */
export class PhraseMatcher {
    readonly #words: readonly ReadWord[];
    readonly #vocabulary: Vocabulary;
    readonly #strictness: Strictness;
    readonly #ends = new Map<number, readonly number[]>();

    constructor(words: readonly ReadWord[], vocabulary: Vocabulary, strictness: Strictness) {
        this.#words = words;
        this.#vocabulary = vocabulary;
        this.#strictness = strictness;
    }

    /** Whether any of the phrases is in the sentence, ending behind word `from`. */
    has(phrases: readonly CompiledPhrase[], from = 0): boolean {
        return phrases.some((phrase) => {
            for (let at = 0; at < (phrase.atStart ? 1 : this.#words.length); at += 1) {
                const end = this.#match(phrase, at).at(-1);
                if (end !== undefined && end > from) return true;
            }
            return false;
        });
    }

    /** Which words belong to any of the phrases. */
    cover(phrases: readonly CompiledPhrase[]): ReadonlySet<number> {
        const covered = new Set<number>();
        for (const phrase of phrases) {
            for (let at = 0; at < (phrase.atStart ? 1 : this.#words.length); at += 1) {
                const end = this.#match(phrase, at).at(-1) ?? at;
                for (let index = at; index < end; index += 1) covered.add(index);
            }
        }
        return covered;
    }

    /** Where a phrase that begins at a word may end, ascending. */
    #match({ steps }: CompiledPhrase, start: number): readonly number[] {
        let ends: readonly number[] = [start];
        for (const [index, { atoms, optional, gap }] of steps.entries()) {
            const next = new Set<number>(optional ? ends : []);
            for (const end of ends) {
                for (const at of this.#reach(end, gap, index > 0)) {
                    for (const atom of atoms) {
                        for (const behind of this.#endsOf(atom, at)) next.add(behind);
                    }
                }
            }
            if (next.size === 0) return [];
            ends = [...next].sort((a, b) => a - b);
        }
        return ends;
    }

    /** The words at which the next step may begin. */
    #reach(from: number, gap: number, within: boolean): readonly number[] {
        if (gap === 0 && !(within && this.#words[from]?.isMark)) return [from];
        const places = [from];
        let passed = 0;
        for (let at = from; at < this.#words.length; at += 1) {
            const word = this.#words[at];
            if (!word) break;
            if (word.isMark) {
                if (this.#strictness === "strict") break;
            } else {
                if (this.#strictness === "strict" && word.atoms.includes(this.#vocabulary.boundary))
                    break;
                passed += 1;
                if (passed > gap) break;
            }
            places.push(at + 1);
        }
        return places;
    }

    #endsOf(atom: number, at: number): readonly number[] {
        const word = this.#words[at];
        if (!word) return [];
        const phrases = this.#vocabulary.phrases.get(atom);
        const isWord = word.atoms.includes(atom);
        if (!phrases) return isWord ? [at + 1] : [];
        const key = atom * this.#words.length + at;
        const known = this.#ends.get(key);
        if (known) return known;
        const ends = new Set(phrases.flatMap((phrase) => this.#match(phrase, at)));
        if (isWord) ends.add(at + 1);
        const found = [...ends].sort((a, b) => a - b);
        this.#ends.set(key, found);
        return found;
    }
}

/** What stands above a sentence: a heading, and the line that introduces a list. */
export interface Surroundings {
    readonly heading: readonly ReadWord[];
    readonly leadIn: readonly ReadWord[];
}

const mark: ReadWord = { isMark: true, atoms: [] };

/** Whether a sentence breaks a rule. */
export function breaksRule(
    rule: CompiledRule,
    sentence: readonly ReadWord[],
    { heading, leadIn }: Surroundings,
    vocabulary: Vocabulary,
): boolean {
    const before = leadIn.length > 0 ? leadIn : heading;
    const context =
        before.length > 0 && !rule.find.some(({ atStart }) => atStart) ? [...before, mark] : [];
    const all = [...context, ...sentence];
    const strictness = rule.within === "clause" ? "strict" : "loose";
    const find = (words: readonly ReadWord[]): boolean =>
        new PhraseMatcher(words, vocabulary, strictness).has(rule.find, context.length);
    if (!find(all)) return false;
    const strict = new PhraseMatcher(sentence, vocabulary, "strict");
    if (strict.has(rule.unless)) return false;
    const isExcused = [heading, leadIn].some((words) =>
        new PhraseMatcher(words, vocabulary, "strict").has(rule.unlessHeading),
    );
    if (isExcused) return false;
    const covered = new PhraseMatcher(all, vocabulary, "strict").cover(rule.ignore);
    if (covered.size === 0) return true;
    return find(all.map((word, index) => (covered.has(index) ? { ...word, atoms: [] } : word)));
}
