import * as fc from "fast-check";
import type { Token } from "node-llama-cpp";
import { beforeEach, describe, expect, it } from "vitest";
import type { SequenceMemory } from "../../../adapters/llama/runner.ts";
import { type SequenceLease, SequencePool } from "../../../adapters/llama/sequence-pool.ts";

/** A sequence of which only what it holds matters here. */
class HeldTokens implements SequenceMemory {
    tokens: Token[] = [];

    keep(length: number): Promise<void> {
        this.tokens = this.tokens.slice(0, length);
        return Promise.resolve();
    }
    read(tokens: readonly Token[]): Promise<boolean> {
        this.tokens.push(...tokens);
        return Promise.resolve(true);
    }
    see(_: Float32Array, placeholders: readonly Token[]): Promise<boolean> {
        return this.read(placeholders);
    }
    generate(): Promise<"end"> {
        return Promise.resolve("end");
    }
    share(): Promise<void> {
        return Promise.resolve();
    }
    save(): Promise<undefined> {
        return Promise.resolve(undefined);
    }
    restore(): Promise<boolean> {
        return Promise.resolve(false);
    }
}

/** Takes its time, as the real one does. */
class SlowTokens extends HeldTokens {
    override async keep(length: number): Promise<void> {
        await turns(2);
        await super.keep(length);
    }
    override async save(): Promise<undefined> {
        await turns(3);
    }
}

async function turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

const nothing = (): Promise<undefined> => Promise.resolve(undefined);

let pool: SequencePool;
beforeEach(() => {
    pool = new SequencePool([new HeldTokens(), new HeldTokens()], { positions: 100 });
});

const never = new AbortController().signal;

async function lease(conversation: string, positions = 10): Promise<SequenceLease> {
    const taken = await pool.acquire({ conversation, positions, images: [] }, never);
    if (taken === undefined) throw new Error("no sequence");
    return taken;
}

function someTokens(count: number): readonly Token[] {
    return Array.from({ length: count }, (_, index) => index as Token);
}

describe("SequencePool", () => {
    it("gives a conversation its sequence back, and others the one idle longest", async () => {
        const a = await lease("a");
        a.release();
        const b = await lease("b");
        b.release();
        expect(b.sequence).not.toBe(a.sequence);

        const again = await lease("b");
        expect(again.sequence).toBe(b.sequence);
        again.release();

        const c = await lease("c");
        expect(c.sequence).toBe(a.sequence);
        c.release();
    });

    it("never gives a sequence twice, and serves those who wait in their order", async () => {
        const [a, b] = [await lease("a"), await lease("b")];
        expect(a.sequence).not.toBe(b.sequence);
        const served: string[] = [];
        const waiting = ["c", "d", "a"].map(async (conversation) => {
            const taken = await lease(conversation);
            served.push(conversation);
            return taken;
        });
        a.release();
        (await waiting[0])?.release();
        b.release();
        await Promise.all(waiting);
        expect(served).toEqual(["c", "d", "a"]);
    });

    it("forgets who gave up waiting", async () => {
        const [a] = [await lease("a"), await lease("b")];
        const controller = new AbortController();
        const impatient = pool.acquire(
            { conversation: "c", positions: 10, images: [] },
            controller.signal,
        );
        const patient = lease("d");
        controller.abort();
        expect(await impatient).toBeUndefined();
        const late = { conversation: "e", positions: 10, images: [] };
        expect(await pool.acquire(late, controller.signal)).toBeUndefined();
        a.release();
        expect((await patient).sequence).toBe(a.sequence);
    });

    it("empties a sequence that cannot be relied upon before anybody gets it", async () => {
        const a = await lease("a");
        await a.sequence.read(someTokens(5), never);
        await lease("b");
        const next = lease("c");
        await a.discard();
        expect((await next).sequence.tokens).toEqual([]);
    });

    it("empties idle conversations, the one unused longest first, where another needs the room", async () => {
        pool = new SequencePool([new HeldTokens(), new HeldTokens(), new HeldTokens()], {
            positions: 100,
        });
        const held: SequenceMemory[] = [];
        for (const conversation of ["a", "b", "c"]) {
            const taken = await lease(conversation, 30);
            await taken.sequence.read(someTokens(30), never);
            taken.release();
            held.push(taken.sequence);
        }
        const again = await lease("c", 50);
        await Promise.resolve();
        expect(held.map(({ tokens }) => tokens.length)).toEqual([0, 30, 30]);
        expect(again.sequence).toBe(held[2]);
        again.release();
    });

    it("makes who needs more than is free wait for those who hold it, and nobody for ever", async () => {
        const a = await lease("a", 80);
        const large = lease("b", 60);
        let served = false;
        void large.then(() => (served = true));
        await Promise.resolve();
        expect(served).toBe(false);
        a.release();
        (await large).release();
        // More than there is at all: alone, it gets what there is
        (await lease("c", 1000)).release();
    });

    it("answers everybody who waits for scarce room, in whatever order things end", async () => {
        const total = 100;
        const anyNeed = fc.record({
            who: fc.nat({ max: 5 }),
            positions: fc.integer({ min: 1, max: 130 }),
            ticks: fc.nat({ max: 12 }),
            ends: fc.constantFrom("release", "discard", "gives up", "is forgotten"),
        });
        const answersAll = fc.asyncProperty(
            fc.array(anyNeed, { minLength: 5, maxLength: 30 }),
            async (needs) => {
                const sequences = Array.from({ length: 4 }, () => new SlowTokens());
                const shelf = { park: () => undefined, take: nothing, forget: () => undefined };
                const scarce = new SequencePool(sequences, { positions: total, shelf });
                let served = 0;
                const answers = needs.map(async ({ who, positions, ticks, ends }, index) => {
                    await turns(index);
                    const conversation = String(who);
                    const controller = new AbortController();
                    if (ends === "gives up") void turns(ticks).then(() => controller.abort());
                    const need = { conversation, positions, images: [] };
                    const taken = await scarce.acquire(need, controller.signal);
                    if (taken === undefined) return;
                    served += 1;
                    await taken.sequence.keep(0);
                    for (let read = 0; read < Math.min(positions, total); read += 10) {
                        await taken.sequence.read(
                            someTokens(Math.min(10, positions - read)),
                            never,
                        );
                        const held = sequences.reduce((sum, { tokens }) => sum + tokens.length, 0);
                        expect(held).toBeLessThanOrEqual(total);
                    }
                    if (ends === "is forgotten") scarce.forget(conversation);
                    await turns(ticks);
                    if (ends === "discard") await taken.discard();
                    else taken.release();
                });
                await Promise.all(answers);
                const patient = needs.filter(({ ends }) => ends !== "gives up").length;
                expect(served).toBeGreaterThanOrEqual(patient);
                await scarce.parkAll();
                expect(sequences.map(({ tokens }) => tokens.length)).toEqual([0, 0, 0, 0]);
            },
        );
        await fc.assert(answersAll, { numRuns: 100, seed: 3 });
    });

    it("finds who holds the longest beginning", async () => {
        const a = await lease("a");
        await a.sequence.read(someTokens(5), never);
        const b = await lease("b");
        await b.sequence.read(someTokens(3), never);
        expect(pool.longestPrefix(someTokens(4))).toEqual({ sequence: a.sequence, length: 4 });
        expect(pool.longestPrefix([7])).toEqual({ length: 0 });
    });
});
