/** A letter, a digit, an emoji, a question mark of any script, or a face that is drawn with signs. */
const meaning = /[\p{L}\p{N}\p{Extended_Pictographic}?؟？]|[:;=]['-]*[()[\]|/\\]/u;

/** Whether a text can be asked about: other signs alone, like `@@@`, are answered by nobody. */
export function saysSomething(text: string): boolean {
    return meaning.test(text);
}
