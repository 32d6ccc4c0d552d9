const arabic = /\p{Script=Arabic}/u;
/** A command, option, file or name within Arabic, with the words that belong to it. */
const latinWord = String.raw`(?:--?|[./<[])?[A-Za-z](?:[\w./:<>[\]-]*[\w>\]])?`;
const latin = new RegExp(`${latinWord}(?: ${latinWord})*`, "g");
/** What stands before an explanation in a list: two spaces, a term, two spaces or more. */
const listed = /^(\s*(?:\S.*?\s{2,})?)(.*)$/su;

/**
 * Puts Arabic lines in order for terminals that know both directions of writing: the Arabic part of a
 * line reads from the right, what is Latin within it from the left, and the columns of a list stay
 * where they are. The marks are invisible (Unicode Standard Annex 9, isolates).
 */
export function rightToLeft(text: string): string {
    return text
        .split("\n")
        .map((line) => (arabic.test(line) ? orderLine(line) : line))
        .join("\n");
}

function orderLine(line: string): string {
    const [, before = "", explanation = ""] = listed.exec(line) ?? [];
    // A column that is Arabic itself belongs to the text.
    const isColumn = !arabic.test(before);
    const [start, rest] = isColumn ? [before, explanation] : ["", line];
    return `${start}\u2067${rest.replace(latin, "\u2066$&\u2069")}\u2069`;
}
