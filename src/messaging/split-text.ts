import { type FormattedText, plainText, sliceText } from "./formatted-text.ts";

/**
 * Cuts a text into pieces of at most `limit` UTF-16 units, as late as possible at the best place
 * there is: the end of a paragraph, a line, a sentence, a clause, a word. A character as a reader
 * sees it stays whole, unless it alone is longer than the limit. The pieces joined are the text.
 */
export function splitText(formatted: FormattedText, limit: number): FormattedText[] {
    const text = plainText(formatted);
    const pieces: FormattedText[] = [];
    let start = 0;
    while (start < text.length) {
        const end = start + firstPieceUnits(text, start, limit);
        pieces.push(sliceText(formatted, start, end));
        start = end;
    }
    return pieces;
}

/** How many units the first piece of a text from `start` on takes, if it is cut as `splitText` does. */
export function firstPieceUnits(text: string, start: number, limit: number): number {
    const left = text.length - start;
    return left <= limit ? left : cut(text, start, limit);
}

/** Ends of paragraphs, lines, sentences, clauses and words, Arabic and English; best first. */
const breaks: readonly RegExp[] = [
    /\n[^\S\n]*\n\s*/g,
    /\n\s*/g,
    /[.!?؟۔…][)\]"'»”’*]*\s+/g,
    /[;:؛,،][)\]"'»”’]*\s+/g,
    /\s+/g,
];

/** More than any reader's character needs; what lies beyond the limit decides whether it is whole. */
const contextUnits = 64;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How many units from `start` the piece takes. */
function cut(text: string, start: number, limit: number): number {
    const window = text.slice(start, start + limit + contextUnits);
    const segments = graphemes.segment(window);
    const isWhole = (at: number): boolean => segments.containing(at)?.index === at;
    // A cut in the first half would leave a short piece: then the next kind of place is better.
    for (const kind of breaks) {
        const ends = [...window.slice(0, limit).matchAll(kind)]
            .map(({ 0: found, index }) => index + found.length)
            .filter((end) => end > limit / 2);
        const best = ends.findLast(isWhole);
        if (best !== undefined) return best;
    }
    const boundary = segments.containing(limit)?.index ?? limit;
    if (boundary > 0) return boundary;
    return isSurrogatePair(window, limit) ? Math.max(1, limit - 1) : limit;
}

function isSurrogatePair(text: string, at: number): boolean {
    const pair = text.codePointAt(at - 1) ?? 0;
    return pair > 0xffff;
}
