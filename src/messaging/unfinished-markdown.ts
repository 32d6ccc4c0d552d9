import { Lexer } from "marked";

/** Marks that come in pairs. Code comes first: within it the others mean nothing. */
const pairs = ["`", "**", "~~"] as const;

/**
 * Markdown that is still being written, with its open marks closed or held back, so that a reader
 * of the half-written text sees words and no marks.
 */
export function closeMarkdown(markdown: string): string {
    const text = markdown.trimEnd();
    const start = text.lastIndexOf("\n\n") + 1;
    if (endsInCode(text)) return text;
    let last = text.slice(start).replace(/!?\[([^[\]\n]*)(?:\]\([^()\s]*)?$/, "$1");
    for (const mark of pairs) {
        const isOpen = last.split(mark).length % 2 === 0;
        if (!isOpen) continue;
        if (last.endsWith(mark)) last = last.slice(0, -mark.length).trimEnd();
        else if (mark.length === 2 && last.endsWith(mark.charAt(0))) last += mark.charAt(0);
        else last += mark;
    }
    return text.slice(0, start) + last;
}

/** A block of code needs no closing: it reaches to the end of the text anyway. */
function endsInCode(markdown: string): boolean {
    try {
        return new Lexer({ gfm: true }).lex(markdown).at(-1)?.type === "code";
    } catch {
        return false;
    }
}
