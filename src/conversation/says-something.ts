/** A letter, a digit, a symbol such as `+` or `✓`, an emoji, a question mark. */
const meaning = /[\p{L}\p{N}\p{S}\p{Extended_Pictographic}?؟？⁇⸮]/u;
/** A face that is drawn with signs, in either direction. */
const face = /[:;=]['’*-]*[()[\]{}|/\\*]|[()[\]]['’*-]*[:;=]|-_+-/u;
/** A minus: negative, or no. */
const minus = /^[-–]$/u;

/** Whether a text can be asked about; other signs alone, like `@@@` or `...`, say nothing. */
export function saysSomething(text: string): boolean {
    return meaning.test(text) || face.test(text) || minus.test(text);
}
