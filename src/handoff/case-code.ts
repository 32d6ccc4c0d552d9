/** Without those that are taken for others: 0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V. */
const letters = "ACDEFHJKMNPQRTVWXY3479";
const codeLength = 5;
const code = `[${letters}]{${codeLength}}`;

/**
 * The code of a case, out of a secret that tells it from others: five signs that are not taken for
 * others when they are read out or copied.
 *
 * @param secret In hexadecimal, at least 16 digits.
 */
export function codeFrom(secret: string): string {
    let rest = BigInt(`0x${secret.slice(0, 16)}`);
    return Array.from({ length: codeLength }, () => {
        const letter = letters[Number(rest % BigInt(letters.length))] ?? "";
        rest /= BigInt(letters.length);
        return letter;
    }).join("");
}

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
