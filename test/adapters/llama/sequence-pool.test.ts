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

    it("finds who holds the longest beginning", async () => {
        const a = await lease("a");
        await a.sequence.read(someTokens(5), never);
        const b = await lease("b");
        await b.sequence.read(someTokens(3), never);
        expect(pool.longestPrefix(someTokens(4))).toEqual({ sequence: a.sequence, length: 4 });
        expect(pool.longestPrefix([7])).toEqual({ length: 0 });
    });
});
