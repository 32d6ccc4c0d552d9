import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { array, assert, asyncProperty, constant, nat, oneof, record } from "fast-check";
import type { Token } from "node-llama-cpp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ImagePlaceholders } from "../../../adapters/llama/image-placeholders.ts";
import type { ParkedState, ParkingOptions } from "../../../adapters/llama/parked-state.ts";
import { ParkedStates } from "../../../adapters/llama/parked-states.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";

let folder: string;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-parked-"));
});
afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
});

const roomy = { memoryBytes: 2 ** 30, diskBytes: 2 ** 30 };
const tight = { memoryBytes: 20_000, diskBytes: 30_000 };

/** A process with parked states; like every process it has placeholders of its own. */
async function begin(options: Partial<ParkingOptions> = {}) {
    const placeholders = new ImagePlaceholders();
    for (let number = 0; number < Math.random() * 5; number++) placeholders.of(`other ${number}`);
    const logger = createRecordingLogger();
    const placeholderOf = (imageId: string): Token => placeholders.of(imageId);
    const parked = await ParkedStates.open({
        ...roomy,
        folder,
        keepForMs: 3_600_000,
        fingerprint: "model a",
        placeholderOf,
        logger,
        ...options,
    });
    return { parked, placeholderOf, entries: logger.entries };
}

/** A state with two pictures that follows from its seed. */
function example(seed: number, bytes: number, placeholderOf: (id: string) => Token): ParkedState {
    const images = [`picture ${seed}`, "picture of all"].map((id, index) => ({
        start: 2 + index * 4,
        end: 5 + index * 4,
        id,
    }));
    const tokens = Array.from({ length: 12 }, (_, index) => ((seed + 1) * 31_000 + index) as Token);
    for (const { start, end, id } of images) tokens.fill(placeholderOf(id), start, end);
    const block = createHash("sha512").update(String(seed)).digest();
    return { tokens, images, data: new Uint8Array(Buffer.alloc(bytes, block)) };
}

/** For comparisons: buffers of all kinds are bytes. */
function plain(state: ParkedState | undefined) {
    return state && { ...state, data: Buffer.from(state.data).toString("base64") };
}

async function bytesOnDisk(): Promise<number> {
    const names = await readdir(folder).catch(() => []);
    const sizes = names.map(async (name) => (await stat(join(folder, name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

const chat = nat(3).map((number) => `telegram:1:${number}`);
const step = oneof(
    { weight: 6, arbitrary: record({ kind: constant("park"), chat, bytes: nat(12_000) }) },
    { weight: 4, arbitrary: record({ kind: constant("take"), chat, bytes: constant(0) }) },
    { weight: 1, arbitrary: record({ kind: constant("forget"), chat, bytes: constant(0) }) },
    { weight: 1, arbitrary: record({ kind: constant("erase"), chat, bytes: constant(0) }) },
    { weight: 2, arbitrary: record({ kind: constant("settle"), chat, bytes: constant(0) }) },
    { weight: 1, arbitrary: record({ kind: constant("restart"), chat, bytes: constant(0) }) },
    { weight: 1, arbitrary: record({ kind: constant("change model"), chat, bytes: constant(0) }) },
);

describe("ParkedStates", () => {
    it.each([
        ["loses nothing that there is room for", roomy],
        ["stays within its bounds", tight],
        ["does without memory", { memoryBytes: 0, diskBytes: 30_000 }],
        ["does without a disk", { memoryBytes: 20_000, diskBytes: 0 }],
    ])("gives what was parked last, to its own conversation alone, and %s", async (_, limits) => {
        await assert(
            asyncProperty(array(step, { maxLength: 40, size: "max" }), async (steps) => {
                await rm(folder, { recursive: true, force: true });
                let fingerprint = "model a";
                let now = await begin({ ...limits, fingerprint });
                const keys = new Map<string, Uint8Array>();
                const expected = new Map<string, { seed: number; bytes: number }>();
                const parkedHere = new Set<string>();
                for (const [seed, { kind, chat: key, bytes }] of steps.entries()) {
                    const { parked, placeholderOf } = now;
                    const cacheKey = keys.get(key) ?? randomBytes(32);
                    keys.set(key, cacheKey);
                    if (kind === "park") {
                        parked.park(key, cacheKey, example(seed, bytes, placeholderOf));
                        expected.set(key, { seed, bytes });
                        parkedHere.add(key);
                    }
                    if (kind === "take") {
                        const last = expected.get(key);
                        const right = last && example(last.seed, last.bytes, placeholderOf);
                        const taken = await parked.take(key, cacheKey);
                        if (taken !== undefined || limits === roomy) {
                            expect(plain(taken)).toEqual(plain(right));
                        }
                        expected.delete(key);
                    }
                    if (kind === "forget") parked.forget(key);
                    // Nobody tells this process of an erasure, or it does not know what another one wrote
                    if (kind === "erase" || (kind === "forget" && !parkedHere.has(key))) {
                        keys.delete(key);
                    }
                    if (kind === "forget" || kind === "erase") expected.delete(key);
                    if (kind === "settle") {
                        await parked.settled();
                        expect(await bytesOnDisk()).toBeLessThanOrEqual(limits.diskBytes);
                    }
                    expect(parked.memoryBytes).toBeLessThanOrEqual(limits.memoryBytes);
                    if (kind !== "restart" && kind !== "change model") continue;
                    await parked.close();
                    expect(await bytesOnDisk()).toBeLessThanOrEqual(limits.diskBytes);
                    if (kind === "change model") {
                        fingerprint += "'";
                        expected.clear();
                    }
                    now = await begin({ ...limits, fingerprint });
                    parkedHere.clear();
                }
                await now.parked.close();
                expect(now.entries).toEqual([]);
            }),
            { numRuns: 150 },
        );
    });

    it("gives a state to one of two who ask at once", async () => {
        const cacheKey = randomBytes(32);
        const before = await begin();
        before.parked.park("a", cacheKey, example(1, 5_000, before.placeholderOf));
        await before.parked.close();
        const { parked, placeholderOf } = await begin();
        const both = await Promise.all([parked.take("a", cacheKey), parked.take("a", cacheKey)]);
        expect(both.filter((state) => state !== undefined).map(plain)).toEqual([
            plain(example(1, 5_000, placeholderOf)),
        ]);
        await parked.settled();
        expect(await readdir(folder)).toEqual([]);
        await parked.close();
    });

    it("gives nothing that is forgotten while it is being read or written", async () => {
        const cacheKey = randomBytes(32);
        const bytes = 20 * 2 ** 20;
        const { parked, placeholderOf } = await begin({ memoryBytes: 0 });
        parked.park("a", cacheKey, example(1, bytes, placeholderOf));
        await vi.waitFor(async () => expect(await readdir(folder)).toHaveLength(1), 20_000);
        parked.forget("a");
        expect(await parked.take("a", cacheKey)).toBeUndefined();
        await parked.settled();
        expect(await readdir(folder)).toEqual([]);

        parked.park("a", cacheKey, example(1, bytes, placeholderOf));
        await parked.settled();
        const taking = parked.take("a", cacheKey);
        parked.forget("a");
        expect(await taking).toBeUndefined();
        await parked.close();
    });

    it("keeps in memory alone what has no key", async () => {
        const { parked, placeholderOf } = await begin({ memoryBytes: 20_000 });
        for (const seed of [1, 2, 3]) {
            parked.park(`${seed}`, undefined, example(seed, 8_000, placeholderOf));
        }
        await parked.settled();
        expect(await readdir(folder)).toEqual([]);
        expect(await parked.take("1", undefined)).toBeUndefined();
        expect(await parked.take("2", randomBytes(32))).toBeUndefined();
        expect(plain(await parked.take("3", undefined))).toEqual(
            plain(example(3, 8_000, placeholderOf)),
        );
        await parked.close();
        expect(await readdir(folder)).toEqual([]);
    });

    it("moves to the disk what lies unused, and drops what may not go there", async () => {
        const cacheKey = randomBytes(32);
        const { parked, placeholderOf } = await begin({ unusedAfterMs: 20 });
        parked.park("a", cacheKey, example(1, 5_000, placeholderOf));
        parked.park("b", undefined, example(2, 5_000, placeholderOf));
        await vi.waitFor(() => expect(parked.memoryBytes).toBe(0), 20_000);
        await parked.settled();
        expect(await readdir(folder)).toHaveLength(1);
        expect(await parked.take("b", undefined)).toBeUndefined();
        expect(plain(await parked.take("a", cacheKey))).toEqual(
            plain(example(1, 5_000, placeholderOf)),
        );
        await parked.close();
    });

    it("keeps what was parked last when the end comes and there is no room for all", async () => {
        const keys = Array.from({ length: 6 }, () => randomBytes(32));
        const before = await begin({ diskBytes: 17_000 });
        for (const [index, key] of keys.entries()) {
            before.parked.park(`${index}`, key, example(index, 5_000, before.placeholderOf));
        }
        await before.parked.close();
        const { parked } = await begin({ diskBytes: 17_000 });
        const found = [];
        for (const [index, key] of keys.entries()) {
            if (await parked.take(`${index}`, key)) found.push(index);
        }
        expect(found).toEqual([3, 4, 5]);
        await parked.close();
    });
});
