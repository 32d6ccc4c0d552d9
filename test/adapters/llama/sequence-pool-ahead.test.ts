/** Which places instructions are read into before anybody asks. */
import type { Token } from "node-llama-cpp";
import { beforeEach, expect, it } from "vitest";
import { SequencePool } from "../../../adapters/llama/sequence-pool.ts";
import { HeldTokens, leaseOf, never, someTokens } from "./held-tokens.ts";

let pool: SequencePool;
beforeEach(() => {
    pool = new SequencePool([new HeldTokens(), new HeldTokens()], { positions: 100, shares: true });
});

const lease = (conversation: string, positions?: number) => leaseOf(pool, conversation, positions);

const text = someTokens(60);
const other = text.toReversed();
/** Reads so much of a text as there is, or less. */
const readAhead = async (tokens: readonly Token[], count = tokens.length) => {
    const taken = await pool.acquireFree(tokens, [text, other]);
    if (taken === undefined) return undefined;
    await taken.sequence.read(tokens.slice(taken.sequence.tokens.length, count), never);
    taken.release();
    return taken.sequence;
};

it("goes on where it was held up, and gives up what nobody wants", async () => {
    const [old] = [await readAhead(someTokens(50).map((token) => (token + 1000) as Token))];
    const begun = await readAhead(text, 30);
    expect(begun).toBe(old);
});

it("takes no place and no room from anybody", async () => {
    const held = await readAhead(text, 20);
    expect(await readAhead(text)).toBe(held);
    expect(await pool.isRead(text)).toBe(true);
    // There are places, but no room
    expect(await readAhead(other)).toBeUndefined();
    const a = await lease("a", 30);
    await a.sequence.read(other.slice(0, 5), never);
    a.release();
    const b = await lease("b", 60);
    expect(await pool.isRead(text)).toBe(false);
    b.release();
    expect(await readAhead(text)).toBeUndefined();
    pool.forget("b");
    // The other one may need its room again
    expect(await readAhead(someTokens(71))).toBeUndefined();
    expect(await readAhead(someTokens(70))).toBeDefined();
});

it("keeps no more room than it needs, whoever had its place before", async () => {
    for (const name of ["a", "b"]) (await lease(name, 90)).release();
    for (const name of ["a", "b"]) pool.forget(name);
    const reading = await pool.acquireFree(someTokens(20), []);
    const newcomer = await lease("c", 50);
    expect(newcomer.sequence).not.toBe(reading?.sequence);
});

it("lets those who wait go first", async () => {
    const a = await lease("a", 90);
    const waiting = lease("b", 90);
    expect(await pool.acquireFree(someTokens(5), [])).toBeUndefined();
    a.release();
    (await waiting).release();
});

it("counts for read what a conversation holds only where that can be shared", async () => {
    for (const shares of [true, false]) {
        pool = new SequencePool([new HeldTokens()], { positions: 100, shares });
        await readAhead(text);
        expect(await pool.isRead(text)).toBe(true);
        const need = { conversation: "a", positions: 80, images: [], instructions: text };
        expect(await pool.acquire(need, never)).toBeDefined();
        expect(await pool.isRead(text)).toBe(shares);
    }
});

it("lets a newcomer wait for it rather than cost somebody a place or room", async () => {
    for (const [places, length] of [
        [2, 20],
        [3, 50],
    ] as const) {
        const sequences = Array.from({ length: places }, () => new HeldTokens());
        pool = new SequencePool(sequences, { positions: 100, shares: true });
        const a = await lease("a", 40);
        await a.sequence.read(someTokens(40), never);
        a.release();
        const reading = await pool.acquireFree(someTokens(length), []);
        const newcomer = lease("b", 20);
        reading?.release();
        expect((await newcomer).sequence).not.toBe(a.sequence);
        expect(a.sequence.tokens).toHaveLength(40);
    }
});

it("makes room from what nobody has before it empties a conversation", async () => {
    const sequences = Array.from({ length: 3 }, () => new HeldTokens());
    pool = new SequencePool(sequences, { positions: 100, shares: true });
    const a = await lease("a", 30);
    await a.sequence.read(someTokens(30), never);
    a.release();
    // Used later, and nobody's since
    for (const name of ["b", "c"]) (await lease(name)).release();
    for (const name of ["b", "c"]) pool.forget(name);
    const wanted = [text.slice(0, 20), other.slice(0, 20)];
    for (const tokens of wanted) {
        const reading = await pool.acquireFree(tokens, wanted);
        await reading?.sequence.read(tokens, never);
        reading?.release();
    }
    expect(sequences.map(({ tokens }) => tokens.length)).toEqual([30, 20, 20]);
    await lease("d", 60);
    expect(a.sequence.tokens).toHaveLength(30);
});

it("gives up a rarer text for a more usual one, and never the other way round", async () => {
    pool = new SequencePool([new HeldTokens()], { positions: 100, shares: false });
    const [usual, rare] = [someTokens(10), someTokens(20).toReversed()];
    const wanted = [usual, rare];
    for (const [one, isTaken] of [
        [rare, true],
        [usual, true],
        [rare, false],
    ] as const) {
        const reading = await pool.acquireFree(one, wanted);
        expect(reading !== undefined).toBe(isTaken);
        await reading?.sequence.keep(0);
        await reading?.sequence.read(one, never);
        reading?.release();
    }
});
