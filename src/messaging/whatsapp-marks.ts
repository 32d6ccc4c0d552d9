import { type FormattedText, isBlank, plainText, type Style } from "./formatted-text.ts";

/** A piece of a line: text, or a mark around text. */
export interface Piece {
    readonly text: string;
    readonly role: "text" | "open" | "close";
}

/** What stands on both sides of a text; a quote is marked at the start of its lines instead. */
const marks: Partial<Record<Style, string>> = {
    bold: "*",
    italic: "_",
    strikethrough: "~",
    code: "`",
    pre: "```",
};

/** From `start` to before `end`, in units of the line. */
interface Span {
    readonly start: number;
    readonly end: number;
    readonly mark: string;
}

/** The text of a line, with marks where its styles can be shown. */
export function markStyles(line: FormattedText): readonly Piece[] {
    const text = plainText(line);
    const spans = findSpans(line, text, 0, 0);
    const places = new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])]);
    const offsets = [...places].toSorted((a, b) => a - b);
    const pieces: Piece[] = [];
    for (const [index, offset] of offsets.entries()) {
        for (const { end, mark } of spans.toReversed()) {
            if (end === offset) pieces.push({ text: mark, role: "close" });
        }
        for (const { start, mark } of spans) {
            if (start === offset) pieces.push({ text: mark, role: "open" });
        }
        pieces.push({ text: text.slice(offset, offsets[index + 1]), role: "text" });
    }
    return pieces;
}

/** Outer spans come before those within them. */
function findSpans(runs: FormattedText, line: string, depth: number, offset: number): Span[] {
    const spans: Span[] = [];
    let start = offset;
    for (let index = 0; index < runs.length;) {
        const style = runs[index]?.styles[depth];
        const group = sameStyle(runs, index, depth);
        const end = start + plainText(group).length;
        if (style) {
            const span = spanWithin(line, start, end, style);
            spans.push(...(span ? [span] : []), ...findSpans(group, line, depth + 1, start));
        }
        start = end;
        index += group.length;
    }
    return spans;
}

/** The runs from `index` on that share its style at this depth. */
function sameStyle(runs: FormattedText, index: number, depth: number): FormattedText {
    const style = runs[index]?.styles[depth];
    let end = index + 1;
    while (end < runs.length && runs[end]?.styles[depth] === style) end += 1;
    return runs.slice(index, end);
}

/** The part of a styled text that marks can stand around, if WhatsApp shows the style there. */
function spanWithin(line: string, from: number, to: number, style: Style): Span | undefined {
    const mark = marks[style];
    const styled = line.slice(from, to);
    const text = style === "pre" ? styled.replace(/^\n+/, "").trimEnd() : styled.trim();
    if (mark === undefined || isBlank([{ text, styles: [] }])) return undefined;
    const start = from + styled.indexOf(text);
    const end = start + text.length;
    const isCode = style === "code" || style === "pre";
    // The mark behind an address would become a part of the link.
    if (!isCode && (/^[*_~]|[*_~]$/.test(text) || text.includes("://"))) return undefined;
    // That a dose is struck through must be seen, at worst by the marks.
    if (style === "strikethrough") return { start, end, mark };
    // Whether a mark counts next to other signs differs: these are the places where it surely does.
    const opens = /^\s?$/.test(line.slice(start - 1, start));
    const closes = /^[\s\p{P}]?$/u.test(line.slice(end, end + 1)) && !/[*_]/.test(line.charAt(end));
    return opens && closes ? { start, end, mark } : undefined;
}
