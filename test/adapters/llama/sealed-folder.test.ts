import { createHash, randomBytes } from "node:crypto";
import {
    appendFile,
    chmod,
    mkdir,
    mkdtemp,
    readdir,
    readFile,
    rm,
    stat,
    truncate,
    utimes,
    writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, asyncProperty, integer, nat, record } from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SealedFolder, type SealedFolderOptions } from "../../../adapters/llama/sealed-folder.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { Child } from "../../setup/child-process.ts";

const piece = 2 ** 20;
const [key, otherKey] = [randomBytes(32), randomBytes(32)];
let root: string;
let place: string;

beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "bimedix2-sealed-"));
    place = join(root, "data", "parked");
});
afterEach(async () => {
    await rm(root, { recursive: true, force: true });
});

async function open(options: Partial<SealedFolderOptions> = {}) {
    const logger = createRecordingLogger();
    const folder = await SealedFolder.open({
        folder: place,
        maxBytes: 64 * piece,
        keepForMs: 3_600_000,
        reserveBytes: 0,
        logger,
        ...options,
    });
    return { folder, entries: logger.entries };
}

/** Bytes that follow from a number and look like none. */
function content(seed: number, length: number): Buffer {
    const block = createHash("sha512").update(String(seed)).digest();
    return Buffer.alloc(length, block);
}

async function bytesOnDisk(): Promise<number> {
    const sizes = (await readdir(place)).map(async (name) => (await stat(join(place, name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function onlyFile(): Promise<string> {
    const [name = "", ...more] = await readdir(place);
    expect(more).toEqual([]);
    return join(place, name);
}

describe("SealedFolder", () => {
    it("gives back what was put in, however long and in whichever parts", async () => {
        const { folder } = await open();
        const lengths = [0, 1, 15, piece - 1, piece, piece + 1, 3 * piece, 3 * piece + 5];
        for (const length of lengths) {
            const whole = content(length, length);
            const cuts = [0, Math.floor(length / 3), Math.floor(length / 3) + 1, length, length];
            const parts = cuts.map((cut, index) => whole.subarray(cut, cuts[index + 1] ?? length));
            expect(await folder.put(`state ${length}`, key, parts)).toBe(true);
        }
        for (const length of lengths) {
            const read = await folder.get(`state ${length}`, key);
            expect(read?.equals(content(length, length))).toBe(true);
        }
        expect(await folder.get("state 2", key)).toBeUndefined();
    });

    it("shows nothing of content, name and key to who reads the folder, and lets no other user read", async () => {
        const { folder } = await open();
        const name = "telegram:1:+966512345678";
        const text = Buffer.from("The patient's secret is 4711. ".repeat(1_000));
        await folder.put(name, key, [text]);
        await folder.put(name, otherKey, [text]);
        const files = (await readdir(place)).map((file) => join(place, file));
        expect(files).toHaveLength(2);
        const stored = await Promise.all(files.map(async (file) => await readFile(file)));
        for (const [index, bytes] of stored.entries()) {
            expect(files[index]).toMatch(/\/[0-9a-f]{32}\.sealed$/);
            expect(bytes.includes("4711")).toBe(false);
            expect(bytes.includes(key) || bytes.includes("966512345678")).toBe(false);
        }
        // Equal contents look alike nowhere behind what names the format
        const [first, second] = stored.map((bytes) => bytes.subarray(8, 4_096).toString("hex"));
        expect(first).not.toBe(second);
        const modes = [place, ...files].map(async (path) => (await stat(path)).mode & 0o777);
        expect(await Promise.all(modes)).toEqual([0o700, 0o600, 0o600]);
    });

    it("closes a folder that other users could read", async () => {
        await mkdir(place, { recursive: true });
        await chmod(place, 0o755);
        await open();
        expect((await stat(place)).mode & 0o777).toBe(0o700);
    });

    it("opens nothing that was changed, in whichever place", async () => {
        const { folder } = await open();
        const length = 2 * piece + 100;
        const damage = record({
            kind: nat(3),
            at: nat(length + 80),
            bit: nat(7),
            by: integer({ min: 1, max: 5_000 }),
        });
        await assert(
            asyncProperty(damage, async ({ kind, at, bit, by }) => {
                await folder.put("state", key, [content(1, length)]);
                const path = await onlyFile();
                if (kind === 0) await truncate(path, at);
                if (kind === 1) await appendFile(path, randomBytes(by));
                const bytes = await readFile(path);
                if (kind === 2)
                    bytes.writeUInt8(
                        (bytes[at % bytes.length] ?? 0) ^ (1 << bit),
                        at % bytes.length,
                    );
                if (kind === 3) {
                    // Two sealed pieces change places
                    const [a, b] = [40, 40 + piece + 16];
                    const first = Buffer.from(bytes.subarray(a, b));
                    bytes.copyWithin(a, b, b + piece + 16);
                    first.copy(bytes, b);
                }
                if (kind >= 2) await writeFile(path, bytes);
                expect(await folder.get("state", key)).toBeUndefined();
                expect(await readdir(place)).toEqual([]);
            }),
            { numRuns: 60 },
        );
    });

    it("does not take the beginning of a content for all of it", async () => {
        const { folder } = await open();
        await folder.put("state", key, [content(1, 3 * piece)]);
        await truncate(await onlyFile(), 40 + 2 * (piece + 16));
        expect(await folder.get("state", key)).toBeUndefined();
    });

    it("opens no file under another name or key", async () => {
        const { folder } = await open();
        await folder.put("mine", key, [content(1, 500)]);
        const mine = await onlyFile();
        const bytes = await readFile(mine);
        expect(await folder.get("mine", otherKey)).toBeUndefined();
        for (const [name, other] of [
            ["other", key],
            ["mine", otherKey],
        ] as const) {
            await folder.put(name, other, [content(2, 500)]);
            const path =
                (await readdir(place))
                    .map((file) => join(place, file))
                    .find((file) => file !== mine) ?? "";
            await writeFile(path, bytes);
            expect(await folder.get(name, other)).toBeUndefined();
        }
        expect((await folder.get("mine", key))?.equals(content(1, 500))).toBe(true);
    });

    it("holds no more bytes than it may, and lets go of what was used longest ago", async () => {
        const { folder } = await open({ maxBytes: 10_000 });
        const startedAtMs = Date.now() - 100_000;
        for (let number = 0; number < 6; number++) {
            expect(
                await folder.put(
                    `${number}`,
                    key,
                    [content(number, 2_400)],
                    startedAtMs + number * 1_000,
                ),
            ).toBe(true);
            expect(await bytesOnDisk()).toBeLessThanOrEqual(10_000);
            await folder.get("0", key);
        }
        const kept = [];
        for (let number = 0; number < 6; number++) {
            if (await folder.get(`${number}`, key)) kept.push(number);
        }
        expect(kept).toEqual([0, 3, 4, 5]);
        expect(await folder.put("too big", key, [content(1, 10_000)])).toBe(false);
        expect(await folder.get("5", key)).toBeDefined();
    });

    it("forgets under a name without its key, also while it is being written", async () => {
        const { folder, entries } = await open();
        await folder.put("done", key, [content(1, 100)]);
        await folder.drop("done");
        const writing = folder.put("state", key, [content(1, 30 * piece)]);
        // A fast disk needs some milliseconds for all of it
        while ((await readdir(place)).length === 0) await new Promise(setImmediate);
        await folder.drop("state");
        expect(await writing).toBe(false);
        expect(await readdir(place)).toEqual([]);
        expect(await folder.put("state", key, [content(2, 100)])).toBe(true);
        expect(entries).toEqual([]);
    });

    it("clears up at the start, and touches nothing that is not its own", async () => {
        const { folder } = await open();
        for (const name of ["old", "damaged", "kept"])
            await folder.put(name, key, [content(1, 100)]);
        const paths = (await readdir(place)).map((file) => join(place, file));
        const [old = "", damaged = ""] = paths;
        await utimes(old, new Date(), new Date(Date.now() - 3_700_000));
        await writeFile(damaged, "of another version");
        const half = `${join(place, "0".repeat(32))}.sealed.01234567.draft`;
        await writeFile(half, "half");
        const written = `${join(place, "1".repeat(32))}.sealed.01234567.draft`;
        await writeFile(written, "being written by another process");
        await utimes(half, new Date(), new Date(Date.now() - 70_000));
        await writeFile(join(place, "notes.txt"), "somebody's");
        await open();
        const left = (await readdir(place)).map((file) => join(place, file));
        expect(new Set(left)).toEqual(new Set([paths[2], written, join(place, "notes.txt")]));
        await open({ maxBytes: 0 });
        expect((await readdir(place)).sort()).toEqual([basename(written), "notes.txt"]);
    });

    it("shows nothing of what a killed process has half written", async () => {
        const program = fileURLToPath(new URL("./sealing-process.ts", import.meta.url));
        const child = new Child(program, [place, "state"]);
        const soon = { timeout: 30_000, interval: 2 };
        await vi.waitFor(() => expect(child.said("writing")).toBe(true), soon);
        await child.kill();
        expect(child.said("done")).toBe(false);
        const draft = await onlyFile();
        const { folder, entries } = await open();
        expect(await folder.get("state", new Uint8Array(32))).toBeUndefined();
        await utimes(draft, new Date(), new Date(Date.now() - 70_000));
        expect(await folder.put("state", key, [content(1, 100)])).toBe(true);
        expect(await onlyFile()).not.toBe(draft);
        expect(entries).toEqual([]);
    });

    it("shares its folder with other processes", async () => {
        const maxBytes = 40_000;
        const [one, two] = [await open({ maxBytes }), await open({ maxBytes })];
        await one.folder.put("passed on", key, [content(7, 100)]);
        expect((await two.folder.get("passed on", key))?.equals(content(7, 100))).toBe(true);
        await two.folder.drop("passed on", key);
        expect(await one.folder.get("passed on", key)).toBeUndefined();
        const puts = Array.from({ length: 40 }, async (_, number) => {
            const { folder } = number % 2 === 0 ? one : two;
            return await folder.put(`${number % 13}`, key, [content(number, 3_000)]);
        });
        await Promise.all(puts);
        expect(await bytesOnDisk()).toBeLessThanOrEqual(maxBytes);
        expect([...one.entries, ...two.entries]).toEqual([]);
    });

    it("does without a disk that is full or not there, says so once, and tries again later", async () => {
        const { folder, entries } = await open({ pauseMs: 50 });
        await rm(place, { recursive: true });
        await writeFile(place, "a file in place of the folder");
        expect(await folder.put("state", key, [content(1, 100)])).toBe(false);
        expect(await folder.put("state", key, [content(1, 100)])).toBe(false);
        expect(await folder.get("state", key)).toBeUndefined();
        await folder.drop("state");
        expect(entries.filter(({ level }) => level === "warn")).toHaveLength(1);
        await rm(place);
        await vi.waitFor(
            async () => expect(await folder.put("state", key, [content(1, 100)])).toBe(true),
            20_000,
        );
        expect(entries.filter(({ level }) => level === "warn")).toHaveLength(1);
    });

    it("leaves to others what is left of a full disk", async () => {
        const { folder } = await open();
        await folder.put("state", key, [content(1, 100)]);
        const full = await open({ reserveBytes: Number.MAX_SAFE_INTEGER });
        expect(await full.folder.put("new", key, [content(1, 100)])).toBe(false);
        expect(await readdir(place)).toEqual([]);
        expect(full.entries.map(({ level, fields }) => [level, fields["code"]])).toEqual([
            ["warn", "ENOSPC"],
        ]);
    });
});
