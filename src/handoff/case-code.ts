/** As the book of cases gives them: five letters and digits. */
const code = "[A-Z0-9]{5}";

const atStart = new RegExp(String.raw`^[^\p{L}\p{N}#]*#(${code})(?![\p{L}\p{N}])`, "iu");

/**
 * The code at the beginning of a text, written with its sign: `#K7Q2X …`. Further on it counts for
 * nothing: there a note holds what a patient wrote, who must not name somebody else's case.
 */
export function readCode(text: string): string | undefined {
    return atStart.exec(text)?.[1]?.toUpperCase();
}

const alone = new RegExp(String.raw`^\s*#?(${code})(?![\p{L}\p{N}])`, "iu");

/** The code that a command begins with, with or without its sign, and what follows it. */
export function takeCode(
    text: string,
): { readonly code: string; readonly rest: string } | undefined {
    const found = alone.exec(text);
    if (!found) return undefined;
    return { code: (found[1] ?? "").toUpperCase(), rest: text.slice(found[0].length).trim() };
}
