/** So many words in the order of the instructions are no accident. */
const wordsInARow = 8;
/** Part of an answer that is compared for instructions that were changed a little. */
const windowWords = 32;
const groupWords = 4;
const groupsInWindow = 10;
/** So many letters in the order of the instructions are none either, however they are spaced. */
const lettersInARow = 60;

/** Letters are compared in blocks of this size; a row of {@link lettersInARow} holds a whole one. */
const blockLetters = 30;

/** The instructions of the model, prepared for finding them again. */
export interface KnownInstructions {
    readonly words: ReadonlySet<string>;
    readonly rows: ReadonlySet<string>;
    readonly groups: ReadonlySet<string>;
    /** All letters, and where each block of them begins. */
    readonly letters: string;
    readonly blocks: ReadonlyMap<string, number>;
}

/**
 * Prepares a system prompt. Only what instructs the model is a secret: a clinic's facts, such as its
 * opening hours, stand there to be told.
 *
 * @param instructs Words of which a sentence to the model has one.
 */
export function knowInstructions(
    prompt: string,
    wordsOf: (sentence: string) => readonly string[],
    instructs: ReadonlySet<string>,
): KnownInstructions {
    const words: string[] = [];
    for (const sentence of prompt.split(/(?<=[.!?؟:])\s+|\n+/)) {
        const found = wordsOf(sentence);
        // Nothing spans over a fact.
        if (found.some((word) => instructs.has(word))) words.push(...found);
        else if (found.length > 0) words.push(fact);
    }
    const letters = words.join("");
    const blocks = new Map<string, number>();
    for (let at = 0; at + blockLetters <= letters.length; at += 1) {
        blocks.set(letters.slice(at, at + blockLetters), at);
    }
    return {
        words: new Set(words),
        rows: groupsOf(words, wordsInARow),
        groups: groupsOf(words, groupWords),
        letters,
        blocks,
    };
}

const fact = "\n";

function groupsOf(words: readonly string[], size: number): Set<string> {
    const groups = new Set<string>();
    for (let at = 0; at + size <= words.length; at += 1) {
        const group = words.slice(at, at + size);
        if (!group.includes(fact)) groups.add(group.join(" "));
    }
    return groups;
}

/** Follows the sentences of an answer and tells when they give the instructions away. */
export class LeakWatch {
    readonly #known: KnownInstructions;
    /** The latest words, as long as all of them are words of the instructions. */
    #run: string[] = [];
    /** At which words groups of the instructions ended. */
    #hits: number[] = [];
    #count = 0;
    #letters = "";
    #compared = 0;

    constructor(known: KnownInstructions) {
        this.#known = known;
    }

    /** Whether the answer gives them away, with the words of its next sentence. */
    see(words: readonly string[]): boolean {
        const { rows, groups } = this.#known;
        for (const word of words) {
            this.#count += 1;
            if (!this.#known.words.has(word)) {
                this.#run = [];
                continue;
            }
            this.#run.push(word);
            if (this.#run.length > wordsInARow) this.#run.shift();
            if (this.#run.length < groupWords) continue;
            if (!groups.has(this.#run.slice(-groupWords).join(" "))) continue;
            if (this.#run.length === wordsInARow && rows.has(this.#run.join(" "))) return true;
            this.#hits.push(this.#count);
            const before = this.#hits.at(-groupsInWindow);
            if (before !== undefined && before > this.#count - windowWords) return true;
        }
        this.#letters += words.join("");
        return this.#seeLetters();
    }

    #seeLetters(): boolean {
        const { letters, blocks } = this.#known;
        for (
            ;
            this.#compared + blockLetters <= this.#letters.length;
            this.#compared += blockLetters
        ) {
            const at = this.#compared;
            const found = blocks.get(this.#letters.slice(at, at + blockLetters));
            if (found === undefined) continue;
            let start = 0;
            while (
                at - start > 0 &&
                found - start > 0 &&
                start < lettersInARow &&
                this.#letters[at - start - 1] === letters[found - start - 1]
            ) {
                start += 1;
            }
            let length = start + blockLetters;
            while (
                length < lettersInARow &&
                found - start + length < letters.length &&
                this.#letters[at - start + length] === letters[found - start + length]
            ) {
                length += 1;
            }
            if (length >= lettersInARow) return true;
        }
        return false;
    }
}
