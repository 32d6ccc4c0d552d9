/** Whether answers that should be equal are; counted where they may differ. */
export class SameText {
    readonly #isHeld: boolean;
    #compared = 0;
    #different = 0;

    /**
     * @param isHeld Whether a difference is an error. A model with random weights is sure of nothing, so that
     * the order in which numbers are added can decide between two words.
     */
    constructor(isHeld: boolean) {
        this.#isHeld = isHeld;
    }

    /** @throws where they differ and must not. */
    compare(one: string, other: string, failure: string): void {
        this.#compared += 1;
        if (one === other) return;
        if (this.#isHeld) throw new Error(failure);
        this.#different += 1;
    }

    toJSON(): object {
        return { compared: this.#compared, different: this.#different };
    }
}
