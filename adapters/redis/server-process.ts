import { spawn, type ChildProcess } from "node:child_process";
import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";
import { identifyProcess, type ProcessIdentity } from "./process-identity.ts";
import type { ServerProgram } from "./server-program.ts";

/** A server process that was just started. */
export interface ServerProcess {
    /** What it wrote before it ended; `undefined` while it runs. */
    ended(): Promise<string> | undefined;
    kill(): void;
}

/** The log of the server that runs, or of the last one that ran. */
export const logName = "redis.log";

/**
 * Starts a server on a folder. It outlives this process, and does not begin its work before
 * `beforeStart`, which is told who it is, has resolved.
 */
export async function startServer(
    program: ServerProgram,
    folder: string,
    socketPath: string,
    beforeStart: (server: ProcessIdentity) => Promise<void>,
): Promise<ServerProcess> {
    await removeDrafts(folder);
    const logPath = join(folder, logName);
    await rename(logPath, `${logPath}.previous`).catch(() => undefined);
    const log = await open(logPath, "w", 0o600);
    try {
        // The shell becomes the server only when it reads a line: killing us before leaves nothing.
        // Its files hold what patients wrote: nobody else may read them.
        const gate = 'umask 077; read -r go && exec "$@" </dev/null';
        const child = spawn(
            "/bin/sh",
            ["-c", gate, "sh", program.command, ...serverArguments(folder, socketPath)],
            { cwd: folder, detached: true, stdio: ["pipe", log.fd, log.fd] },
        );
        const ended = watchEnd(child, logPath);
        // A shell that is gone shows as an end, not as a fault of the pipe to it.
        child.stdin?.on("error", () => undefined);
        try {
            const identity = child.pid === undefined ? undefined : await identifyProcess(child.pid);
            if (identity === undefined) {
                throw new AppError("store-failed", "The Redis server could not be started.", {
                    remedy: "Check that the machine can start further processes.",
                });
            }
            await beforeStart(identity);
            child.stdin?.end("go\n");
        } catch (error) {
            child.kill("SIGKILL");
            throw error;
        }
        child.unref();
        return { ended, kill: () => void child.kill("SIGTERM") };
    } finally {
        await log.close();
    }
}

/** https://redis.io/docs/latest/operate/oss_and_stack/management/config/ */
function serverArguments(folder: string, socketPath: string): string[] {
    const settings = {
        dir: folder,
        // Reachable by this user alone, through no network.
        port: "0",
        unixsocket: socketPath,
        unixsocketperm: "700",
        // An answer of the server means: on the disk. "everysec" keeps up to two seconds of changes in
        // memory alone while the disk is busy, and a kill loses those.
        appendonly: "yes",
        appendfsync: "always",
        save: "",
        // Erased text leaves the disk with the next rewrite: not only from 64 MB on.
        "auto-aof-rewrite-percentage": "100",
        "auto-aof-rewrite-min-size": "1mb",
        // What is stored stays stored: a full memory refuses new data.
        "maxmemory-policy": "noeviction",
        daemonize: "no",
        logfile: "",
        loglevel: "warning",
        "always-show-logo": "no",
    };
    return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

/** A server that was killed while it wrote its files anew leaves a draft that nobody reads. */
async function removeDrafts(folder: string): Promise<void> {
    const names = await readdir(folder);
    const drafts = names.filter((name) => /^temp-.*\.(aof|rdb)$/.test(name));
    await Promise.all(drafts.map((name) => rm(join(folder, name), { force: true })));
}

function watchEnd(child: ChildProcess, logPath: string): () => Promise<string> | undefined {
    let over = false;
    child.once("exit", () => (over = true));
    child.once("error", () => (over = true));
    return () => (over ? readLastLine(logPath) : undefined);
}

/** The last thing that a server said; without the process number and time before it. */
async function readLastLine(logPath: string): Promise<string> {
    const text = await readFile(logPath, "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return lines.at(-1)?.replace(/^\d+:\w .*? [#*.-] /, "") ?? "it wrote nothing";
}
