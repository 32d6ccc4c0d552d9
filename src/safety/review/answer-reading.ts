import type { CompiledRule } from "./compile-rules.ts";
import { countSentence, emptyLanguageCount, isWrongLanguage } from "./check-language.ts";
import { LeakWatch } from "./check-leak.ts";
import { countSpoken } from "./count-letters.ts";
import { isStuck, LoopWatch } from "./check-repetition.ts";
import { brokenRules, type ReadWord } from "./match-phrases.ts";
import { type LineKind, LineReader, type Piece, type Sentence } from "./read-lines.ts";
import type { ReadingParts } from "./reading-parts.ts";
import type { ReviewCheck, ReviewSubject } from "./review.ts";
import { wordsOf } from "./words.ts";
import { AnswerWriter, isLeadIn } from "./write-answer.ts";

/** What is known of the question. */
export type ReadingSubject = Omit<ReviewSubject, "text" | "complete" | "instructions">;

/** What makes the whole of an answer unusable. */
const fatalChecks: ReadonlySet<ReviewCheck> = new Set([
    "wrong-language",
    "leaked-instructions",
    "harmful-advice",
]);

/** A half sentence at the end is dropped only when this much stays, in letters. */
const minRestLetters = 40;

/** Of the line that introduces a list, the last words. */
const maxTopicWords = 40;
const comma: ReadWord = { isMark: true, atoms: [] };

const sentenceEnded = /[.!?؟…۔。:|][\s*_`"'»”’)\]]*$/u;

/**
 * One answer while it is read: takes what is new of it, judges each sentence once, and writes down
 * those that may stay. The review of a whole answer and of a growing one are this same reading, so
 * what was shown of the growing one stands in the whole one.
 */
export class AnswerReading {
    readonly findings = new Set<ReviewCheck>();
    readonly #subject: ReadingSubject;
    readonly #parts: ReadingParts;
    readonly #rules: ReadonlySet<CompiledRule>;
    readonly #reader = new LineReader();
    readonly #writer = new AnswerWriter();
    readonly #loops = new LoopWatch();
    readonly #leaks: LeakWatch;
    /** What came again and may yet turn out to be a loop. */
    #waiting: (() => void)[] = [];
    #language = emptyLanguageCount;
    #line: { readonly kind: LineKind; isFresh: boolean } = { kind: "text", isFresh: true };
    #heading: readonly ReadWord[] = [];
    #leadIn: readonly ReadWord[] = [];
    /** Of {@link #leadIn}, what introduces the whole list. */
    #topic: readonly ReadWord[] = [];
    #isLeadInLast = false;
    #isTableHead = false;
    #letters = 0;
    #wordySentences = 0;
    #isReferred = false;
    #end: ReviewCheck | undefined;
    #lostLetters = 0;

    constructor(subject: ReadingSubject, parts: ReadingParts) {
        this.#subject = subject;
        this.#parts = parts;
        this.#leaks = new LeakWatch(parts.instructions);
        this.#rules = new Set(parts.rules.rules.filter((rule) => applies(rule, subject)));
    }

    /** Why nothing that follows will be looked at. */
    get end(): ReviewCheck | undefined {
        return this.#end;
    }

    /** Whether the sentences that stay are in the wrong language. */
    get isWrongLanguage(): boolean {
        return isWrongLanguage(this.#language, this.#subject.language);
    }

    /** Letters and digits of the sentences that stay. */
    get letters(): number {
        return this.#letters;
    }

    /** Whether the sentences that stay send the patient to care. */
    get isReferred(): boolean {
        return this.#isReferred;
    }

    /** Letters and digits that were taken out or cut off. */
    get lostLetters(): number {
        return this.#lostLetters;
    }

    /** How many sentences of at least three words stay. */
    get wordySentences(): number {
        return this.#wordySentences;
    }

    /** Reads on: takes the whole text so far. */
    read(text: string): void {
        for (const piece of this.#reader.read(text, false)) this.#take(piece);
    }

    /** What may be shown of it. */
    preview(): string {
        return this.#writer.preview();
    }

    /** Whether what has no end yet is stuck in a loop already. */
    isPendingStuck(text: string): boolean {
        const pending = this.#reader.pending(text);
        return isStuck(
            pending,
            wordsOf(pending).map((word) => word.text),
        );
    }

    /** Reads the rest, and gives everything that may stay. */
    finish(text: string, isComplete: boolean): string {
        this.read(text);
        const rest = [...this.#reader.read(text, true)];
        const last = rest.findLast((piece) => piece.kind === "sentence");
        for (const piece of rest) {
            const isHalf = !isComplete && piece === last && !sentenceEnded.test(last.sentence.text);
            if (!isHalf || this.#letters < minRestLetters) this.#take(piece);
        }
        if (this.#end === undefined) this.#release();
        else if (this.#waiting.length > 0) this.#waiting = [];
        return this.#writer.finish();
    }

    #take(piece: Piece): void {
        if (this.#end !== undefined) {
            if (piece.kind === "sentence") this.#lose(piece.sentence.text);
            return;
        }
        switch (piece.kind) {
            case "line":
                this.#beginLine(piece.line);
                this.#write(() => this.#writer.begin(piece.line, piece.lead));
                return;
            case "end-of-line":
                this.#write(() => this.#writer.endLine());
                return;
            case "sentence":
                this.#judge(piece.sentence);
        }
    }

    /** In order, behind what waits. */
    #write(write: () => void): void {
        if (this.#waiting.length > 0) this.#waiting.push(write);
        else write();
    }

    #release(): void {
        for (const write of this.#waiting) write();
        this.#waiting = [];
    }

    #beginLine(kind: LineKind): void {
        const before = this.#line.kind;
        if (kind !== "ruler")
            this.#isTableHead = kind === "row" && before !== "row" && before !== "ruler";
        this.#line = { kind, isFresh: true };
    }

    /** The line that introduces this one; the text after a list is introduced by nothing. */
    #introduction(): readonly ReadWord[] {
        const { kind } = this.#line;
        const isIntroduced = this.#isLeadInLast || kind === "item" || kind === "row";
        return isIntroduced && kind !== "heading" ? this.#leadIn : [];
    }

    #judge(sentence: Sentence): void {
        const line = this.#line;
        const cleaned = this.#parts.cleanTokens(sentence.text, {
            atLineStart: line.isFresh,
            isFirst: this.#letters === 0,
        });
        line.isFresh = false;
        if (cleaned.found) this.findings.add("special-tokens");
        const { text } = cleaned;
        if (text !== "") this.#judgeText({ before: sentence.before, text });
        else if (cleaned.found) this.#write(() => this.#writer.leaveOut());
        if (cleaned.ends && this.#end === undefined) {
            this.#end = "special-tokens";
            this.#lose(sentence.text.slice(text.length).replace(/<\|[^|]*\|>|<\/?\w+>/g, ""));
        }
    }

    #judgeText(sentence: Sentence): void {
        const words = wordsOf(sentence.text);
        const texts = words.filter(({ kind }) => kind !== "mark").map(({ text }) => text);
        const recurrence = isStuck(sentence.text, texts) ? "loop" : this.#loops.see(texts);
        if (recurrence === "loop") {
            this.findings.add("repetition");
            this.#end = "repetition";
            this.#lose(sentence.text);
            return;
        }
        if (recurrence === "new") this.#release();
        else if (this.#waiting.length === 0) this.#waiting.push(() => undefined);
        const found: ReviewCheck | undefined =
            recurrence === "too-often"
                ? "repetition"
                : this.#check(sentence, this.#parts.readWords(words), texts);
        if (found === undefined) return;
        this.findings.add(found);
        this.#lose(sentence.text);
        if (fatalChecks.has(found)) this.#end = found;
        this.#write(() => this.#writer.leaveOut());
    }

    /** Keeps a sentence, unless there is something wrong with it. */
    #check(
        sentence: Sentence,
        words: readonly ReadWord[],
        texts: readonly string[],
    ): ReviewCheck | undefined {
        if (this.#leaks.see(texts)) return "leaked-instructions";
        const around = { heading: this.#heading, leadIn: this.#introduction() };
        const broken = brokenRules(words, around, this.#parts.rules, (rule) =>
            this.#rules.has(rule),
        );
        const fault =
            broken.find(({ check }) => fatalChecks.has(phraseFault(check) ?? "empty")) ??
            broken.find(({ check }) => check !== "referral");
        if (fault) return phraseFault(fault.check);
        this.#isReferred ||= broken.some(({ check }) => check === "referral");
        const { kind } = this.#line;
        const { text } = sentence;
        const introduces =
            kind === "row" ? this.#isTableHead : kind !== "heading" && isLeadIn(text);
        const introduction = this.#introduction();
        if (kind === "heading") this.#heading = words;
        if (introduction.length === 0 || (introduces && kind !== "item")) this.#topic = [];
        this.#leadIn = introduction;
        if (introduces) {
            // A list within a list is introduced by both.
            this.#leadIn = [...this.#topic, comma, ...words];
            if (kind !== "item") this.#topic = words.slice(-maxTopicWords);
        }
        this.#isLeadInLast = introduces;
        if (kind !== "code")
            this.#language = countSentence(this.#language, text, this.#parts.rules.languages);
        this.#letters += countSpoken(text);
        if (texts.length >= 3) this.#wordySentences += 1;
        this.#write(() => this.#writer.keep(sentence));
        return undefined;
    }

    #lose(text: string): void {
        this.#lostLetters += countSpoken(text);
    }
}

function applies(
    { check, when }: CompiledRule,
    { aboutImage, disposition }: ReadingSubject,
): boolean {
    if (when && !when.has(disposition)) return false;
    return check !== "definite-diagnosis" || aboutImage;
}

function phraseFault(check: CompiledRule["check"]): ReviewCheck | undefined {
    return check === "referral" ? undefined : check;
}
