import type { Condition, Element, Entry, Pattern, Script } from "./triage-rules.ts";

/** How many words apart the parts of a pattern may stand when it does not say. */
const usualWindow = 6;
const name = /^[a-z][a-z0-9-]*$/;
const range = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)$/;

/** A text of the rules that cannot be understood, and what to write instead. */
export interface Misunderstood {
    readonly misunderstood: string;
}

/** Reads "chest + pain | pressure ~4", with ">" for "after it", "-" for "not near it" and "^" for "at the start of a sentence". */
export function readPattern(text: string): Pattern | Misunderstood {
    const elements: Element[] = [];
    const without: string[] = [];
    let window = usualWindow;
    let sign = "+";
    let expectsName = true;
    let joins = false;
    const atStart = text.startsWith("^ ");
    for (const part of (atStart ? text.slice(2) : text).trim().split(/\s+/)) {
        if (part === "|" || part === "+" || part === ">" || part === "-") {
            if (expectsName) return wrong(text, `"${part}" has no word class before it.`);
            joins = part === "|";
            if (!joins) sign = part;
            expectsName = true;
            continue;
        }
        if (/^~\d+$/.test(part)) {
            window = Number(part.slice(1));
            continue;
        }
        const numbers = range.exec(part);
        if (!numbers && !name.test(part)) return wrong(text, `"${part}" is no name.`);
        if (!expectsName) return wrong(text, `"+", ">", "-" or "|" is missing before "${part}".`);
        expectsName = false;
        if (sign === "-") {
            if (numbers) return wrong(text, 'A number cannot stand after "-".');
            without.push(part);
            continue;
        }
        const limits = numbers && { from: Number(numbers[1]), to: Number(numbers[2]) };
        const previous = joins ? elements.pop() : undefined;
        elements.push({
            after: previous?.after ?? sign === ">",
            classes: [...(previous?.classes ?? []), ...(limits ? [] : [part])],
            ...(previous?.range && { range: previous.range }),
            ...(limits && { range: limits }),
        });
    }
    if (expectsName) return wrong(text, "It ends too early.");
    if (elements.every(({ classes }) => classes.length === 0)) {
        return wrong(text, "It has no word class.");
    }
    return { elements, atStart, without, window };
}

function wrong(text: string, why: string): Misunderstood {
    return {
        misunderstood: `The pattern "${text}" cannot be understood: ${why} Write word classes with + between them, such as "chest + pain".`,
    };
}

/** Reads "pregnant & headache | swelling & not asthma". */
export function readConditions(text: string): readonly Condition[] | Misunderstood {
    const conditions: Condition[] = [];
    for (const part of text.split("&")) {
        const absent = /^\s*not\s/.test(part);
        const concepts = part
            .replace(/^\s*not\s/, "")
            .split("|")
            .map((concept) => concept.trim());
        const odd = concepts.find((concept) => !name.test(concept));
        if (odd !== undefined) {
            return {
                misunderstood: `The condition "${text}" cannot be understood: "${odd}" is no name of a concept. Write names with & between them, such as "pregnant & headache".`,
            };
        }
        conditions.push({ concepts, absent });
    }
    return conditions;
}

/** Reads a list of words and phrases with commas between them; "=" before one means: exactly so. */
export function readEntries(text: string, script: Script): Entry[] {
    return text
        .split(/[,،]/)
        .map((entry) => entry.trim())
        .filter((entry) => entry !== "" && entry !== "=")
        .map((entry) => {
            const exact = entry.startsWith("=");
            const words = (exact ? entry.slice(1) : entry).trim().split(/[\s-]+/);
            return { script, words, exact };
        });
}

/** Whether a text is a name of a word class, a concept or a rule. */
export function isName(text: string): boolean {
    return name.test(text);
}
