/** How many conversations a process has in hand at once, however many queues they come from. */
export class Places {
    #free: number;
    readonly #waiting: ((taken: boolean) => void)[] = [];

    constructor(count: number) {
        this.#free = count;
    }

    /** Takes a place, if one is free or becomes free in time. In the order of the calls. */
    async take(waitMs: number): Promise<boolean> {
        if (this.#free > 0) {
            this.#free--;
            return true;
        }
        return await new Promise<boolean>((resolve) => {
            const settle = (taken: boolean): void => {
                clearTimeout(timer);
                resolve(taken);
            };
            const timer = setTimeout(() => {
                this.#waiting.splice(this.#waiting.indexOf(settle), 1);
                resolve(false);
            }, waitMs);
            this.#waiting.push(settle);
        });
    }

    give(): void {
        const next = this.#waiting.shift();
        if (next === undefined) this.#free++;
        else next(true);
    }
}
