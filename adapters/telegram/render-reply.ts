import type { Language } from "../../src/message.ts";
import { type FormattedText, isBlank, type Run } from "./formatted-text.ts";
import { readMarkdown } from "./read-markdown.ts";
import { splitText } from "./split-text.ts";
import { directLines, mainLanguage } from "./text-direction.ts";
import { closeMarkdown } from "./unfinished-markdown.ts";

/** Most UTF-16 units of a message, formatting not counted (Bot API, `sendMessage`). */
export const maxMessageUnits = 4096;
/** Shown after a text that is still being written. */
const unfinished: Run = { text: " …", styles: [] };

/** A whole reply as the messages that carry it, in order. None when there is nothing to see. */
export function renderReply(markdown: string, language: Language): FormattedText[] {
    const formatted = readMarkdown(markdown);
    // What Markdown hides, such as a text of reference definitions alone, is shown as it is.
    const shown = isBlank(formatted) ? [{ text: markdown, styles: [] }] : formatted;
    // One unit is kept for the mark of a line that a cut begins.
    const pieces = splitText(directLines(shown, language), maxMessageUnits - 1);
    return pieces.filter((piece) => !isBlank(piece)).map((piece) => directLines(piece, language));
}

/** The beginning of a reply that is still being written, as one message. */
export function renderGrowing(markdown: string): FormattedText | undefined {
    const formatted = readMarkdown(closeMarkdown(markdown));
    if (isBlank(formatted)) return undefined;
    const directed = directLines(formatted, mainLanguage(markdown));
    const [first = []] = splitText(directed, maxMessageUnits - unfinished.text.length);
    return [...first, unfinished];
}
