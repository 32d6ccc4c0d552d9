import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const execFileAsync = promisify(execFile);

/** One process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
    readonly pid: number;
    /** When it started, in the system's own terms; equal only for the same process. */
    readonly startedAt: string;
}

/** The identity of a running process; `undefined` when there is none (a zombie counts as none). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
    const startedAt = process.platform === "linux" ? await linuxStart(pid) : await posixStart(pid);
    return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether this very process still runs. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
    return (await identifyProcess(identity.pid))?.startedAt === identity.startedAt;
}

/** proc(5): state is field 3 and the start, in ticks since the boot, field 22. */
async function linuxStart(pid: number): Promise<string | undefined> {
    try {
        const [stat, boot] = await Promise.all([
            readFile(`/proc/${pid}/stat`, "utf8"),
            readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
        ]);
        // Field 2 is the program's name in parentheses and may itself hold spaces.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (fields[0] === "Z" || fields[0] === "X") return undefined;
        return `${boot.trim()}/${fields[19]}`;
    } catch {
        return undefined;
    }
}

async function posixStart(pid: number): Promise<string | undefined> {
    try {
        const { stdout } = await execFileAsync("ps", ["-o", "state=,lstart=", "-p", String(pid)]);
        const line = stdout.trim();
        return line === "" || line.startsWith("Z") ? undefined : line.replace(/^\S+\s+/, "");
    } catch {
        return undefined;
    }
}
