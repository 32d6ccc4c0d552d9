import { describe, expect, it } from "vitest";
import type { ProcessStatus, StatusBoard } from "../../src/status-ports.ts";
import { eventually } from "./exchange-bench.ts";

/** A process that does everything and stands well. */
export function exampleStatus(id: string, startedAtMs = 1): ProcessStatus {
    return {
        id,
        role: "all",
        version: "0.1.0",
        startedAtMs,
        seenAtMs: startedAtMs + 1,
        residentBytes: 123_456,
        platforms: [
            { account: "telegram:4711", condition: { name: "running" }, sinceMs: startedAtMs },
        ],
        failures: [],
        configuration: { appliedAtMs: startedAtMs, afterRestart: [], faults: [] },
    };
}

/** The same board as two processes see it; `silentAfterMs` is how soon silence counts as death. */
export type OpenStatusBoards = (options: {
    readonly silentAfterMs?: number;
}) => Promise<readonly [one: StatusBoard, other: StatusBoard]>;

/** What every status board promises. */
export function describeStatusBoard(name: string, open: OpenStatusBoards): void {
    describe(`${name} as a status board`, () => {
        it("shows all processes what each said last, in the order of their start", async () => {
            const [one, other] = await open({});
            expect(await one.read()).toEqual([]);
            await one.publish(exampleStatus("late", 20));
            await other.publish(exampleStatus("early", 10));
            const again = { ...exampleStatus("late", 20), residentBytes: 7 };
            await one.publish(again);
            for (const board of [one, other]) {
                expect(await board.read()).toEqual([exampleStatus("early", 10), again]);
            }
        });

        it("forgets who leaves, and leaving twice is no fault", async () => {
            const [one, other] = await open({});
            await one.publish(exampleStatus("one"));
            await other.publish(exampleStatus("other", 2));
            await one.leave("one");
            await one.leave("one");
            expect((await one.read()).map(({ id }) => id)).toEqual(["other"]);
        });

        it("takes down by itself what a silent process said, whether others speak or not", async () => {
            const [one, other] = await open({ silentAfterMs: 300 });
            await one.publish(exampleStatus("silent"));
            await eventually(async () => {
                await other.publish(exampleStatus("speaking", 2));
                const ids = (await other.read()).map(({ id }) => id);
                return ids.length === 1 && ids[0] === "speaking";
            });
            await eventually(async () => (await one.read()).length === 0);
        });
    });
}
