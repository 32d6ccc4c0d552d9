/** One step of a phrase: a word, a class of words or a number, and what may lie before it. */
export interface PhraseStep {
    /** Alternatives, any of which will do. */
    readonly options: readonly PhraseOption[];
    readonly optional: boolean;
    /** How many other words may lie between the step before and this one. */
    readonly gap: number;
}

/** What a step may be. */
export type PhraseOption =
    | { readonly kind: "word" | "exactly" | "begins" | "ends"; readonly text: string }
    | { readonly kind: "class"; readonly name: string }
    | { readonly kind: "number" }
    | { readonly kind: "mark" };

/** A phrase, taken apart. */
export interface Phrase {
    /** Whether it must stand at the beginning of the sentence. */
    readonly atStart: boolean;
    readonly steps: readonly PhraseStep[];
}

const gaps: Readonly<Record<string, number>> = { "..": 3, "...": 8 };

/**
 * Reads a phrase: words, `<class>`, `#` for a number, `a|b` for alternatives, `word*` and `*word` for
 * beginnings and endings, `=word` for an Arabic word without any prefix
 * or suffix, `,` for punctuation within a sentence, `?` after what may be absent, `..` for up to three other words, `...` for
 * up to eight, `^` for the beginning of the sentence.
 *
 * @param fold Brings words into the letters in which they are compared.
 * @returns The phrase, or what is wrong with it.
 */
export function readPhrase(source: string, fold: (word: string) => string): Phrase | string {
    const parts = source.trim().split(/\s+/).filter(Boolean);
    const atStart = parts[0] === "^";
    if (atStart) parts.shift();
    const steps: PhraseStep[] = [];
    let gap = 0;
    for (const part of parts) {
        const words = gaps[part];
        if (words !== undefined) {
            if (steps.length === 0 && !atStart) return "It begins with dots.";
            if (gap > 0) return "Two groups of dots follow each other.";
            gap = words;
            continue;
        }
        const optional = part.endsWith("?");
        const options = (optional ? part.slice(0, -1) : part)
            .split("|")
            .map((option) => readOption(option, fold));
        const fault = options.find((option) => typeof option === "string");
        if (typeof fault === "string") return fault;
        steps.push({
            options: options.filter((option) => typeof option !== "string"),
            optional,
            gap,
        });
        gap = 0;
    }
    if (gap > 0) return "It ends with dots.";
    if (steps.length === 0) return "It has no words.";
    if (steps[0]?.optional) return "Its first word must not be optional.";
    return { atStart, steps };
}

function readOption(source: string, fold: (word: string) => string): PhraseOption | string {
    if (source === "#") return { kind: "number" };
    if (source === ",") return { kind: "mark" };
    const name = /^<([a-z-]+)>$/.exec(source)?.[1];
    if (name !== undefined) return { kind: "class", name };
    const exactly = source.startsWith("=");
    const begins = source.endsWith("*");
    const ends = source.startsWith("*");
    const text = fold(source.replace(/^[=*]|\*$/g, ""));
    if (begins && ends) return `"${source}" has two stars.`;
    if (!/^(?:[\p{L}\p{N}']+|[/%])$/u.test(text)) return `"${source}" is not a word.`;
    if ((begins || ends) && text.length < 3) return `"${source}" is too short for a star.`;
    if (exactly) return { kind: "exactly", text };
    return { kind: begins ? "begins" : ends ? "ends" : "word", text };
}
