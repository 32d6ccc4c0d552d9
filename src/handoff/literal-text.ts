/**
 * A text of people as Markdown that shows it sign by sign: what they write is no Markdown, and must
 * look neither like a heading of the note around it nor lose its asterisks.
 */
export function literalText(text: string): string {
    return text.replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}

/** Cuts a text into pieces of at most so many UTF-16 units, at line breaks or blanks where there are some. */
export function cutText(text: string, most: number): readonly string[] {
    const pieces: string[] = [];
    let rest = text.trim();
    while (rest.length > most) {
        const head = rest.slice(0, most + 1);
        const places = ["\n", " "].map((blank) => head.lastIndexOf(blank));
        const end = places.find((place) => place > most / 2) ?? lastWhole(rest, most);
        pieces.push(rest.slice(0, end).trimEnd());
        rest = rest.slice(end).trimStart();
    }
    return rest === "" ? pieces : [...pieces, rest];
}

/** The beginning of a text, with a mark where something is left out. */
export function shortened(text: string, most: number): string {
    return text.length <= most ? text : `${text.slice(0, lastWhole(text, most - 1)).trimEnd()}…`;
}

/** Not between the halves of a character. */
function lastWhole(text: string, end: number): number {
    const code = text.charCodeAt(end - 1);
    return code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}
