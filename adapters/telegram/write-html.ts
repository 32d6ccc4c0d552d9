import type { FormattedText, Style } from "../../src/messaging/formatted-text.ts";

const tags: Readonly<Record<Style, string>> = {
    bold: "b",
    italic: "i",
    strikethrough: "s",
    code: "code",
    pre: "pre",
    quote: "blockquote",
};

/**
 * Writes Telegram's HTML: every tag closed in its order, everything else escaped (Bot API,
 * "HTML style").
 */
export function writeHtml(formatted: FormattedText): string {
    let html = "";
    let open: readonly Style[] = [];
    for (const { text, styles } of formatted) {
        const kept = commonLength(open, styles);
        html += close(open.slice(kept));
        html += styles
            .slice(kept)
            .map((style) => `<${tags[style]}>`)
            .join("");
        html += escapeHtml(text);
        open = styles;
    }
    return html + close(open);
}

function close(styles: readonly Style[]): string {
    return styles
        .map((style) => `</${tags[style]}>`)
        .toReversed()
        .join("");
}

function commonLength(a: readonly Style[], b: readonly Style[]): number {
    const different = a.findIndex((style, index) => style !== b[index]);
    return different === -1 ? a.length : different;
}

function escapeHtml(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
