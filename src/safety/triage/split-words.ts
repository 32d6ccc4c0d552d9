/** A word, a number or a picture character of a message. */
export interface Word {
    readonly text: string;
    readonly script: "latin" | "arabic" | "number" | "other";
    /** What a number in digits is worth. */
    readonly value?: number;
    /** Where it stands: neighbours differ by 1, a comma between them adds 1. */
    readonly place: number;
    readonly sentence: number;
    /** Whether a comma, a dash or a bracket stands before it. */
    readonly afterPause: boolean;
}

const piece =
    /\d+[.,]\d+(?![\p{L}\d])|[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*'?|\p{Extended_Pictographic}|[.…]{2,}|[.!?؟;؛\n…]|[,،:()/\u2013\u2014-]/gu;
const arabicLetter = /\p{Script=Arabic}/u;
const numberWithUnit =
    /^(\d+(?:\.\d+)?)(weeks?|wks?|months?|mths?|mos?|years?|yrs?|yo|y|days?|d|hours?|hrs?|h|minutes?|mins?|m|mg|ml|kg|g|c|f|tabs?|pills?|tablets?|degrees|x|wk|w|st|nd|rd|th)$/;
const unitNames: Readonly<Record<string, string>> = {
    w: "weeks",
    m: "months",
    d: "days",
    y: "years",
    h: "hours",
    c: "degrees",
};
/** Further apart than any pattern reaches. */
const sentenceGap = 50;
const mostWords = 2_000;

/** Splits a folded text into words. Linear in its length. */
export function splitWords(text: string): Word[] {
    const words: Word[] = [];
    let place = 0;
    let sentence = 0;
    let afterPause = false;
    const add = (found: string): void => {
        for (const part of parts(found)) {
            const { script, value } = part;
            const word = { text: part.text, script, place, sentence, afterPause };
            words.push(value === undefined ? word : { ...word, value });
            place += 1;
            afterPause = false;
        }
    };
    for (const [found] of text.matchAll(piece)) {
        if (words.length >= mostWords) break;
        if (/^[.!?؟;؛\n]$/.test(found)) {
            sentence += 1;
            place += sentenceGap;
            afterPause = true;
        } else if (/^[.…,،:()/\u2013\u2014-]/.test(found)) {
            // "two-month-old", "chest-pain": a dash between letters is no pause worth a word.
            if (found !== "-" && found !== "/") place += 1;
            afterPause = true;
        } else {
            add(found);
        }
    }
    return words;
}

type Part = Pick<Word, "text" | "script" | "value">;

function parts(word: string): Part[] {
    const first = word.charCodeAt(0);
    if (first >= 48 && first <= 57) {
        const plain = word.replace(",", ".");
        if (/^\d+(?:\.\d+)?$/.test(plain)) return [numberPart(plain)];
        const united = numberWithUnit.exec(plain);
        if (united) {
            const [, digits = "", unit = ""] = united;
            return [numberPart(digits), { text: unitNames[unit] ?? unit, script: "latin" }];
        }
    }
    if (!arabicLetter.test(word)) {
        return [{ text: word, script: /[a-z]/.test(word) ? "latin" : "other" }];
    }
    if (/^\p{Script=Arabic}+$/u.test(word)) return [{ text: word, script: "arabic" }];
    const runs = word.match(/\p{Script=Arabic}+|[a-z0-9']+/gu) ?? [];
    return runs.map((run) => {
        if (arabicLetter.test(run)) return { text: run, script: "arabic" };
        return /^\d+$/.test(run) ? numberPart(run) : { text: run, script: "latin" };
    });
}

function numberPart(digits: string): Part {
    return { text: digits, script: "number", value: Number(digits) };
}
