/** A sentence within a line, or the whole of a line that is not parted into sentences. */
export interface Sentence {
    /** The white space before it. */
    readonly before: string;
    readonly text: string;
}

/** What a line of Markdown is. */
export type LineKind =
    | "blank"
    | "text"
    | "item"
    | "heading"
    | "row"
    /** Between the head and the body of a table, or a rule across the page. */
    | "ruler"
    | "fence"
    | "code";

/** What is read of an answer, in the order in which it stands there. */
export type Piece =
    | { readonly kind: "line"; readonly line: LineKind; readonly lead: string }
    | { readonly kind: "sentence"; readonly sentence: Sentence }
    | { readonly kind: "end-of-line" };

/** No sentence is longer: one without an end is parted between words. */
const maxSentenceCharacters = 1_000;

const leadMark = /[ \t]*(?:>|(?:[-*+•‣▪◦–]|\p{Nd}{1,3}[.)-]|#{1,6})(?=[ \t]))[ \t]?/uy;
const fenceLine = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const rulerLine = /^[ \t]*(?:[|:\-=*_][ \t]*){3,}$/;
const closers = new Set(["*", "_", "`", "~", '"', "'", "”", "’", "»", ")", "]", "}", "›"]);
const enders = new Set([".", "!", "?", "؟", "…", "۔", "。", "！", "？"]);
const abbreviation =
    /(?:^|[\s(["'«“])(?:\p{L}|(?:\p{L}\.)+\p{L}|dr|mr|mrs|ms|prof|vs|approx|fig|st|eg|ie|incl)\.$/iu;

/**
 * Reads an answer that may still grow: give it the whole text so far, and it gives the pieces that
 * are new and certain. A sentence is certain when white space follows it.
 */
export class LineReader {
    #at = 0;
    /** What is known of the line that is being read. */
    #line: LineKind | undefined;
    #fence: string | undefined;

    /** The text that no piece has been given of yet. */
    pending(text: string): string {
        return text.slice(this.#at);
    }

    *read(text: string, isWhole: boolean): Generator<Piece> {
        while (this.#at < text.length) {
            const newline = text.indexOf("\n", this.#at);
            const lineEnd = newline === -1 ? text.length : newline;
            const isLineWhole = newline !== -1 || isWhole;
            if (this.#line === undefined) {
                const rest = text.slice(this.#at, lineEnd);
                if (!isLineWhole && !this.#canBegin(rest)) return;
                const { kind, lead } = this.#classify(rest);
                const isParted = kind === "text" || kind === "item";
                const begins = this.#at + lead.length;
                const isCertain = isParted && sentenceEnd(text, begins, lineEnd) !== -1;
                if (!isLineWhole && !isCertain) return;
                this.#line = kind;
                this.#at += lead.length;
                yield { kind: "line", line: kind, lead };
                if (!isParted) {
                    const whole = text.slice(this.#at, lineEnd).trimEnd();
                    if (whole !== "")
                        yield { kind: "sentence", sentence: { before: "", text: whole } };
                    this.#at = lineEnd;
                }
            }
            yield* this.#sentences(text, lineEnd, isLineWhole);
            if (!isLineWhole) return;
            this.#at = Math.min(text.length, lineEnd + 1);
            this.#line = undefined;
            yield { kind: "end-of-line" };
        }
    }

    *#sentences(text: string, lineEnd: number, isLineWhole: boolean): Generator<Piece> {
        for (;;) {
            let start = this.#at;
            while (start < lineEnd && isSpace(text.charCodeAt(start))) start += 1;
            if (start === lineEnd) return;
            const end = sentenceEnd(text, start, lineEnd);
            if (end === -1 && !isLineWhole) return;
            const to = end === -1 ? lineEnd : end;
            const before = text.slice(this.#at, start);
            this.#at = to;
            yield { kind: "sentence", sentence: { before, text: text.slice(start, to).trimEnd() } };
        }
    }

    /** Whether enough of a line is there to tell what it is. */
    #canBegin(rest: string): boolean {
        return this.#fence === undefined && !/^\s*(?:$|[|`~])/.test(rest);
    }

    #classify(line: string): { kind: LineKind; lead: string } {
        const fence = fenceLine.exec(line);
        if (this.#fence !== undefined) {
            const [, marks = "", rest = ""] = fence ?? [];
            if (!marks.startsWith(this.#fence) || rest.trim() !== "")
                return { kind: "code", lead: "" };
            this.#fence = undefined;
            return { kind: "fence", lead: line };
        }
        const [, opening, rest = ""] = fence ?? [];
        if (opening !== undefined && (opening.startsWith("~") || !rest.includes("`"))) {
            this.#fence = opening;
            return { kind: "fence", lead: line };
        }
        if (line.trim() === "") return { kind: "blank", lead: line };
        if (rulerLine.test(line)) return { kind: "ruler", lead: line };
        if (/^\s*\|/.test(line)) return { kind: "row", lead: "" };
        const lead = readLead(line);
        if (lead.includes("#")) return { kind: "heading", lead };
        return { kind: /[^\s>]/.test(lead) ? "item" : "text", lead };
    }
}

function readLead(line: string): string {
    let end = 0;
    for (;;) {
        leadMark.lastIndex = end;
        const found = leadMark.exec(line);
        if (!found) break;
        end = leadMark.lastIndex;
    }
    while (end < line.length && isSpace(line.charCodeAt(end))) end += 1;
    return line.slice(0, end);
}

function isSpace(code: number): boolean {
    return code === 32 || code === 9 || code === 13 || code === 0xa0 || code === 0x200b;
}

/** Where the sentence that begins at `start` ends, or -1 while that is not certain. */
function sentenceEnd(text: string, start: number, lineEnd: number): number {
    const limit = Math.min(lineEnd, start + maxSentenceCharacters);
    for (let at = start; at < limit; at += 1) {
        if (!enders.has(text.charAt(at))) continue;
        let end = at + 1;
        while (end < lineEnd && (closers.has(text.charAt(end)) || enders.has(text.charAt(end))))
            end += 1;
        if (end >= lineEnd || !isSpace(text.charCodeAt(end))) {
            at = end - 1;
            continue;
        }
        const isShort =
            text.charAt(at) === "." &&
            abbreviation.test(text.slice(Math.max(start, at - 12), at + 1));
        if (!isShort) return end;
        at = end - 1;
    }
    if (limit === lineEnd) return -1;
    const space = text.lastIndexOf(" ", limit);
    return space > start ? space : limit;
}
