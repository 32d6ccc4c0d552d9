import * as fc from "fast-check";
import type { Token } from "node-llama-cpp";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SequenceMemory } from "../../../adapters/llama/runner.ts";
import { SequencePool } from "../../../adapters/llama/sequence-pool.ts";
import type { StateShelf } from "../../../adapters/llama/sequence-slot.ts";
import {
    HeldTokens,
    leaseOf,
    never,
    RestoredTokens,
    SlowTokens,
    someTokens,
    turns,
} from "./held-tokens.ts";

const nothing = (): Promise<undefined> => Promise.resolve(undefined);
const notLoaded = (): Promise<never> => Promise.reject(new Error("Nobody looks at it here."));

let pool: SequencePool;
beforeEach(() => {
    pool = new SequencePool([new HeldTokens(), new HeldTokens()], { positions: 100, shares: true });
});

const lease = (conversation: string, positions?: number) => leaseOf(pool, conversation, positions);

function heldTogether(sequences: readonly SequenceMemory[]): number {
    return sequences.reduce((sum, { tokens }) => sum + tokens.length, 0);
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
            { conversation: "c", positions: 10, images: [], instructions: [] },
            controller.signal,
        );
        const patient = lease("d");
        controller.abort();
        expect(await impatient).toBeUndefined();
        const late = { conversation: "e", positions: 10, images: [], instructions: [] };
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
            shares: true,
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
                const scarce = new SequencePool(sequences, {
                    positions: total,
                    shares: true,
                    shelf,
                });
                let served = 0;
                const answers = needs.map(async ({ who, positions, ticks, ends }, index) => {
                    await turns(index);
                    const conversation = String(who);
                    const controller = new AbortController();
                    if (ends === "gives up") void turns(ticks).then(() => controller.abort());
                    const instructions = someTokens(Math.min(3, positions));
                    const need = { conversation, positions, images: [], instructions };
                    const taken = await scarce.acquire(need, controller.signal);
                    if (taken === undefined) return;
                    served += 1;
                    await taken.sequence.keep(0);
                    for (let read = 0; read < Math.min(positions, total); read += 10) {
                        await taken.sequence.read(
                            someTokens(Math.min(10, positions - read)),
                            never,
                        );
                        expect(heldTogether(sequences)).toBeLessThanOrEqual(total);
                    }
                    if (ends === "is forgotten") scarce.forget(conversation);
                    await turns(ticks);
                    if (ends === "discard") await taken.discard();
                    else taken.release();
                });
                const ahead = needs.map(async ({ positions, ticks }, index) => {
                    await turns(index + ticks);
                    const tokens = someTokens(Math.min(positions, 40));
                    const taken = await scarce.acquireFree(tokens, [tokens]);
                    if (taken === undefined) return;
                    await taken.sequence.keep(0);
                    await taken.sequence.read(tokens, never);
                    expect(heldTogether(sequences)).toBeLessThanOrEqual(total);
                    await turns(ticks);
                    taken.release();
                });
                await Promise.all([...answers, ...ahead]);
                const patient = needs.filter(({ ends }) => ends !== "gives up").length;
                expect(served).toBeGreaterThanOrEqual(patient);
                await scarce.parkAll();
                expect(sequences.map(({ tokens }) => tokens.length)).toEqual([0, 0, 0, 0]);
            },
        );
        await fc.assert(answersAll, { numRuns: 100, seed: 3 });
    });

    it("hands a sequence on with the instructions that both begin with, and nothing else", async () => {
        const parked: string[] = [];
        const restored = [...someTokens(5), 8, 9] as Token[];
        const alone = new RestoredTokens();
        const shelf: StateShelf = {
            park: (conversation) => void parked.push(conversation),
            take: async (conversation) =>
                conversation === "returning"
                    ? { tokens: restored, images: [], data: new Uint8Array() }
                    : undefined,
            forget: () => undefined,
        };
        pool = new SequencePool([alone], { positions: 100, shares: true, shelf });
        const heldBy = async (conversation: string, instructions: readonly Token[]) => {
            const need = { conversation, positions: 50, images: [], instructions };
            const taken = await pool.acquire(need, never);
            const held = [...alone.tokens];
            await alone.keep(0);
            await alone.read(someTokens(40));
            taken?.release();
            return held;
        };
        await heldBy("a", someTokens(5));
        expect(await heldBy("b", someTokens(5))).toEqual(someTokens(5));
        expect(await heldBy("b", someTokens(7))).toEqual(someTokens(40));
        expect(await heldBy("c", [0, 1, 7] as Token[])).toEqual([0, 1]);
        expect(await heldBy("returning", someTokens(5))).toEqual(restored);
        expect(await heldBy("between", [])).toEqual([]);
        // What it was told before is of less use than what is there
        expect(await heldBy("returning", someTokens(7))).toEqual(someTokens(7));
        // All of it are instructions, which belong to nobody
        expect(await heldBy("only instructions", someTokens(40))).toEqual(someTokens(40));
        expect(await heldBy("d", [])).toEqual([]);
        expect(parked).toEqual(["a", "b", "c", "returning", "between", "returning"]);
        pool.forget("d");
        await turns(1);
        expect(await heldBy("e", someTokens(5))).toEqual([]);
    });

    it("relies upon nothing of a sequence that could not be shortened", async () => {
        const broken = new HeldTokens();
        pool = new SequencePool([broken], { positions: 100, shares: true });
        const instructions = someTokens(5);
        const need = { positions: 60, images: [], instructions };
        const former = await pool.acquire({ ...need, conversation: "a" }, never);
        await broken.read(someTokens(60));
        former?.release();
        const kept = vi.spyOn(broken, "keep").mockRejectedValueOnce(new Error("failed"));
        const next = await pool.acquire({ ...need, conversation: "b" }, never);
        expect(kept.mock.calls.map(([length]) => length)).toEqual([5, 0, 0]);
        expect(next?.sequence.tokens).toEqual([]);
    });

    it.each([
        ["nothing where a first picture was read in part", 50, []],
        ["all where it was read whole", 60, [60]],
    ])("parks %s", async (_, held, expected) => {
        const parked: number[] = [];
        const shelf: StateShelf = {
            park: (_who, _key, { tokens }) => void parked.push(tokens.length),
            take: nothing,
            forget: () => undefined,
        };
        pool = new SequencePool([new RestoredTokens()], { positions: 100, shares: true, shelf });
        const taken = await pool.acquire(
            {
                conversation: "a",
                positions: 70,
                images: [{ start: 40, end: 60, image: { id: "scan", load: notLoaded } }],
                instructions: someTokens(40),
            },
            never,
        );
        await taken?.sequence.read(someTokens(held), never);
        taken?.release();
        await pool.parkAll();
        expect(parked).toEqual(expected);
    });
});
