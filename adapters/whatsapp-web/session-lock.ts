import { randomUUID } from "node:crypto";
import { link, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../src/errors.ts";
import { wait } from "../../src/wait.ts";

/** The file that says which process has the session folder. */
export const lockName = "in-use";
/** A holder on another machine that shows no sign of life for so many beats is gone. */
const beatsToBelieve = 4;

const storedHolder = z.object({
    id: z.string(),
    machine: z.string(),
    pid: z.int(),
    /** Counts up while the holder lives. */
    beat: z.int(),
});
type Holder = z.infer<typeof storedHolder>;

/** A session folder that this process alone uses. */
export interface SessionLock {
    /** Aborts when another process has taken the folder, as after a long sleep of this one. */
    readonly lost: AbortSignal;
    release(): Promise<void>;
}

/**
 * Takes a session folder for this process. A holder that was killed leaves nothing to clean up:
 * on this machine it is known by its process, elsewhere by its silence.
 *
 * @throws `platform-unavailable` (retryable) while another process has the folder, `aborted`.
 */
export async function lockSessionFolder(
    folder: string,
    beatMs: number,
    signal: AbortSignal,
): Promise<SessionLock> {
    const path = join(folder, lockName);
    const machine = await identifyMachine();
    const self: Holder = { id: randomUUID(), machine, pid: process.pid, beat: 0 };
    const before = await readHolder(path);
    if (before && (await isAlive(before, machine, path, beatMs, signal))) throw inUse();
    await displace(path, before);
    if (!(await create(path, self))) throw inUse();
    return holdLock(path, self, beatMs);
}

function holdLock(path: string, self: Holder, beatMs: number): SessionLock {
    const lost = new AbortController();
    let beat = 0;
    let beating: Promise<void> = Promise.resolve();
    const tick = async (): Promise<void> => {
        const holder = await readHolder(path);
        if (holder?.id !== self.id) return lost.abort();
        beat += 1;
        await replace(path, { ...self, beat });
    };
    const timer = setInterval(() => {
        // A disk that is full for a moment does not end the session.
        beating = beating.then(tick).catch(() => undefined);
    }, beatMs);
    timer.unref();
    return {
        lost: lost.signal,
        release: async () => {
            clearInterval(timer);
            await beating;
            const holder = await readHolder(path);
            if (holder?.id === self.id) await rm(path, { force: true });
        },
    };
}

async function isAlive(
    holder: Holder,
    machine: string,
    path: string,
    beatMs: number,
    signal: AbortSignal,
): Promise<boolean> {
    if (holder.machine === machine && !isRunning(holder.pid)) return false;
    // The number of a dead process may have been given to another: only the beat proves life.
    for (let beats = 0; beats < beatsToBelieve; beats += 1) {
        await wait(beatMs, signal);
        const now = await readHolder(path);
        if (!now) return false;
        if (now.id !== holder.id || now.beat !== holder.beat) return true;
    }
    return false;
}

/** Moves a dead holder's file away; of several processes that try, one creates the next. */
async function displace(path: string, holder: Holder | undefined): Promise<void> {
    const now = await readHolder(path);
    if (now && now.id !== holder?.id) throw inUse();
    const aside = `${path}.${randomUUID()}`;
    await rename(path, aside).catch(() => undefined);
    await rm(aside, { force: true });
}

async function create(path: string, holder: Holder): Promise<boolean> {
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
    try {
        await link(draft, path);
        return true;
    } catch {
        return false;
    } finally {
        await rm(draft, { force: true });
    }
}

async function replace(path: string, holder: Holder): Promise<void> {
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
    await rename(draft, path);
}

async function readHolder(path: string): Promise<Holder | undefined> {
    try {
        return storedHolder.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
    } catch {
        return undefined;
    }
}

/** Equal only where process numbers mean the same: one boot, one container. */
async function identifyMachine(): Promise<string> {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
    const numbers = await readlink("/proc/self/ns/pid").catch(() => "");
    return [hostname(), boot.trim(), numbers].join("/");
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error instanceof Error && "code" in error && error.code === "EPERM";
    }
}

function inUse(): AppError {
    return new AppError(
        "platform-unavailable",
        "Another process uses the folder of the WhatsApp session.",
        {
            retryable: true,
            remedy: "Let only one program use this folder. It is tried again by itself.",
        },
    );
}
