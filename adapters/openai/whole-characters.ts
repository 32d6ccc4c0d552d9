/** Holds back the first half of a character that is still to come whole (a UTF-16 surrogate). */
export class WholeCharacters {
    #half = "";

    /** The text that can be shown once `piece` has come. */
    take(piece: string): string {
        const text = this.#half + piece;
        this.#half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? "";
        return text.slice(0, text.length - this.#half.length);
    }
}
