/** Without those that are taken for others: 0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V. */
const letters = "ACDEFHJKMNPQRTVWXY3479";
const codeLength = 5;

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
