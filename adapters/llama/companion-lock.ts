import { open, rm, stat, utimes } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const heartbeatMs = 2_000;
const staleAfterMs = 20_000;
const pollMs = 500;

/**
 * Runs `task` while no other process holds the lock file. The holder touches the file all the time;
 * one left behind by a killed process is taken over after 20 seconds without a sign of life.
 *
 * @param onWait called once when another process holds the lock
 */
export async function withFileLock<Result>(
    path: string,
    onWait: () => void,
    task: () => Promise<Result>,
): Promise<Result> {
    let waiting = false;
    while (!(await create(path))) {
        if (await isStale(path)) await rm(path, { force: true });
        else {
            if (!waiting) onWait();
            waiting = true;
            await sleep(pollMs);
        }
    }
    const heartbeat = setInterval(() => {
        const now = new Date();
        utimes(path, now, now).catch(() => undefined);
    }, heartbeatMs);
    try {
        return await task();
    } finally {
        clearInterval(heartbeat);
        await rm(path, { force: true });
    }
}

async function create(path: string): Promise<boolean> {
    try {
        const file = await open(path, "wx");
        await file.close();
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        throw error;
    }
}

async function isStale(path: string): Promise<boolean> {
    const status = await stat(path).catch(() => undefined);
    return status !== undefined && Date.now() - status.mtimeMs > staleAfterMs;
}
