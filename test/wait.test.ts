import * as fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs, wait, withDeadline } from "../src/wait.ts";

test("pauses double up to the most, and jitter takes away at most half", () => {
    fc.assert(
        fc.property(
            fc.integer({ min: 1, max: 2_000 }),
            fc.integer({ min: 1, max: 1_000 }),
            fc.integer({ min: 1_000, max: 100_000 }),
            (failures, firstMs, mostMs) => {
                const pauseMs = backoffMs(failures, { firstMs, mostMs });
                const fullMs = Math.min(firstMs * 2 ** (failures - 1), mostMs);
                expect(pauseMs).toBeGreaterThanOrEqual(fullMs / 2);
                expect(pauseMs).toBeLessThanOrEqual(fullMs);
            },
        ),
    );
});

test("a wait ends with the signal, also with one that has aborted before", async () => {
    const stop = new AbortController();
    const waiting = wait(60_000, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    await expect(wait(60_000, stop.signal)).rejects.toMatchObject({ code: "aborted" });
    await expect(wait(0, new AbortController().signal)).resolves.toBeUndefined();
});

test("the work's signal aborts at the deadline or with the caller's, and not after the work", async () => {
    const hangs = (signal: AbortSignal): Promise<string> => wait(60_000, signal).then(() => "done");
    await expect(withDeadline(1, undefined, hangs)).rejects.toMatchObject({ code: "aborted" });
    const stop = new AbortController();
    const stopped = withDeadline(60_000, stop.signal, hangs);
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    await expect(withDeadline(60_000, stop.signal, hangs)).rejects.toMatchObject({
        code: "aborted",
    });

    const later = new AbortController();
    let given: AbortSignal | undefined;
    const result = withDeadline(60_000, later.signal, async (signal) => {
        given = signal;
        return "done";
    });
    await expect(result).resolves.toBe("done");
    later.abort();
    expect(given?.aborted).toBe(false);
});

test("the work's own failure is passed on", async () => {
    const fails = (): Promise<never> => Promise.reject(new RangeError("own"));
    await expect(withDeadline(60_000, undefined, fails)).rejects.toThrow(RangeError);
});
