import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ChatLanes } from "../../src/messaging/chat-lanes.ts";
import { createRecordingLogger } from "../fakes/recording-logger.ts";

const retry = { firstMs: 1, mostMs: 2 };
const sentence = "a message waits";

test("messages of one chat are handled in order, each until it succeeds, and chats do not wait for each other", async () => {
    const plans = fc.array(
        fc.record({ chat: fc.constantFrom("a", "b", "c"), failures: fc.nat({ max: 2 }) }),
        { maxLength: 15 },
    );
    await fc.assert(
        fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
            const logger = createRecordingLogger();
            const lanes = new ChatLanes(
                { retry: { firstMs: 0, mostMs: 0 }, logger, sentence },
                never,
            );
            const running = new Set<string>();
            let overlaps = 0;
            const handled: (readonly [chat: string, index: number])[] = [];
            const results = plan.map(({ chat, failures }, index) => {
                let left = failures;
                return lanes.add(chat, async () => {
                    if (running.has(chat)) overlaps += 1;
                    running.add(chat);
                    await scheduler.schedule(Promise.resolve());
                    running.delete(chat);
                    left -= 1;
                    if (left >= 0) throw new Error("not now");
                    handled.push([chat, index]);
                });
            });
            await scheduler.waitFor(Promise.all(results));
            expect(await Promise.all(results)).toEqual(plan.map(() => true));
            expect(overlaps).toBe(0);
            for (const chat of ["a", "b", "c"]) {
                const inOrder = plan.flatMap((each, index) => (each.chat === chat ? [index] : []));
                const done = handled.filter(([where]) => where === chat).map(([, index]) => index);
                expect(done).toEqual(inOrder);
                expect(lanes.isBusy(chat)).toBe(false);
            }
        }),
        { numRuns: 30, seed: 6 },
    );
});

test("a chat that fails holds up itself alone, and says so without a word of the message", async () => {
    const logger = createRecordingLogger();
    const stop = new AbortController();
    const lanes = new ChatLanes({ retry, logger, sentence }, stop.signal);
    const failing = lanes.add("a", () => Promise.reject(new Error("my secret")));
    const behind = lanes.add("a", () => Promise.resolve());
    await expect(lanes.add("b", () => Promise.resolve())).resolves.toBe(true);
    expect(lanes.isBusy("a")).toBe(true);
    stop.abort();
    await lanes.idle();
    expect(await Promise.all([failing, behind])).toEqual([false, false]);
    expect(logger.entries.some((entry) => entry.sentence === sentence)).toBe(true);
    expect(JSON.stringify(logger.entries)).not.toContain("my secret");
});

test("after the signal nothing is handled any more", async () => {
    const logger = createRecordingLogger();
    const lanes = new ChatLanes({ retry, logger, sentence }, AbortSignal.abort());
    let handled = 0;
    const result = await lanes.add("a", async () => {
        handled += 1;
    });
    expect([result, handled]).toEqual([false, 0]);
});

const never = new AbortController().signal;
