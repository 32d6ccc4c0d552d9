import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { identifyProcess, isRunning, type ProcessIdentity } from "./process-identity.ts";

/**
 * Who may run a Redis server on a data folder. Redis itself does not notice a second server on its
 * files, and the kernel's file locks are out of reach of Node.js.
 *
 * The lock is a chain of files `server-lock.<n>`; the one with the highest number counts. It names
 * a process and holds as long as this process runs. A dead holder's successor creates `n + 1`,
 * which only one can do; nobody ever removes or overwrites the file that counts, so that no race
 * can break a lock that holds. A killed holder leaves nothing to clean up.
 */
export interface LockState {
    readonly generation: number;
    /** `undefined`: free. */
    readonly holder: LockHolder | undefined;
}

/** The process that holds the lock. */
export interface LockHolder extends ProcessIdentity {
    /** A product process that is about to start a server, or the server. */
    readonly role: "starter" | "server";
    /** Where the server listens, or will. */
    readonly socketPath: string;
}

/** A lock that this process took. */
export interface FolderLock {
    /** Passes the lock on to the server. */
    handOver(server: ProcessIdentity): Promise<void>;
    /** Frees the lock. */
    release(): Promise<void>;
}

const storedHolder = z.object({
    pid: z.int(),
    startedAt: z.string(),
    role: z.enum(["starter", "server"]),
    socketPath: z.string(),
});

const namePattern = /^server-lock\.(\d+)$/;

/** Who holds the lock of a folder. */
export async function readLock(folder: string): Promise<LockState> {
    const generation = Math.max(0, ...(await generations(folder)));
    if (generation === 0) return { generation, holder: undefined };
    const holder = await readHolder(lockPath(folder, generation));
    const running = holder !== undefined && (await isRunning(holder));
    return { generation, holder: running ? holder : undefined };
}

/**
 * Takes the lock after a state that was read as free.
 *
 * @returns `undefined` when another process was faster
 */
export async function takeLock(
    folder: string,
    free: LockState,
    socketPath: string,
): Promise<FolderLock | undefined> {
    const generation = free.generation + 1;
    const path = lockPath(folder, generation);
    const self = await identifyProcess(process.pid);
    if (self === undefined) return undefined;
    const holder: LockHolder = { ...self, role: "starter", socketPath };
    if (!(await createWhole(path, holder))) return undefined;

    const all = await generations(folder);
    if (Math.max(...all) > generation) {
        // The state was long outdated: others had gone on and cleared our number away.
        await rm(path, { force: true });
        return undefined;
    }
    // The predecessor stays, so that a folder being listed right now is never seen without a lock.
    for (const old of all.filter((number) => number < generation - 1)) {
        await rm(lockPath(folder, old), { force: true });
    }
    return {
        handOver: (server) => replaceWhole(path, { ...server, role: "server", socketPath }),
        release: () => replaceWhole(path, undefined),
    };
}

async function generations(folder: string): Promise<number[]> {
    const names = await readdir(folder);
    return names.flatMap((name) => namePattern.exec(name)?.slice(1).map(Number) ?? []);
}

function lockPath(folder: string, generation: number): string {
    return join(folder, `server-lock.${generation}`);
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
    try {
        return storedHolder.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
    } catch {
        return undefined;
    }
}

/** Creates a file with its content in one step; `false` when there is one already. */
async function createWhole(path: string, holder: LockHolder): Promise<boolean> {
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
    try {
        await link(draft, path);
        return true;
    } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
        throw error;
    } finally {
        await rm(draft, { force: true });
    }
}

async function replaceWhole(path: string, holder: LockHolder | undefined): Promise<void> {
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify(holder ?? null), { mode: 0o600 });
    await rename(draft, path);
}
