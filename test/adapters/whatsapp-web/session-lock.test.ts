import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSessionFolder } from "../../../adapters/whatsapp-web/session-folder.ts";
import { lockName, lockSessionFolder } from "../../../adapters/whatsapp-web/session-lock.ts";
import { wait } from "../../../src/wait.ts";
import { never } from "../../contracts/platform-bench.ts";

let folder: string;
const beatMs = 10;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "whatsapp-session-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** Writes at once, as holders do: nobody reads half of it. */
async function write(holder: object): Promise<void> {
    const draft = join(folder, "draft");
    await writeFile(draft, JSON.stringify(holder));
    await rename(draft, join(folder, lockName));
}

describe("the lock of a session folder", () => {
    it("is taken by one of many, and by the next when it is free", async () => {
        const tries = Array.from({ length: 8 }, () => lockSessionFolder(folder, beatMs, never));
        const settled = await Promise.allSettled(tries);
        const taken = settled.filter((one) => one.status === "fulfilled");
        expect(taken).toHaveLength(1);
        for (const one of settled.filter((other) => other.status === "rejected")) {
            expect(one.reason).toMatchObject({ code: "platform-unavailable", retryable: true });
        }
        await taken[0]?.value.release();
        const next = await lockSessionFolder(folder, beatMs, never);
        await next.release();
        expect(await readdir(folder)).toEqual([]);
    });

    it("of another machine holds while there are signs of life, and not without", async () => {
        const holder = { id: "other", machine: "elsewhere", pid: 1, beat: 0 };
        let beat = 0;
        await write(holder);
        let writing = Promise.resolve();
        const alive = setInterval(() => {
            writing = writing.then(() => write({ ...holder, beat: (beat += 1) }));
        }, beatMs);
        await expect(lockSessionFolder(folder, 10 * beatMs, never)).rejects.toMatchObject({
            code: "platform-unavailable",
        });
        clearInterval(alive);
        await writing;
        const lock = await lockSessionFolder(folder, beatMs, never);
        await lock.release();
    });

    it("that another process has taken meanwhile is lost, and not given back for it", async () => {
        const lock = await lockSessionFolder(folder, beatMs, never);
        while (!lock.lost.aborted) {
            // A sign of life of ours may fall on the same moment.
            await write({ id: "other", machine: "elsewhere", pid: 1, beat: 0 });
            await wait(beatMs, never);
        }
        await lock.release();
        expect(await readdir(folder)).toEqual([lockName]);
    });
});

describe("a session folder", () => {
    it("is made for its owner alone, and closed to others where it was open", async () => {
        const inner = join(folder, "a", "b");
        await openSessionFolder(inner);
        expect((await stat(inner)).mode & 0o777).toBe(0o700);
        const open = join(folder, "open");
        await mkdir(open, { mode: 0o777 });
        await openSessionFolder(open);
        expect((await stat(open)).mode & 0o777).toBe(0o700);
    });

    it("is not a link to somewhere, and not a file", async () => {
        await symlink(tmpdir(), join(folder, "link"));
        await writeFile(join(folder, "file"), "");
        for (const name of ["link", "file"]) {
            await expect(openSessionFolder(join(folder, name))).rejects.toMatchObject({
                code: "config-invalid",
            });
        }
    });
});
