/** In which scripts the words of a message are written. */
export interface ScriptCount {
    readonly arabic: readonly string[];
    readonly latin: readonly string[];
    readonly other: readonly string[];
}

const arabicLetter = /(?=\p{L})\p{Script=Arabic}/u;
const latinLetter = /(?=\p{L})\p{Script=Latin}/u;
const letter = /\p{L}/u;

/** Sorts words by script; numbers belong to none. A word of two scripts counts as Arabic. */
export function countScripts(words: readonly string[]): ScriptCount {
    const arabic: string[] = [];
    const latin: string[] = [];
    const other: string[] = [];
    for (const word of words) {
        if (arabicLetter.test(word)) arabic.push(word);
        else if (latinLetter.test(word)) latin.push(word);
        else if (letter.test(word)) other.push(word);
    }
    return { arabic, latin, other };
}
