import { foldWord } from "../triage/fold-text.ts";

/** A word, a number or a sign of a sentence, in the letters in which words are compared. */
export interface Word {
    /** `mark`: punctuation that parts clauses; `sign`: `/` or `%`. */
    readonly kind: "word" | "number" | "sign" | "mark";
    readonly text: string;
}

const token = /(\p{N}+(?:[.,]\p{N}+)*)|(\p{L}+(?:'\p{L}+)*)|([/%⁄٪])|([,;:()|،؛—])/gu;

/** Words that an apostrophe shortens and that no rule of {@link endings} takes apart. */
const contractions: ReadonlyMap<string, readonly string[]> = new Map([
    ["can't", ["can", "not"]],
    ["cannot", ["can", "not"]],
    ["cant", ["can", "not"]],
    ["won't", ["will", "not"]],
    ["wont", ["will", "not"]],
    ["dont", ["do", "not"]],
    ["doesnt", ["does", "not"]],
    ["didnt", ["did", "not"]],
    ["isnt", ["is", "not"]],
    ["let's", ["let", "us"]],
]);
const endings: Readonly<Record<string, string>> = {
    "n't": "not",
    "'ve": "have",
    "'re": "are",
    "'m": "am",
    "'ll": "will",
    "'d": "would",
    "'s": "is",
};
const ending = /^(?<stem>.+?)(?<end>n't|'ve|'re|'m|'ll|'d|'s)$/u;

/** The words of a sentence: folded, without Markdown, contractions taken apart. */
export function wordsOf(sentence: string): Word[] {
    const words: Word[] = [];
    for (const [, number, word, sign, mark] of foldWord(sentence).matchAll(token)) {
        if (number !== undefined) words.push({ kind: "number", text: number });
        else if (sign !== undefined)
            words.push({ kind: "sign", text: sign === "/" || sign === "⁄" ? "/" : "%" });
        else if (mark !== undefined) words.push({ kind: "mark", text: mark });
        else for (const text of takeApart(word ?? "")) words.push({ kind: "word", text });
    }
    return words;
}

function takeApart(word: string): readonly string[] {
    const known = contractions.get(word);
    if (known) return known;
    if (!word.includes("'")) return [word];
    const { stem, end } = ending.exec(word)?.groups ?? {};
    const second = endings[end ?? ""];
    return stem === undefined || second === undefined ? [word] : [stem, second];
}

const arabic = /^[\u0621-\u064A]/;
const articles = ["وبال", "وال", "فال", "بال", "كال", "ولل", "ال", "لل"] as const;
const particles = ["و", "ف", "ب", "ل", "ك", "س"] as const;
const suffixes = ["ها", "هم", "كم", "نا", "ه", "ك", "ي", "ا"] as const;

/**
 * The forms under which a rule may name a word: itself, and an Arabic word without article,
 * particle and pronoun.
 */
export function formsOf(word: string): readonly string[] {
    if (!arabic.test(word)) return [word];
    const forms = new Set([word]);
    const add = (form: string): void => {
        forms.add(form);
        for (const suffix of suffixes) {
            if (form.length >= suffix.length + 3 && form.endsWith(suffix)) {
                const stem = form.slice(0, -suffix.length);
                forms.add(stem);
                // Before a pronoun the feminine ending is written as t.
                if (stem.endsWith("ت")) forms.add(`${stem.slice(0, -1)}ه`);
            }
        }
    };
    add(word);
    const article = articles.find((start) => word.startsWith(start));
    if (article !== undefined && word.length >= article.length + 2) {
        add(word.slice(article.length));
        return [...forms];
    }
    const particle = particles.find((start) => word.startsWith(start));
    if (particle !== undefined && word.length >= 4) add(word.slice(1));
    if (word.length >= 5 && /^[وف][بلكس]/.test(word)) add(word.slice(2));
    return [...forms];
}
