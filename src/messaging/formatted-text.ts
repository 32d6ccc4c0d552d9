/** How a piece of text looks. `pre`: a block of code; `quote`: a quoted block. */
export type Style = "bold" | "italic" | "strikethrough" | "code" | "pre" | "quote";

/** A piece of text with its styles, the outermost first. */
export interface Run {
    readonly text: string;
    readonly styles: readonly Style[];
}

/** A text with its formatting; the formatting adds no characters. */
export type FormattedText = readonly Run[];

/** The text without formatting. */
export function plainText(formatted: FormattedText): string {
    return formatted.map(({ text }) => text).join("");
}

/** From `start` to before `end`, in UTF-16 units of the plain text. */
export function sliceText(formatted: FormattedText, start: number, end: number): FormattedText {
    const sliced: Run[] = [];
    let position = 0;
    for (const { text, styles } of formatted) {
        const part = text.slice(Math.max(0, start - position), Math.max(0, end - position));
        if (part !== "") sliced.push({ text: part, styles });
        position += text.length;
    }
    return sliced;
}

/** Whether a reader would see anything: platforms refuse messages in which there is nothing. */
export function isBlank(formatted: FormattedText): boolean {
    return !/[^\s\p{Cf}\p{Cc}\u2800\u3164]/u.test(plainText(formatted));
}
