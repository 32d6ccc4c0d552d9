/** Lets many work side by side, but for moments in which all of them rest. */
export class MomentsOfRest {
    #working = 0;
    #resting: Promise<unknown> = Promise.resolve();
    #isResting = false;
    #everybodyRests: (() => void) | undefined;

    /** Works at once, or after the moment of rest. */
    async work<Result>(task: () => Promise<Result>): Promise<Result> {
        while (this.#isResting) await this.#resting;
        this.#working += 1;
        try {
            return await task();
        } finally {
            this.#working -= 1;
            if (this.#working === 0) this.#everybodyRests?.();
        }
    }

    /** Looks while nobody works: those who do are waited for, and nobody begins. One look at a time. */
    async during<Result>(look: () => Promise<Result>): Promise<Result> {
        this.#isResting = true;
        const looking = this.#untilAllRest().then(look);
        this.#resting = looking
            .catch(() => undefined)
            .finally(() => {
                this.#isResting = false;
            });
        return await looking;
    }

    #untilAllRest(): Promise<void> {
        if (this.#working === 0) return Promise.resolve();
        return new Promise((resolve) => {
            this.#everybodyRests = resolve;
        });
    }
}
