import type { Language } from "../message.ts";
import { type FormattedText, isBlank, plainText, sliceText } from "./formatted-text.ts";
import { readMarkdown } from "./read-markdown.ts";
import { firstPieceUnits } from "./split-text.ts";
import { directLines } from "./text-direction.ts";

/**
 * A whole reply as the messages that carry it, in order, each of at most `maxUnits` UTF-16 units as
 * `countUnits` counts them; by default without formatting. None when there is nothing to see.
 */
export function renderParts(
    markdown: string,
    language: Language,
    maxUnits: number,
    countUnits: (part: FormattedText) => number = plainUnits,
): FormattedText[] {
    const formatted = readMarkdown(markdown);
    // What Markdown hides, such as a text of reference definitions alone, is shown as it is.
    const shown = isBlank(formatted) ? [{ text: markdown, styles: [] }] : formatted;
    const text = plainText(shown);
    const parts: FormattedText[] = [];
    for (let start = 0, end = 0; start < text.length; start = end) {
        let limit = maxUnits;
        let part: FormattedText = [];
        for (let units = Infinity; units > maxUnits && limit > 0;) {
            end = start + firstPieceUnits(text, start, limit);
            part = directLines(sliceText(shown, start, end), language);
            units = countUnits(part);
            const smaller = Math.floor(((end - start) * maxUnits) / units);
            limit = Math.min(limit - 1, smaller);
        }
        if (!isBlank(part)) parts.push(part);
    }
    return parts;
}

function plainUnits(formatted: FormattedText): number {
    return plainText(formatted).length;
}
