import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Lanes } from "../../src/conversation/lanes.ts";

test("tasks of one key never overlap and keep their order, whatever fails, and keys do not wait for each other", async () => {
    await fc.assert(
        fc.asyncProperty(
            fc.scheduler(),
            fc.array(fc.record({ key: fc.constantFrom("a", "b", "c"), fails: fc.boolean() })),
            async (scheduler, tasks) => {
                const lanes = new Lanes();
                const started = new Map<string, number[]>();
                const running = new Set<string>();
                const results = tasks.map(({ key, fails }, index) =>
                    lanes.run(key, async () => {
                        expect(running.has(key)).toBe(false);
                        running.add(key);
                        started.set(key, [...(started.get(key) ?? []), index]);
                        await scheduler.schedule(Promise.resolve());
                        running.delete(key);
                        if (fails) throw new Error("expected");
                        return index;
                    }),
                );
                const settled = Promise.allSettled(results);
                await scheduler.waitFor(settled);
                expect((await settled).map(({ status }) => status === "rejected")).toEqual(
                    tasks.map(({ fails }) => fails),
                );
                for (const indexes of started.values()) {
                    expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
                }
                await lanes.idle();
                expect(lanes.busy).toBe(0);
            },
        ),
    );
});
