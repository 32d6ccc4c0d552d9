/** How many letters of a text are of which script, and how many digits it has. */
export interface LetterCount {
    readonly arabic: number;
    readonly latin: number;
    readonly other: number;
    readonly digits: number;
}

const letter = /\p{L}/u;
const digit = /\p{Nd}/u;

/** Counts without looking letters up one by one, which is slow, where their code tells enough. */
export function countLetters(text: string): LetterCount {
    let arabic = 0;
    let latin = 0;
    let other = 0;
    let digits = 0;
    for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (isLatin(code)) latin += 1;
        else if (isArabic(code)) arabic += 1;
        else if (code >= 0x30 && code <= 0x39) digits += 1;
        else if (code >= 0x250) {
            const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
            if (letter.test(character)) other += 1;
            else if (digit.test(character)) digits += 1;
            at += character.length - 1;
        }
    }
    return { arabic, latin, other, digits };
}

/** Letters and digits of a text. */
export function countSpoken(text: string): number {
    const { arabic, latin, other, digits } = countLetters(text);
    return arabic + latin + other + digits;
}

function isLatin(code: number): boolean {
    return (
        (code >= 0x61 && code <= 0x7a) ||
        (code >= 0x41 && code <= 0x5a) ||
        (code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7) ||
        (code >= 0x1e00 && code <= 0x1eff)
    );
}

function isArabic(code: number): boolean {
    return (
        (code >= 0x620 && code <= 0x64a && code !== 0x640) ||
        (code >= 0x66e && code <= 0x6d5 && code !== 0x670 && code !== 0x6d4) ||
        (code >= 0x750 && code <= 0x77f) ||
        (code >= 0xfb50 && code <= 0xfdfb) ||
        (code >= 0xfe70 && code <= 0xfefc)
    );
}
