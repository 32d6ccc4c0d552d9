import { balanceMarks } from "./balance-marks.ts";
import type { LineKind, Sentence } from "./read-lines.ts";

/** A line that makes no sense without what follows it. */
interface Head {
    readonly kind: "heading" | "lead-in" | "table" | "fence" | "ruler";
    text: string;
    readonly blankBefore: boolean;
    /** Whether something beneath it was taken out, and nothing stayed so far. */
    emptied: boolean;
}

interface OpenLine {
    readonly kind: LineKind;
    readonly lead: string;
    body: string;
    sentences: number;
    isCut: boolean;
}

/** `Symptoms:` or `**Symptoms**`, as a line of its own. */
const introduces = /[:：][\s*_`"»”]*$|^[\s*_]*\*\*[^*.!?؟…]+\*\*[\s:]*$/u;

/** Whether a sentence introduces what follows it. */
export function isLeadIn(sentence: string): boolean {
    return introduces.test(sentence);
}

/**
 * Writes an answer anew from the sentences that may stay, so that it remains sound Markdown: no empty
 * list items, no heading or introduction without what it announces, no table without its head, no
 * emphasis that opens and never closes. What it has written it does not take back.
 */
export class AnswerWriter {
    #written = "";
    #heads: Head[] = [];
    #line: OpenLine | undefined;
    #isBlankDue = false;
    #fence: string | undefined;
    #inTable: "no" | "yes" | "dropped" = "no";

    begin(kind: LineKind, lead: string): void {
        this.#line = { kind, lead, body: "", sentences: 0, isCut: false };
        if (kind === "row" || kind === "ruler") return;
        this.#inTable = "no";
        // The head of a table that has no body is a line like others.
        const head = this.#heads.at(-1);
        if (head?.kind === "table" && !head.emptied) this.#flushHeads();
    }

    keep({ before, text }: Sentence): void {
        const line = this.#line;
        if (!line) return;
        line.body += (line.body === "" ? "" : before) + text;
        line.sentences += 1;
        const isText = line.kind === "text" || line.kind === "item";
        if (isText && !this.#isHead(line)) this.#settle(line.kind);
    }

    /** Leaves a sentence out. */
    leaveOut(): void {
        if (this.#line) this.#line.isCut = true;
    }

    endLine(): void {
        const line = this.#line;
        if (!line) return;
        this.#line = undefined;
        switch (line.kind) {
            case "blank":
                this.#isBlankDue = true;
                return;
            case "fence":
                this.#endFence(line);
                return;
            case "ruler":
                this.#endRuler(line);
                return;
            case "row":
                this.#endRow(line);
                return;
            case "heading":
                if (line.body === "") this.#empty();
                else this.#pushHead("heading", line);
                return;
            case "code":
                if (line.body !== "" || !line.isCut) this.#emit(line);
                else this.#empty();
                return;
            case "text":
            case "item":
                if (line.body === "") {
                    if (line.isCut) this.#empty();
                } else if (this.#isHead(line)) this.#pushHead("lead-in", line);
                else this.#emit(line);
        }
    }

    /** What may be read already: without headings that still wait for what they announce. */
    preview(): string {
        const line = this.#line;
        const isText = line?.kind === "text" || line?.kind === "item";
        if (!line || !isText || line.body === "" || this.#isHead(line)) return this.#written;
        return [this.#written, ...this.#heads.map(headText), render(line, this.#isBlankDue)]
            .join("")
            .trimStart();
    }

    /** The whole answer. */
    finish(): string {
        this.endLine();
        this.#dropEmptied("end");
        while (this.#heads.at(-1)?.kind === "ruler" || this.#heads.at(-1)?.kind === "fence")
            this.#heads.pop();
        this.#flushHeads();
        if (this.#fence !== undefined) this.#written += `\n${this.#fence}`;
        this.#fence = undefined;
        return this.#written.trim();
    }

    #isHead({ body, sentences }: OpenLine): boolean {
        return sentences === 1 && introduces.test(body);
    }

    #endFence(line: OpenLine): void {
        const isWaiting = this.#heads.at(-1)?.kind === "fence";
        if (isWaiting) this.#heads.pop();
        if (isWaiting) this.#empty();
        else if (this.#fence === undefined) this.#pushHead("fence", line);
        else {
            this.#emit(line);
            this.#fence = undefined;
        }
    }

    #endRuler(line: OpenLine): void {
        const head = this.#heads.at(-1);
        if (head?.kind === "table") head.text += `\n${line.lead}`;
        else if (this.#inTable === "yes") this.#emit(line);
        else if (this.#inTable === "no") this.#pushHead("ruler", line);
    }

    #endRow(line: OpenLine): void {
        if (this.#inTable === "no") {
            this.#inTable = line.body === "" ? "dropped" : "yes";
            if (line.body === "") this.#empty();
            else this.#pushHead("table", line);
        } else if (this.#inTable === "yes") {
            if (line.body === "") this.#empty();
            else this.#emit(line);
        }
    }

    #pushHead(kind: Head["kind"], line: OpenLine): void {
        this.#dropEmptied(kind);
        const text = line.body === "" ? line.lead : lineText(line);
        this.#heads.push({ kind, text, blankBefore: this.#isBlankDue, emptied: false });
        this.#isBlankDue = false;
    }

    #emit(line: OpenLine): void {
        this.#settle(line.kind);
        this.#written = (this.#written + render(line, this.#isBlankDue)).replace(/^\n+/, "");
        this.#isBlankDue = false;
    }

    /** Something stays: what announces it stays too. */
    #settle(kind: LineKind): void {
        this.#dropEmptied(kind);
        this.#flushHeads();
    }

    #flushHeads(): void {
        for (const head of this.#heads) {
            this.#written = (this.#written + headText(head)).replace(/^\n+/, "");
            if (head.kind === "fence") this.#fence = /`{3,}|~{3,}/.exec(head.text)?.[0];
        }
        this.#heads = [];
    }

    #empty(): void {
        const head = this.#heads.at(-1);
        if (head) head.emptied = true;
    }

    /** Drops the heads that a new line of this kind leaves with nothing beneath them. */
    #dropEmptied(next: LineKind | Head["kind"] | "end"): void {
        for (;;) {
            const head = this.#heads.at(-1);
            if (!head?.emptied || !endsHead(head.kind, next)) return;
            this.#heads.pop();
            this.#isBlankDue ||= head.blankBefore;
            this.#empty();
        }
    }
}

function endsHead(kind: Head["kind"], next: LineKind | Head["kind"] | "end"): boolean {
    if (next === "end" || next === "heading" || next === "ruler") return kind !== "fence";
    if (kind === "lead-in") return next === "text" || next === "lead-in" || next === "table";
    return kind === "table" && next !== "row";
}

function headText({ text, blankBefore }: Head): string {
    return `${blankBefore ? "\n\n" : "\n"}${text}`;
}

function render(line: OpenLine, isBlankDue: boolean): string {
    return `${isBlankDue ? "\n\n" : "\n"}${lineText(line)}`;
}

function lineText({ kind, lead, body, isCut }: OpenLine): string {
    if (body === "") return lead;
    return lead + (isCut && kind !== "code" ? balanceMarks(body) : body);
}
