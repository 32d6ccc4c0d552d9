import type { Language } from "../../src/message.ts";
import { type FormattedText, isBlank, type Run } from "../../src/messaging/formatted-text.ts";
import { renderParts } from "../../src/messaging/render-parts.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";
import { splitText } from "../../src/messaging/split-text.ts";
import { directLines, mainLanguage } from "../../src/messaging/text-direction.ts";
import { closeMarkdown } from "../../src/messaging/unfinished-markdown.ts";

/** Most UTF-16 units of a message, formatting not counted (Bot API, `sendMessage`). */
export const maxMessageUnits = 4096;
/** Shown after a text that is still being written. */
const unfinished: Run = { text: " …", styles: [] };

/** A whole reply as the messages that carry it, in order. None when there is nothing to see. */
export function renderReply(markdown: string, language: Language): FormattedText[] {
    return renderParts(markdown, language, maxMessageUnits);
}

/** The beginning of a reply that is still being written, as one message. */
export function renderGrowing(markdown: string): FormattedText | undefined {
    const formatted = readMarkdown(closeMarkdown(markdown));
    if (isBlank(formatted)) return undefined;
    const directed = directLines(formatted, mainLanguage(markdown));
    const [first = []] = splitText(directed, maxMessageUnits - unfinished.text.length);
    return [...first, unfinished];
}
