/** Longest group of words that is looked for back to back. */
const maxGroup = 8;
/** How often a group of so many words may stand back to back, by the number of its words. */
const allowed = [0, 4, 3, 2, 2, 2, 2, 2, 2] as const;
/** How often one character may follow itself: a letter, a digit, anything else. */
const maxLetterRun = 11;
const maxDigitRun = 23;
const maxOtherRun = 99;
/** The longest group of letters that is looked for back to back in a text without spaces. */
const maxLetterGroup = 16;
const minLetterRun = 60;

/** Whether a sentence is stuck: groups of words or letters that stand back to back without end. */
export function isStuck(text: string, words: readonly string[]): boolean {
    return hasWordLoop(words) || hasLongRun(text) || hasLetterLoop(text);
}

function hasLongRun(text: string): boolean {
    let run = 1;
    for (let at = 1; at < text.length; at += 1) {
        run = text.charCodeAt(at) === text.charCodeAt(at - 1) ? run + 1 : 1;
        if (run <= maxLetterRun) continue;
        const character = text.charAt(at);
        if (/\p{L}/u.test(character)) return true;
        if (run > maxDigitRun && /\p{N}/u.test(character)) return true;
        if (run > maxOtherRun && /\S/.test(character)) return true;
    }
    return false;
}

function hasWordLoop(words: readonly string[]): boolean {
    for (let group = 1; group <= Math.min(maxGroup, words.length / 2); group += 1) {
        let run = 0;
        for (let at = group; at < words.length; at += 1) {
            run = words[at] === words[at - group] ? run + 1 : 0;
            if (run >= group * (allowed[group] ?? 2)) return true;
        }
    }
    return false;
}

function hasLetterLoop(text: string): boolean {
    for (const { 0: word } of text.matchAll(/\S{60,}/g)) {
        for (let group = 1; group <= maxLetterGroup; group += 1) {
            let run = 0;
            for (let at = group; at < word.length; at += 1) {
                run = word.charCodeAt(at) === word.charCodeAt(at - group) ? run + 1 : 0;
                const isWord = /[\p{L}\p{N}]/u.test(word.charAt(at));
                if (run >= minLetterRun && isWord) return true;
            }
        }
    }
    return false;
}

/** What a sentence is among those before it. */
export type Recurrence =
    /** Nothing like it stood there before. */
    | "new"
    /** It stood there before, and may be the beginning of a loop. */
    | "again"
    /** A long sentence, for at least the third time. */
    | "too-often"
    /** The third round of a loop. */
    | "loop";

const fewWords = 6;

/** Follows the sentences of an answer and tells when they go round in circles. */
export class LoopWatch {
    readonly #counts = new Map<string, number>();
    /** What came again since the last new sentence. */
    #run = new Set<string>();

    see(words: readonly string[]): Recurrence {
        if (words.length === 0) return this.#run.size > 0 ? "again" : "new";
        const key = words.join(" ");
        const count = (this.#counts.get(key) ?? 0) + 1;
        this.#counts.set(key, count);
        if (count === 1) {
            this.#run.clear();
            return "new";
        }
        if (this.#run.has(key)) return "loop";
        this.#run.add(key);
        return count > 2 && words.length >= fewWords ? "too-often" : "again";
    }
}
