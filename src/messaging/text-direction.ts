import type { Language } from "../message.ts";
import { type FormattedText, plainText, type Run } from "./formatted-text.ts";
import { leftToRightPhrases } from "./left-to-right-phrases.ts";

const rightToLeftMark = "\u200F";
const leftToRightMark = "\u200E";
const leftToRightIsolate = "\u2066";
const popIsolate = "\u2069";
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
const strong = /[\p{L}\u200E\u200F\u061C]/u;

/**
 * Makes every line of a reply run in the reply's direction. Telegram and WhatsApp take a line's direction from
 * its first letter, so an Arabic sentence that begins with "MRI" would run from left to right: an
 * invisible mark before it corrects that. Lines that have no letter of the reply's language keep
 * their own direction, unless they are items of a list (names of medicines, say); a whole paragraph
 * in the other language keeps its own all the same. Within Arabic lines, doses, telephone
 * numbers and commands keep their order. Doing it twice changes nothing.
 */
export function directLines(formatted: FormattedText, language: Language): FormattedText {
    const marks = new Map<number, string>();
    let start = 0;
    const lines = plainText(formatted).split("\n");
    const foreign = foreignLines(lines, language);
    for (const [index, line] of lines.entries()) {
        if (!foreign.has(index) && needsMark(line, language)) {
            marks.set(start, language === "ar" ? rightToLeftMark : leftToRightMark);
        }
        const first = strong.exec(line)?.[0];
        if (marks.has(start) ? language === "ar" : first && isRightToLeft(first)) {
            addIsolates(line, start, marks);
        }
        start += line.length + 1;
    }
    return marks.size === 0 ? formatted : insert(formatted, marks);
}

/** The language whose letters make up most of a text. */
export function mainLanguage(text: string): Language {
    let arabic = 0;
    let other = 0;
    for (const letter of text.match(/\p{L}/gu) ?? []) {
        if (rightToLeft.test(letter)) arabic += 1;
        else other += 1;
    }
    return arabic > other ? "ar" : "en";
}

/** Fewer words may be names alone. */
const fewestForeignWords = 8;

/** The lines of paragraphs that are in the other language throughout. */
function foreignLines(lines: readonly string[], language: Language): ReadonlySet<number> {
    const foreign = new Set<number>();
    let paragraph: number[] = [];
    const end = (): void => {
        const text = paragraph.map((index) => lines[index]).join("\n");
        const words = text.match(/\p{L}[\p{L}\p{M}'’-]*/gu) ?? [];
        const isForeign =
            words.length >= fewestForeignWords &&
            !words.some((word) => rightToLeft.test(word) === (language === "ar"));
        if (isForeign) for (const index of paragraph) foreign.add(index);
        paragraph = [];
    };
    for (const [index, line] of lines.entries()) {
        if (line.trim() === "") end();
        else paragraph.push(index);
    }
    end();
    return foreign;
}

function needsMark(line: string, language: Language): boolean {
    const first = strong.exec(line)?.[0];
    if (first === undefined) return language === "ar" && /\p{N}/u.test(line);
    if (isRightToLeft(first) === (language === "ar")) return false;
    if (/^\s*(?:•|\d+\.)\s/.test(line)) return true;
    const letters = line.match(/\p{L}/gu) ?? [];
    return letters.some((letter) => rightToLeft.test(letter) === (language === "ar"));
}

function isRightToLeft(character: string): boolean {
    return character === rightToLeftMark || character === "\u061C" || rightToLeft.test(character);
}

/** Keeps what would fall apart in a line from right to left in one piece. */
function addIsolates(line: string, start: number, marks: Map<number, string>): void {
    for (const { text, index, end } of leftToRightPhrases(line)) {
        const isMarked = /[\u200E\u2066\u2068]/.test(line.charAt(index - 1));
        if (isMarked) continue;
        const first = marks.get(start + index) ?? "";
        if (text.startsWith("/")) {
            // Patients copy commands: one mark before them is enough, and disturbs least.
            marks.set(start + index, first + leftToRightMark);
        } else {
            marks.set(start + index, first + leftToRightIsolate);
            marks.set(start + end, popIsolate);
        }
    }
}

/** Marks stand within the run that begins there, the ends of isolates in the one that ends there. */
function insert(formatted: FormattedText, marks: ReadonlyMap<number, string>): Run[] {
    let position = 0;
    return formatted.map(({ text, styles }) => {
        let directed = "";
        // Blocks of code keep their own direction.
        const isCode = styles.includes("pre");
        for (let offset = 0; offset <= text.length; offset += 1) {
            const mark = isCode ? undefined : marks.get(position + offset);
            const closes = mark === popIsolate;
            if (mark && (closes ? offset > 0 : offset < text.length)) directed += mark;
            directed += text.charAt(offset);
        }
        position += text.length;
        return { text: directed, styles };
    });
}
