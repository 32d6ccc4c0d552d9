import type { z } from "zod";
import { nearest } from "./faults.ts";

type Issue = z.core.$ZodIssue;

/** Marks of writing direction and unusual spaces, as editors for Arabic put them. */
export const invisible = /[\p{Cf}\u00a0\u2000-\u200a\u202f\u3000]/u;
/** What to do about these. */
export const invisibleAdvice =
    "It contains an invisible character: delete the whole line and type it again.";

/** What to write instead of a value that was meant well, as a sentence. */
export function adviceFor(found: unknown, issue: Issue): string | undefined {
    const { types, words } = accepted(issue);
    if (types.has("object")) {
        if (typeof found === "string" && found.includes(":")) {
            return "A space is missing after a colon.";
        }
        return typeof found === "string" && found.includes("=")
            ? "Write a colon and a space in place of the equals sign."
            : "Write each setting on a line of its own below, indented by two spaces more.";
    }
    if (typeof found === "object") return "Write one value on the same line.";
    if (typeof found !== "string") return undefined;
    if (issue.code === "invalid_format" && /\p{Bidi_Control}/u.test(found)) return invisibleAdvice;
    const word = withLatinDigits(found.trim().toLowerCase()).replaceAll(typographicQuotes, "");
    const number = meantNumber(word);
    if (number !== undefined && types.has("number")) {
        return `Write ${number} in the digits 0-9 alone, without quotes or a unit.`;
    }
    if (words.includes("true") && affirmations.has(word)) return "Write true, without quotes.";
    if (words.includes("true") && negations.has(word)) return "Write false, without quotes.";
    const meant = words.find((known) => word.startsWith(known)) ?? nearest(word, words);
    if (meant !== undefined && invisible.test(found)) return invisibleAdvice;
    return meant === undefined ? undefined : `Did you mean ${meant}?`;
}

const typographicQuotes = /[\u2018-\u201f\u00ab\u00bb]/g;

/** A number with a unit, with a comma for the decimals or with commas between the thousands. */
function meantNumber(word: string): string | undefined {
    if (/^\d{1,3}(?:,\d{3})+$/.test(word)) return word.replaceAll(",", "");
    // "8k" is not 8.
    const number = /^(\d{1,9}(?:[.,٫]\d{1,9})?)\s*(?!k$)\p{L}{0,12}$/u.exec(word)?.[1];
    return number?.replace(/[,٫]/, ".");
}

const affirmations = new Set(["true", "yes", "on", "y", "enabled", "نعم"]);
const negations = new Set(["false", "no", "off", "n", "disabled", "لا"]);

/** What a schema accepts in the place of an issue, through all alternatives of a union. */
function accepted(issue: Issue): { readonly types: Set<string>; readonly words: string[] } {
    if (issue.code === "invalid_union") {
        const inner = issue.errors.flat().map(accepted);
        return {
            types: new Set(inner.flatMap(({ types }) => [...types])),
            words: inner.flatMap(({ words }) => words),
        };
    }
    if (issue.code === "invalid_value")
        return { types: new Set(), words: issue.values.map(String) };
    if (issue.code !== "invalid_type") return { types: new Set(), words: [] };
    const words = issue.expected === "boolean" ? ["true", "false"] : [];
    return { types: new Set([issue.expected === "int" ? "number" : issue.expected]), words };
}

function withLatinDigits(text: string): string {
    return text.replaceAll(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
}
