import { Lexer, type Token, type Tokens } from "marked";
import type { FormattedText, Run, Style } from "./formatted-text.ts";

/**
 * Reads Markdown as models write it (GitHub's flavour) into the few styles that messaging platforms have: lists
 * get bullets and numbers, headings are bold, a table becomes lines, a link shows its address.
 * What is not Markdown stays as it is, line breaks and HTML included. Nothing written is lost.
 */
export function readMarkdown(markdown: string): FormattedText {
    const runs: Run[] = [];
    // Unicode's own line breaks: neither the lexer nor the platforms know them.
    const text = markdown.replaceAll(/[\u2028\u2029]/g, "\n");
    try {
        pushBlocks(new Lexer({ gfm: true }).lex(text), { runs, styles: [], indent: "" });
    } catch {
        // A text that the lexer cannot read is still a text.
        return [{ text, styles: [] }];
    }
    return runs;
}

/** The kinds of token that have a form of their own; all others are shown as they were written. */
type Block =
    | Tokens.Blockquote
    | Tokens.Checkbox
    | Tokens.Code
    | Tokens.Heading
    | Tokens.Hr
    | Tokens.HTML
    | Tokens.List
    | Tokens.Paragraph
    | Tokens.Table
    | Tokens.Text;
type Inline =
    | Tokens.Br
    | Tokens.Codespan
    | Tokens.Del
    | Tokens.Em
    | Tokens.Escape
    | Tokens.HTML
    | Tokens.Image
    | Tokens.Link
    | Tokens.Strong
    | Tokens.Text;

interface Place {
    readonly runs: Run[];
    readonly styles: readonly Style[];
    /** What stands before every further line of a list item. */
    readonly indent: string;
}

function push(text: string, { runs, styles }: Place): void {
    if (text !== "") runs.push({ text, styles });
}

function within(place: Place, style: Style): Place {
    const { styles } = place;
    if (styles.includes(style)) return place;
    // Platforms allow no other style in or around code, except the quote that holds it.
    const code = style === "code" || style === "pre";
    const kept = code ? styles.filter((outer) => outer === "quote") : styles;
    return { ...place, styles: [...kept, style] };
}

function pushBlocks(tokens: readonly Token[], place: Place): void {
    let gap = "";
    for (const token of tokens) {
        if (token.type === "space") {
            if (gap !== "") gap = "\n\n";
            continue;
        }
        if (gap !== "") push(`${gap}${place.indent}`, { ...place, styles: outerStyles(place) });
        pushBlock(token, place);
        const inline = token.type === "checkbox";
        gap = inline ? "" : /\n[ \t]*\n\s*$/.test(token.raw) ? "\n\n" : "\n";
    }
}

/** Line breaks between blocks belong to the quote around them and to nothing else. */
function outerStyles({ styles }: Place): readonly Style[] {
    return styles.filter((style) => style === "quote");
}

function pushBlock(token: Token, place: Place): void {
    const known = token as Block;
    switch (known.type) {
        case "heading":
            return pushInline(known.tokens, within(place, "bold"));
        case "paragraph":
            return pushInline(known.tokens, place);
        case "text":
            return known.tokens
                ? pushInline(known.tokens, place)
                : push(unescape(known.text), place);
        case "list":
            return pushList(known, place);
        case "table":
            return pushTable(known, place);
        case "blockquote":
            return pushBlocks(known.tokens, within(place, "quote"));
        case "code":
            // Four spaces before a line are a model's layout, not a program.
            if (known.codeBlockStyle === "indented") return push(known.text, place);
            return push(codeText(known), within(place, "pre"));
        case "hr":
            return push("──────────", place);
        case "checkbox":
            return push(known.checked ? "☑ " : "☐ ", place);
        case "html":
            return push(withBreaks(known.raw.trimEnd()), place);
        default:
            return push(token.raw.trimEnd(), place);
    }
}

/** One word after the fence is the name of a language; more are words to be read. */
function codeText({ lang = "", text }: Tokens.Code): string {
    return /\s/.test(lang.trim()) ? `${lang.trim()}\n${text}` : text;
}

function pushList(list: Tokens.List, place: Place): void {
    const between = list.loose ? "\n\n" : "\n";
    for (const [index, item] of list.items.entries()) {
        if (index > 0) push(`${between}${place.indent}`, { ...place, styles: outerStyles(place) });
        const bullet = list.ordered ? `${(list.start || 0) + index}. ` : "• ";
        push(bullet, place);
        pushBlocks(item.tokens, { ...place, indent: `${place.indent}   ` });
    }
}

/**
 * A phone is too narrow for columns. One or two become lines beneath their names ("term: value"),
 * more become a group of lines for each row, with the names of the columns.
 */
function pushTable({ raw, header, rows }: Tokens.Table, place: Place): void {
    // The lexer drops cells for which there is no name.
    if (rows.length === 0 || mostCells(raw) > header.length) return push(raw.trimEnd(), place);
    const bold = within(place, "bold");
    const few = header.length <= 2;
    const lines: (readonly [cells: readonly Tokens.TableCell[], style: Place])[] = few
        ? [[header, bold], ...rows.map((row) => [row, place] as const)]
        : rows.flatMap((row) =>
              row.map((cell, column) => {
                  const name = header[column];
                  return [name ? [name, cell] : [cell], column === 0 ? bold : place] as const;
              }),
          );
    for (const [index, [cells, style]] of lines.entries()) {
        if (index > 0) push(`\n${place.indent}`, { ...place, styles: outerStyles(place) });
        for (const [position, { tokens }] of cells.entries()) {
            if (position > 0) push(": ", style);
            pushInline(tokens, style);
        }
    }
}

/** How many cells the longest row of a table has. */
function mostCells(table: string): number {
    const cells = table.split("\n").map(
        (row) =>
            row
                .trim()
                .replaceAll(/^\||(?<!\\)\|$/g, "")
                .split(/(?<!\\)\|/).length,
    );
    return Math.max(...cells);
}

function pushInline(tokens: readonly Token[], place: Place): void {
    for (const [index, token] of tokens.entries()) {
        const known = token as Inline;
        switch (known.type) {
            case "strong":
            case "em":
                pushEmphasis(known, tokens[index - 1]?.raw, tokens[index + 1]?.raw, place);
                break;
            case "del":
                pushDeleted(known, place);
                break;
            case "codespan":
                push(known.text, within(place, "code"));
                break;
            case "link":
            case "image":
                pushLink(known, place);
                break;
            case "br":
                push(`\n${place.indent}`, place);
                break;
            case "html":
                push(withBreaks(known.raw), place);
                break;
            case "escape":
                push(known.text, place);
                break;
            case "text":
                if (known.tokens) pushInline(known.tokens, place);
                else pushText(indented(unescape(known.text), place), place);
                break;
            default:
                push(token.raw, place);
        }
    }
}

/** "**Note:**words" is bold for whoever reads it; the rules of Markdown want a blank behind it. */
function pushText(text: string, place: Place): void {
    const pieces = text.split(/(?<![\p{N}*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\p{N}*])/u);
    for (const [index, piece] of pieces.entries()) {
        push(piece, index % 2 === 1 ? within(place, "bold") : place);
    }
}

/** Between digits asterisks are factors: "5*10*3" must not become "5103". */
function pushEmphasis(
    { type, raw, text, tokens }: Tokens.Strong | Tokens.Em,
    before: string | undefined,
    after: string | undefined,
    place: Place,
): void {
    const joinsNumbers =
        (/\p{N}$/u.test(before ?? "") && /^[*_]*\p{N}/u.test(text)) ||
        (/\p{N}[*_]*$/u.test(text) && /^\p{N}/u.test(after ?? ""));
    const isWithinWord = /[\p{L}\p{N}]$/u.test(before ?? "") && /^[\p{L}\p{N}]/u.test(after ?? "");
    if (!joinsNumbers && !(isWithinWord && type === "em")) {
        return pushInline(tokens, within(place, type === "em" ? "italic" : "bold"));
    }
    const mark = raw.slice(0, type === "em" ? 1 : 2);
    push(mark, place);
    pushInline(tokens, place);
    push(mark, place);
}

/** A single tilde means "about": a struck-through dose would be dangerous. */
function pushDeleted({ raw, tokens }: Tokens.Del, place: Place): void {
    if (raw.startsWith("~~")) return pushInline(tokens, within(place, "strikethrough"));
    push("~", place);
    pushInline(tokens, place);
    push("~", place);
}

/** Shows the address as well: in a medical answer nobody should follow a link unseen. */
function pushLink(link: Tokens.Link | Tokens.Image, place: Place): void {
    const { href, text, title, tokens, type } = link;
    const label = text.trim();
    const bare = href.replace(/^(?:mailto:|tel:)/, "");
    const names = ["", href, bare, href.replace(/^https?:\/\//, "")];
    if (!title && names.includes(label)) return push(label || bare, place);
    if (type === "image") push(text, place);
    else pushInline(tokens, place);
    const target = [bare, title ?? ""].filter((part) => part !== "").join(", ");
    if (target !== "") push(` (${target})`, place);
}

function indented(text: string, { indent }: Place): string {
    return indent === "" ? text : text.replaceAll(/\n[ \t]*/g, `\n${indent}`);
}

function withBreaks(html: string): string {
    return html.replaceAll(/<br\s*\/?>\n?/gi, "\n");
}

const characters: Readonly<Record<string, string>> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    nbsp: "\u00A0",
};

/** The character references that models write. */
function unescape(text: string): string {
    return text.replaceAll(/&(amp|lt|gt|quot|apos|nbsp);/g, (whole, name: string) => {
        return characters[name] ?? whole;
    });
}
