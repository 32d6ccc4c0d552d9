import { describe, expect, it } from "vitest";
import type { ModelDescription } from "../../src/ports.ts";
import { eventually, ExchangeBench, gate, type OpenExchange } from "./exchange-bench.ts";

const model: ModelDescription = {
    name: "Example",
    device: "CPU (1 thread)",
    contextTokens: 2048,
    demonstration: true,
    vision: { status: "ready", imageSide: 336, imageTokens: 576 },
};

/** What every fleet promises. */
export function describeFleet(name: string, open: OpenExchange): void {
    const test = (what: string, body: (bench: ExchangeBench) => Promise<void>): void => {
        it(what, async () => await ExchangeBench.use(open, body), 120_000);
    };

    describe(`${name} as a fleet`, () => {
        test("knows who is alive, and the model also when nobody is", async ({ exchange }) => {
            const { fleet } = exchange;
            expect(await fleet.model()).toBeUndefined();
            expect(await fleet.workers()).toEqual([]);
            const over = new AbortController();
            const joined = fleet.join({ model, slots: 3 }, over.signal);
            await eventually(async () => (await fleet.workers()).length === 1);
            await eventually(async () => (await fleet.model()) !== undefined);
            expect(await fleet.workers()).toMatchObject([{ slots: 3, busy: 0 }]);
            over.abort();
            await joined;
            await eventually(async () => (await fleet.workers()).length === 0);
            expect(await fleet.model()).toEqual(model);
        });

        test("lets one hold a name at a time, and others hold other names", async ({
            exchange,
        }) => {
            const { fleet } = exchange;
            const over = new AbortController();
            let holders = 0;
            let most = 0;
            const turns: number[] = [];
            const finish = [gate(), gate()];
            const hold = async (index: number): Promise<void> => {
                const mine = new AbortController();
                over.signal.addEventListener("abort", () => mine.abort());
                await fleet.hold(
                    "name",
                    async () => {
                        most = Math.max(most, ++holders);
                        turns.push(index);
                        await finish[index]?.opened;
                        holders--;
                        mine.abort();
                    },
                    mine.signal,
                );
            };
            const all = [hold(0), hold(1)];
            await eventually(() => turns.length === 1);
            const other = new AbortController();
            await fleet.hold("another name", async () => other.abort(), other.signal);
            for (const one of finish) one.open();
            await Promise.all(all);
            expect(most).toBe(1);
            expect(new Set(turns)).toEqual(new Set([0, 1]));
        });

        test("gives a name back after a failure, and passes the failure on", async ({
            exchange,
        }) => {
            const { fleet } = exchange;
            const over = new AbortController();
            const failing = fleet.hold(
                "name",
                () => Promise.reject(new Error("the task's own")),
                over.signal,
            );
            await expect(failing).rejects.toThrow("the task's own");
            await fleet.hold("name", async () => over.abort(), over.signal);
        });
    });
}
