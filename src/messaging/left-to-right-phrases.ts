/** A phrase within a line, from `index` to before `end` in UTF-16 units. */
export interface Phrase {
    readonly text: string;
    readonly index: number;
    readonly end: number;
}

const part = String.raw`[\p{Script=Latin}\p{Script=Greek}\u00B5\p{N}]`;
/** Joins two parts directly: `mg/kg`, `38.5`, `10^9`. */
const joint = String.raw`[.,:/'’_+*^×·=<>≤≥±~@#&?%°®™−–-]+`;
/** Joins two parts that stand apart: `500 mg`, `70 kg × 15`, `T-score -2.5`. */
const gap = String.raw`[®™%°]? (?:[*×·=<>≤≥±+/−-] )?[+±~≈<>≤≥°−-]?`;
/** Before a number only: a hyphen also joins the Arabic article with a Latin word. */
const sign = String.raw`(?:(?<![\p{L}\p{M}\p{N}])(?:[+±~≈−-]|[<>≤≥=] ?)(?=\p{N}))?`;
const phrase = new RegExp(
    String.raw`(?:(?<![^\s\p{Cf}([«"])/)?${sign}${part}(?:(?:${joint}|${gap})?${part})*[%°+®™′″]*`,
    "gu",
);
const plainNumber = /^\p{N}[\p{N}.,/:]*(?:[-–]\p{N}[\p{N}.,]*)?%?$/u;
const wholeWords = /^[\p{L}\u00B5].*[\p{L}\p{N}%]$|^\p{L}$/u;

/**
 * The phrases of a line that read from left to right and would fall apart in a line that runs from
 * right to left (Unicode Standard Annex 9): "500 mg/12 h" would show as "mg/12 h 500",
 * "+966 50 123" as "123 50 966+". Plain numbers and Latin words keep together by themselves.
 */
export function leftToRightPhrases(line: string): Phrase[] {
    return [...line.matchAll(phrase)]
        .map(({ 0: text, index }) => ({ text, index, end: index + text.length }))
        .filter(({ text }) => !plainNumber.test(text) && !wholeWords.test(text));
}
