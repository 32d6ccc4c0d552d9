import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Ending, JournalBench } from "./journal-bench.ts";
import { never, type PlatformBench } from "./platform-bench.ts";

/** A reply of one message, one that grows first, and one of several messages. */
const replies = [
    { name: "a short reply", grows: false, sentences: 1 },
    { name: "a reply that grows", grows: true, sentences: 2 },
    { name: "a long reply that grows", grows: true, sentences: 160 },
] as const;

/** Every way for a process to end, at its first, second, third … save or request. */
const endings: readonly Ending[] = Array.from({ length: 9 }, (_, at): Ending[] => [
    { kind: "dies-saving", at, kept: false },
    { kind: "dies-saving", at, kept: true },
    { kind: "dies-writing", at, taken: false },
    { kind: "dies-writing", at, taken: true },
    { kind: "stopped", at },
    { kind: "taken-over", at },
]).flat();

/** What every platform promises about a reply that several processes work on one after another. */
export function describeJournal(current: () => PlatformBench): void {
    describe("a reply with a journal", () => {
        it.each(replies)(
            "$name is seen once, whole and in order, wherever its first process ends",
            async (reply) => {
                const bench = new JournalBench(current(), reply);
                const lives = await bench.all(endings.map((ending) => [ending]));
                for (const { seen, expected, endings: story } of lives) {
                    expect(seen, JSON.stringify(story)).toEqual(expected);
                }
                // Every kind of ending was met, and every reply is also finished undisturbed.
                const met = new Set(lives.filter((life) => life.met > 0).map(kindOf));
                expect(met).toEqual(new Set(endings.map(({ kind }) => kind)));
                expect(lives.some((life) => life.met === 0)).toBe(true);
                expect(current().world.lostOfPatients()).toEqual([]);
            },
        );

        it("it is seen once after several processes in a row have ended", async () => {
            // Whoever sends one message for a reply has few moments in which it can end.
            const within = current().world.sendsWhole ? 2 : Infinity;
            const possible = endings.filter(({ at }) => at < within);
            const stories = fc.sample(
                fc.array(fc.constantFrom(...possible), { minLength: 2, maxLength: 4 }),
                { numRuns: 120, seed: 7 },
            );
            for (const [index, reply] of replies.entries()) {
                const bench = new JournalBench(current(), reply, index);
                const lives = await bench.all(stories.slice(index * 40, index * 40 + 40));
                for (const { seen, expected, endings: story } of lives) {
                    expect(seen, JSON.stringify(story)).toEqual(expected);
                }
                expect(lives.some(({ met }) => met > 1)).toBe(true);
                expect(current().world.lostOfPatients()).toEqual([]);
            }
        }, 240_000);

        it("it is seen once when an answer of the platform gets lost on the way", async () => {
            for (const [index, reply] of replies.entries()) {
                const bench = new JournalBench(current(), reply, index);
                const lost = Array.from({ length: 6 }, (_, at): Ending[] => [
                    { kind: "answer-lost", at },
                ]);
                for (const { seen, expected, endings: story } of await bench.all(lost)) {
                    expect(seen, JSON.stringify(story)).toEqual(expected);
                }
            }
        });

        it("what an earlier process has shown is taken back with the reply", async () => {
            if (current().world.sendsWhole) return;
            const bench = new JournalBench(current(), replies[1]);
            const lives = await bench.all(
                endings.map((ending) => [ending]),
                "abandon",
            );
            for (const { seen, expected, endings: story } of lives) {
                expect(seen, JSON.stringify(story)).toEqual(expected);
            }
            expect(lives.some(({ finished }) => !finished)).toBe(true);
            expect(current().world.lostOfPatients()).toEqual([]);
        });

        it("what is shown stays where it is left to another process, and is completed", async () => {
            if (current().world.sendsWhole) return;
            const bench = new JournalBench(current(), replies[1]);
            expect(await bench.leave()).toEqual({ left: 1, atEnd: 1 });
        });

        it("a journal that cannot be read counts as empty", async () => {
            const bench = current();
            const to = await bench.openChat(1);
            const states = [null, 7, "x", [], { messages: "x" }, { messages: [-1], delivered: 0 }];
            for (const [index, state] of states.entries()) {
                const journal = { state, save: () => Promise.resolve() };
                const writer = bench.world.platform.startReply(to, journal);
                await writer.finish({ text: `Answer ${index}.`, language: "en" }, never);
            }
            expect(bench.world.seen(1)).toHaveLength(states.length);
        });

        it("the journal is kept at most before and after each message", async () => {
            const bench = current();
            const to = await bench.openChat(1);
            let saves = 0;
            const save = (): Promise<void> => {
                saves += 1;
                return Promise.resolve();
            };
            const writer = bench.world.platform.startReply(to, { save });
            const text = "The picture shows the left lung. ".repeat(300);
            writer.show(text.slice(0, 100));
            const first = bench.world.sendsWhole ? 0 : 1;
            await bench.world.until(() => bench.world.seen(1).length === first);
            for (let end = 200; end < 2_000; end += 100) {
                writer.show(text.slice(0, end));
                await sleep(3);
            }
            await writer.finish({ text, language: "en" }, never);
            expect(saves).toBeLessThanOrEqual(2 * bench.world.seen(1).length);
        });
    });
}

function kindOf({ endings: [ending] }: { readonly endings: readonly Ending[] }): string {
    return ending?.kind ?? "";
}
