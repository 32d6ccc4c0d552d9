import type { Language } from "../message.ts";
import { type FormattedText, plainText, type Run } from "./formatted-text.ts";

const rightToLeftMark = "\u200F";
const leftToRightMark = "\u200E";
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
const strong = /[\p{L}\u200E\u200F\u061C]/u;

/**
 * Makes every line of a reply run in the reply's direction. Telegram and WhatsApp take a line's direction from
 * its first letter, so an Arabic sentence that begins with "MRI" would run from left to right: an
 * invisible mark before it corrects that. Lines that have no letter of the reply's language keep
 * their own direction, unless they are items of a list. Doing it twice changes nothing.
 */
export function directLines(formatted: FormattedText, language: Language): FormattedText {
    const mark = language === "ar" ? rightToLeftMark : leftToRightMark;
    const starts = new Set<number>();
    let start = 0;
    for (const line of plainText(formatted).split("\n")) {
        if (needsMark(line, language)) starts.add(start);
        start += line.length + 1;
    }
    return starts.size === 0 ? formatted : insert(formatted, starts, mark);
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

/** Code keeps its own direction. */
function insert(formatted: FormattedText, starts: ReadonlySet<number>, mark: string): Run[] {
    let position = 0;
    return formatted.map(({ text, styles }) => {
        let directed = "";
        for (const unit of text.split(/(?<=\n)/)) {
            directed += starts.has(position) && !styles.includes("pre") ? mark + unit : unit;
            position += unit.length;
        }
        return { text: directed, styles };
    });
}
