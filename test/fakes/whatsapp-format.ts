/**
 * Reads a message as WhatsApp's apps show it ("How to format your messages", faq.whatsapp.com).
 * Shares nothing with the product.
 */

/** What a patient sees. The texts of a style are in the order in which they begin. */
export interface ShownText {
    /** Without the marks of formatting; what is not seen (marks of direction …) stays. */
    readonly text: string;
    readonly bold: readonly string[];
    readonly italic: readonly string[];
    readonly strikethrough: readonly string[];
    /** In a line, or as a block. */
    readonly monospace: readonly string[];
    readonly quotes: readonly string[];
    /** The items of lists that begin with a dash or an asterisk. */
    readonly bullets: readonly string[];
}

/**
 * WhatsApp does not say exactly where marks count, and its apps differ. `strict`: between blanks,
 * ends of lines and, behind the mark, punctuation; `liberal`: wherever no Latin letter or digit
 * touches the mark from outside, also within monospaced text.
 */
export type Reading = "strict" | "liberal";

type Styled = "bold" | "italic" | "strikethrough" | "monospace" | "quotes" | "bullets";
type Found = Record<Styled, string[]>;

const styleOf: Readonly<Record<string, Styled>> = {
    "*": "bold",
    _: "italic",
    "~": "strikethrough",
    "`": "monospace",
};

/** Reads one message. */
export function readWhatsApp(message: string, reading: Reading = "strict"): ShownText {
    const found: Found = {
        bold: [],
        italic: [],
        strikethrough: [],
        monospace: [],
        quotes: [],
        bullets: [],
    };
    const blocks = message.split(/```((?:(?!```)[\s\S])+)```/);
    const text = blocks.map((block, index) => {
        const isMonospace = index % 2 === 1;
        if (!isMonospace) return block.split("\n").map(readLine).join("\n");
        const shown = reading === "liberal" ? readInline(block) : block;
        found.monospace.push(shown);
        return shown;
    });
    return { text: text.join(""), ...found };

    function readLine(line: string): string {
        const quote = (reading === "liberal" ? /^\s*>\s*(.+)$/ : /^> (.+)$/).exec(line)?.[1];
        if (quote !== undefined) return keep("quotes", readInline(quote));
        const item = /^\s*[-*]\s+(.+)$/.exec(line)?.[1];
        if (item !== undefined) return `• ${keep("bullets", readInline(item))}`;
        return readInline(line);
    }

    function readInline(line: string): string {
        let shown = "";
        for (let at = 0; at < line.length;) {
            const link = linkAt(line, at);
            const style = styleOf[line.charAt(at)];
            const end = style && opens(line, at) ? closing(line, at) : undefined;
            if (link !== undefined) shown += link;
            else if (style && end !== undefined) {
                const place = found[style].push("") - 1;
                const inner = line.slice(at + 1, end);
                const isCode = style === "monospace" && reading === "strict";
                found[style][place] = isCode ? inner : readInline(inner);
                shown += found[style][place] ?? "";
            } else shown += line.charAt(at);
            at = link !== undefined ? at + link.length : end !== undefined ? end + 1 : at + 1;
        }
        return shown;
    }

    /** An address is a link first. */
    function linkAt(line: string, at: number): string | undefined {
        return line.startsWith("http", at)
            ? /^https?:\/\/\S+/.exec(line.slice(at))?.[0]
            : undefined;
    }

    function closing(line: string, open: number): number | undefined {
        let hasContent = false;
        for (let at = open + 1; at < line.length; at += linkAt(line, at)?.length ?? 1) {
            const isSame = line.charAt(at) === line.charAt(open);
            if (isSame && hasContent && closes(line, at)) return at;
            hasContent ||= !isSame;
        }
        return undefined;
    }

    function opens(line: string, at: number): boolean {
        const before = line.charAt(at - 1);
        const borders = reading === "strict" ? /^[\s*_~]?$/ : /^[^A-Za-z0-9]?$/;
        return borders.test(before) && /\S/.test(line.charAt(at + 1));
    }

    function closes(line: string, at: number): boolean {
        const after = line.charAt(at + 1);
        const borders = reading === "strict" ? /^[\s\p{P}~]?$/u : /^[^A-Za-z0-9]?$/;
        return borders.test(after) && /\S/.test(line.charAt(at - 1));
    }

    function keep(style: Styled, content: string): string {
        found[style].push(content);
        return content;
    }
}
