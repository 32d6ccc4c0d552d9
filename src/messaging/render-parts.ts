import type { Language } from "../message.ts";
import { type FormattedText, isBlank } from "./formatted-text.ts";
import { readMarkdown } from "./read-markdown.ts";
import { splitText } from "./split-text.ts";
import { directLines } from "./text-direction.ts";

/**
 * A whole reply as the messages that carry it, in order, each of at most `maxUnits` UTF-16 units,
 * formatting not counted. None when there is nothing to see.
 */
export function renderParts(
    markdown: string,
    language: Language,
    maxUnits: number,
): FormattedText[] {
    const formatted = readMarkdown(markdown);
    // What Markdown hides, such as a text of reference definitions alone, is shown as it is.
    const shown = isBlank(formatted) ? [{ text: markdown, styles: [] }] : formatted;
    // One unit is kept for the mark of a line that a cut begins.
    const pieces = splitText(directLines(shown, language), maxUnits - 1);
    return pieces.filter((piece) => !isBlank(piece)).map((piece) => directLines(piece, language));
}
