import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { JoinedSignal } from "../src/joined-signal.ts";

function listenersOf(...controllers: AbortController[]): number[] {
    return controllers.map(({ signal }) => getEventListeners(signal, "abort").length);
}

describe("a joined signal", () => {
    it.each([0, 1])("aborts for the reason of its source %i, once", (which) => {
        const sources = [new AbortController(), new AbortController()];
        const { signal } = new JoinedSignal(...sources.map((source) => source.signal));
        let times = 0;
        signal.addEventListener("abort", () => times++);
        sources[which]?.abort("the first");
        for (const source of sources) source.abort("later");
        expect(signal.reason).toBe("the first");
        expect(times).toBe(1);
        expect(listenersOf(...sources)).toEqual([0, 0]);
    });

    it("has aborted from the beginning when a source has", () => {
        const sources = [new AbortController(), new AbortController()];
        sources[1]?.abort("lost");
        const { signal } = new JoinedSignal(...sources.map((source) => source.signal));
        expect(signal.reason).toBe("lost");
        expect(listenersOf(...sources)).toEqual([0, 0]);
    });

    it("leaves nothing on a source that lives longer, and aborts no more", () => {
        const stop = new AbortController();
        for (let turn = 0; turn < 100_000; turn++) {
            const joined = new JoinedSignal(stop.signal, new AbortController().signal);
            joined.release();
        }
        expect(listenersOf(stop)).toEqual([0]);
        const released = new JoinedSignal(stop.signal);
        released.release();
        stop.abort();
        expect(released.signal.aborted).toBe(false);
    });

    it("joins one source as often as there are places, without a warning of Node", async () => {
        const warnings: Error[] = [];
        const note = (warning: Error): unknown => warnings.push(warning);
        process.on("warning", note);
        const stop = new AbortController();
        const joined = Array.from({ length: 200 }, () => new JoinedSignal(stop.signal));
        await sleep(1);
        process.off("warning", note);
        expect(warnings).toEqual([]);
        stop.abort();
        expect(joined.every(({ signal }) => signal.aborted)).toBe(true);
    });

    it("tells who listens, though nobody else has kept it", async () => {
        setFlagsFromString("--expose-gc");
        const collect = runInNewContext("gc") as () => void;
        const source = new AbortController();
        let told = false;
        const listen = (): void => {
            const { signal } = new JoinedSignal(source.signal);
            signal.addEventListener("abort", () => (told = true));
        };
        listen();
        await sleep(1);
        collect();
        source.abort();
        expect(told).toBe(true);
    });
});
