/** So many words in the order of the instructions are no accident. */
const wordsInARow = 8;
/** Part of an answer that is compared for instructions that were changed a little. */
const windowWords = 32;
const groupWords = 4;
const groupsInWindow = 10;
/** So many letters in the order of the instructions are none either, however they are spaced. */
const lettersInARow = 60;

/** The instructions of the model, prepared for finding them again. */
export interface KnownInstructions {
    readonly rows: ReadonlySet<string>;
    readonly groups: ReadonlySet<string>;
    readonly letters: ReadonlySet<string>;
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
    const sentences = prompt
        .split(/(?<=[.!?؟:])\s+|\n+/)
        .map(wordsOf)
        .filter((words) => words.length > 0);
    const words: string[] = [];
    const letters = new Set<string>();
    let run: string[] = [];
    const closeRun = (): void => {
        const text = run.join("");
        for (let at = 0; at + lettersInARow <= text.length; at += 1)
            letters.add(text.slice(at, at + lettersInARow));
        // Nothing spans from one run to the next.
        words.push(...run, "\n");
        run = [];
    };
    for (const sentence of sentences) {
        if (sentence.some((word) => instructs.has(word))) run.push(...sentence);
        else closeRun();
    }
    closeRun();
    return { rows: groupsOf(words, wordsInARow), groups: groupsOf(words, groupWords), letters };
}

function groupsOf(words: readonly string[], size: number): Set<string> {
    const groups = new Set<string>();
    for (let at = 0; at + size <= words.length; at += 1) {
        const group = words.slice(at, at + size);
        if (!group.includes("\n")) groups.add(group.join(" "));
    }
    return groups;
}

/** Follows the sentences of an answer and tells when they give the instructions away. */
export class LeakWatch {
    readonly #known: KnownInstructions;
    #last: string[] = [];
    #hits: boolean[] = [];
    #letters = "";

    constructor(known: KnownInstructions) {
        this.#known = known;
    }

    /** Whether the answer gives them away, with the words of its next sentence. */
    see(words: readonly string[]): boolean {
        for (const word of words) {
            this.#last.push(word);
            if (this.#last.length > wordsInARow) this.#last.shift();
            if (this.#last.length === wordsInARow && this.#known.rows.has(this.#last.join(" ")))
                return true;
            this.#hits.push(this.#known.groups.has(this.#last.slice(-groupWords).join(" ")));
            if (this.#hits.length > windowWords) this.#hits.shift();
            if (this.#hits.filter(Boolean).length >= groupsInWindow) return true;
        }
        return this.#seeLetters(words.join(""));
    }

    #seeLetters(added: string): boolean {
        const letters = this.#letters + added;
        for (let at = 0; at + lettersInARow <= letters.length; at += 1) {
            if (this.#known.letters.has(letters.slice(at, at + lettersInARow))) return true;
        }
        this.#letters = letters.slice(-lettersInARow + 1);
        return false;
    }
}
