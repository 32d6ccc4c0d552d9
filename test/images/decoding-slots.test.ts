import { expect, test } from "vitest";
import { createSlots } from "../../src/images/decoding-slots.ts";

test("work waits for a free slot, in order, and a failure frees its slot", async () => {
    const inSlot = createSlots(2);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const work = Array.from({ length: 7 }, (_, index) =>
        inSlot(async () => {
            started.push(index);
            most = Math.max(most, ++running);
            await new Promise((resolve) => setImmediate(resolve));
            running--;
            if (index % 3 === 0) throw new Error("on purpose");
            return index;
        }),
    );
    const outcomes = await Promise.allSettled(work);
    expect(outcomes.map(({ status }) => status)).toEqual(
        [0, 1, 2, 3, 4, 5, 6].map((index) => (index % 3 === 0 ? "rejected" : "fulfilled")),
    );
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(most).toBe(2);
});
