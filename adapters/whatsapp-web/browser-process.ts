import { execFile } from "node:child_process";
import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const execFileAsync = promisify(execFile);

/** Chromium's files that say which process has a profile. */
const singletons = ["SingletonLock", "SingletonSocket", "SingletonCookie"];
const pollMs = 50;
/** A process that survives being killed for so long hangs in the kernel. */
const longestDeathMs = 10_000;

/**
 * Makes a profile free for a new browser: ends what a process that died has left running on it, and
 * removes its locks, also those of another machine. Only for who holds the session folder.
 */
export async function freeProfile(profile: string): Promise<void> {
    await killBrowsers(profile);
    for (const name of singletons) {
        const path = join(profile, name);
        // A link to nowhere does not "exist", and is in the way all the same.
        const found = await lstat(path).catch(() => undefined);
        if (found) await rm(path, { force: true });
    }
}

/** Ends every browser on a profile at once, and waits until none is left. */
export async function killBrowsers(profile: string): Promise<void> {
    const deadlineMs = performance.now() + longestDeathMs;
    for (;;) {
        const pids = await browsersOn(profile);
        if (pids.length === 0 || performance.now() > deadlineMs) return;
        for (const pid of pids) kill(pid);
        await sleep(pollMs);
    }
}

/** Waits until no browser runs on a profile; gives whether that came about in time. */
export async function browsersEnd(profile: string, timeoutMs: number): Promise<boolean> {
    const deadlineMs = performance.now() + timeoutMs;
    while ((await browsersOn(profile)).length > 0) {
        if (performance.now() > deadlineMs) return false;
        await sleep(pollMs);
    }
    return true;
}

/** The processes that were started with a profile. */
export async function browsersOn(profile: string): Promise<number[]> {
    const argument = `--user-data-dir=${profile}`;
    return process.platform === "linux" ? await listLinux(argument) : await listPosix(argument);
}

async function listLinux(argument: string): Promise<number[]> {
    const found: number[] = [];
    for (const name of await readdir("/proc")) {
        if (!/^\d+$/.test(name)) continue;
        const line = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
        if (line.split("\0").some((part) => ` ${part} `.includes(` ${argument} `))) {
            found.push(Number(name));
        }
    }
    return found;
}

async function listPosix(argument: string): Promise<number[]> {
    const { stdout } = await execFileAsync("ps", ["-axww", "-o", "pid=,command="], {
        maxBuffer: 64 * 1024 ** 2,
    });
    return stdout
        .split("\n")
        .filter((line) => `${line} `.includes(`${argument} `))
        .map((line) => Number.parseInt(line, 10));
}

function kill(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch {
        // It has ended by itself.
    }
}
