import type { Language } from "../message.ts";
import { type FormattedText, plainText, type Run } from "./formatted-text.ts";
import { renderParts } from "./render-parts.ts";
import { guardLineStart, guardMarks } from "./whatsapp-literals.ts";
import { markStyles } from "./whatsapp-marks.ts";

/** Most UTF-16 units of a message, marks of formatting included (Cloud API, `text.body`). */
export const maxMessageUnits = 4096;

/**
 * A whole reply as the texts of the messages that carry it, in order, with WhatsApp's own marks for
 * formatting; each within `maxMessageUnits`. None when there is nothing to see.
 */
export function renderWhatsApp(markdown: string, language: Language): readonly string[] {
    const countUnits = (part: FormattedText): number => writeWhatsApp(part).length;
    return renderParts(markdown, language, maxMessageUnits, countUnits).map(writeWhatsApp);
}

/**
 * Writes a text with WhatsApp's marks ("How to format your messages", faq.whatsapp.com). WhatsApp
 * has no escape, and does not say exactly where a mark counts. So a style is written only where
 * every reading of the rules takes the marks as such, and is left out elsewhere: a patient never
 * sees a stray mark. Signs of the text itself that could be taken for marks are kept from it.
 */
export function writeWhatsApp(formatted: FormattedText): string {
    return linesOf(formatted.map(withoutBackticks)).map(writeLine).join("\n").trim();
}

/** No blank keeps WhatsApp from reading a backtick as a mark; this letter looks the same. */
function withoutBackticks({ text, styles }: Run): Run {
    const quoted = styles.includes("quote");
    // A quote reaches over one line: a block of code within it would end it.
    const kept = quoted ? styles.filter((style) => style !== "pre") : styles;
    return { text: text.replaceAll("`", "\u02CB"), styles: kept };
}

/** A block of code stays in one piece. */
function linesOf(formatted: FormattedText): Run[][] {
    const lines: Run[][] = [[]];
    for (const { text, styles } of formatted) {
        const [first = "", ...others] = styles.includes("pre") ? [text] : text.split("\n");
        lines.at(-1)?.push({ text: first, styles });
        for (const other of others) lines.push([{ text: other, styles }]);
    }
    return lines;
}

function writeLine(runs: FormattedText): string {
    const seen = runs.filter(({ text }) => text.trim() !== "");
    const quoted = seen.length > 0 && seen.every(({ styles }) => styles.includes("quote"));
    const line = guardLineStart(guardMarks(markStyles(runs)));
    if (quoted) return `> ${line.trim()}`;
    return plainText(runs).trim() === "" ? "" : line;
}
