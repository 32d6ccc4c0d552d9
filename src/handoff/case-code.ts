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

const withSign = new RegExp(String.raw`^\s*#(${code})(?![\p{L}\p{N}])`, "iu");
const withOrWithoutSign = new RegExp(String.raw`^\s*#?(${code})(?![\p{L}\p{N}])`, "iu");

/**
 * The code that a command begins with, and what follows it.
 *
 * @param sign `needed`: a word without it is none. Beneath a note that has a code of its own, five
 * characters are sooner a word (`Thank`) or a dose (`500mg`) than a second code.
 */
export function takeCode(
    text: string,
    sign: "needed" | "optional",
): { readonly code: string; readonly rest: string } | undefined {
    const found = (sign === "needed" ? withSign : withOrWithoutSign).exec(text);
    if (!found) return undefined;
    return { code: (found[1] ?? "").toUpperCase(), rest: text.slice(found[0].length).trim() };
}
