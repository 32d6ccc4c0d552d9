import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readLock, takeLock } from "../../../adapters/redis/folder-lock.ts";
import { identifyProcess, isRunning } from "../../../adapters/redis/process-identity.ts";

let folder: string;
beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function startIdle(): Promise<{ child: ChildProcess; pid: number }> {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(child, "spawn");
    return { child, pid: child.pid ?? 0 };
}

it("is held by one at a time, however many want it at once", async () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 12 });
    await fc.assert(
        fc.asyncProperty(pauses, async (contenders) => {
            let holders = 0;
            const turns = contenders.map(async (ticks) => {
                for (;;) {
                    const state = await readLock(folder);
                    for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate);
                    const free = state.holder === undefined;
                    const lock = free ? await takeLock(folder, state, "socket") : undefined;
                    if (lock === undefined) continue;
                    holders += 1;
                    expect(holders).toBe(1);
                    await new Promise(setImmediate);
                    holders -= 1;
                    await lock.release();
                    return;
                }
            });
            await Promise.all(turns);
            expect((await readLock(folder)).holder).toBeUndefined();
        }),
        { numRuns: 25 },
    );
    // What served its time is cleared away.
    expect((await readdir(folder)).length).toBeLessThanOrEqual(2);
});

it("cannot be taken by one whose knowledge is outdated", async () => {
    const outdated = await readLock(folder);
    for (let round = 0; round < 4; round++) {
        await (await takeLock(folder, await readLock(folder), "socket"))?.release();
    }
    await takeLock(folder, await readLock(folder), "socket");
    expect(await takeLock(folder, outdated, "socket")).toBeUndefined();
    expect((await readLock(folder)).holder?.pid).toBe(process.pid);
});

it("passes to the server, holds while it lives, and is free when it was killed", async () => {
    const { child, pid } = await startIdle();
    const identity = await identifyProcess(pid);
    if (identity === undefined) throw new Error("The child is not running.");
    const lock = await takeLock(folder, await readLock(folder), "/run/socket");
    await lock?.handOver(identity);
    expect((await readLock(folder)).holder).toEqual({
        ...identity,
        role: "server",
        socketPath: "/run/socket",
    });

    child.kill("SIGKILL");
    await once(child, "exit");
    const after = await readLock(folder);
    expect(after.holder).toBeUndefined();
    expect(await takeLock(folder, after, "socket")).toBeDefined();
});

it("is free when its file is damaged or names a process that got the number later", async () => {
    await writeFile(join(folder, "server-lock.7"), '{"pid": 1');
    expect(await readLock(folder)).toEqual({ generation: 7, holder: undefined });
    const impostor = { pid: process.pid, startedAt: "before", role: "server", socketPath: "s" };
    await writeFile(join(folder, "server-lock.8"), JSON.stringify(impostor));
    expect(await readLock(folder)).toEqual({ generation: 8, holder: undefined });
});

it("tells a process from a later one with its number", async () => {
    const identity = await identifyProcess(process.pid);
    expect(identity).toEqual(await identifyProcess(process.pid));
    expect(await isRunning({ pid: process.pid, startedAt: identity?.startedAt ?? "" })).toBe(true);
    expect(await isRunning({ pid: process.pid, startedAt: "earlier" })).toBe(false);
    expect(await identifyProcess(2 ** 30)).toBeUndefined();
});
