import type { Piece } from "./whatsapp-marks.ts";

/** WhatsApp takes no mark for one that has a blank inside: this one is too thin to be seen. */
const hairSpace = "\u200A";
/** Has no width, and keeps what follows it from being the start of a line. */
const wordJoiner = "\u2060";

/** Joins the pieces of a line; signs of the text that could pair up as marks are kept from it. */
export function guardMarks(line: readonly Piece[]): string {
    const pieces = line.flatMap(tokens);
    const lastClose = new Map<string, number>();
    for (const [index, { text, role }] of pieces.entries()) {
        if (role === "close") lastClose.set(text, index);
    }
    const opened = new Openings();
    let written = "";
    for (const [index, { text, role }] of pieces.entries()) {
        opened.pass(text);
        const before = pieces[index - 1]?.text.at(-1) ?? " ";
        const after = pieces[index + 1]?.text.charAt(0) ?? " ";
        const isLiteral = role === "text" && isMark(text) && !(isWord(before) && isWord(after));
        const opens = isLiteral ? !isSpace(after) : role === "open";
        const breakOpening = isLiteral && opens && (lastClose.get(text) ?? -1) > index;
        const breakClosing =
            isLiteral && opened.has(text) && !isSpace(before) && (breakOpening || !isWord(after));
        if (opens) opened.add(text);
        written += `${breakClosing ? hairSpace : ""}${text}${breakOpening ? hairSpace : ""}`;
    }
    return written;
}

/** Keeps a line that begins with a dash, an asterisk or a ">" from being an item or a quote. */
export function guardLineStart(line: string): string {
    return line.replace(/^\s*(?=>|[-*](?:\s|$))/, (blanks) => blanks + wordJoiner);
}

/** Which marks have been opened with something other than the mark itself behind them. */
class Openings {
    readonly #opened = new Set<string>();
    readonly #empty = new Set<string>();

    add(mark: string): void {
        this.#empty.add(mark);
    }

    pass(text: string): void {
        for (const mark of this.#empty) {
            if (mark === text) continue;
            this.#empty.delete(mark);
            this.#opened.add(mark);
        }
    }

    has(mark: string): boolean {
        return this.#opened.has(mark);
    }
}

/** Addresses stay as they are: WhatsApp makes links of them first. */
function tokens({ text, role }: Piece): Piece[] {
    if (role !== "text") return [{ text, role }];
    const found = text.match(/https?:\/\/\S+|[*_~]|(?:(?!https?:\/\/)[^*_~])+/g) ?? [];
    return found.map((token) => ({ text: token, role }));
}

function isMark(text: string): boolean {
    return /^[*_~]$/.test(text);
}

function isSpace(character: string): boolean {
    return /\s/.test(character);
}

/** Letters that every reading of the rules takes for a part of a word. */
function isWord(character: string): boolean {
    return /[A-Za-z0-9]/.test(character);
}
