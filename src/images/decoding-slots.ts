/** Runs work when a slot is free. */
export type Slots = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `count` pieces of work run at a time; the others wait in the order of their calls. */
export function createSlots(count: number): Slots {
    const waiting: (() => void)[] = [];
    let free = count;
    return async (work) => {
        if (free > 0) free--;
        else await new Promise<void>((resolve) => waiting.push(resolve));
        try {
            return await work();
        } finally {
            const next = waiting.shift();
            if (next === undefined) free++;
            else next();
        }
    };
}
