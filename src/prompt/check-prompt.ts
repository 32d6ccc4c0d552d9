import type { Language } from "../message.ts";
import { type PromptName, type PromptRule, promptRules } from "./prompt-names.ts";

/** Telegram's limit for the description of a command is 256; a button shows far less. */
const maxLineCharacters = 100;

const placeholder = /\{([A-Za-z]*)\}/g;
// Marks, embeddings, overrides and isolates: invisible in an editor, they reorder what is read.
const bidiControl = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
const otherControl = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFEFF\uFFFD]/;

const languageLine: Readonly<Record<Language, string>> = {
    ar: "Reply in Arabic.",
    en: "Reply in English.",
};

/**
 * What is wrong with a text, as sentences for the administrator; empty when it may be used.
 *
 * @param origin The program's own texts must have all their placeholders; a clinic that words a text
 * itself may write its emergency number out, or leave it away.
 */
export function promptFaults(
    name: PromptName,
    language: Language,
    text: string,
    origin: "file" | "clinic",
): string[] {
    if (text === "") return ["It is empty."];
    const rule: PromptRule = promptRules[name];
    return [
        ...placeholderFaults(rule, text, origin === "file"),
        ...(bidiControl.test(text)
            ? ["It holds an invisible text-direction character; remove it."]
            : []),
        ...(otherControl.test(text) ? ["It holds an unreadable or control character."] : []),
        ...(rule.reader === "line" ? lineFaults(text) : []),
        ...(rule.reader === "staff" ? codeFaults(rule, text) : []),
        ...(name === "system" && text.split("\n").at(-1) !== languageLine[language]
            ? [`Its last line must be: ${languageLine[language]}`]
            : []),
    ];
}

function placeholderFaults({ placeholders }: PromptRule, text: string, all: boolean): string[] {
    const found = [...text.matchAll(placeholder)].map((match) => match[1] ?? "");
    const unknown = found.filter((name) => !placeholders.some((known) => known === name));
    const missing = all ? placeholders.filter((name) => !found.includes(name)) : [];
    const stray = /[{}]/.test(text.replaceAll(placeholder, ""));
    return [
        ...[...new Set(unknown)].map((name) => `{${name}} has no meaning here.`),
        ...missing.map((name) => `{${name}} is missing.`),
        ...(stray ? ["A brace { or } stands alone."] : []),
    ];
}

/** By the code at its beginning a reply to the text finds its patient. */
function codeFaults({ placeholders }: PromptRule, text: string): string[] {
    const misplaced = placeholders.includes("code") && !/^\**\{code\}/.test(text);
    return misplaced ? ["It must begin with {code}."] : [];
}

function lineFaults(text: string): string[] {
    if (text.includes("\n")) return ["It must be one line."];
    return text.length > maxLineCharacters
        ? [`It must have at most ${maxLineCharacters} characters.`]
        : [];
}
