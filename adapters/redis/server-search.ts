import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError, isAppError } from "../../src/errors.ts";
import { chooseSocketPath } from "./socket-path.ts";
import {
    readLock,
    takeLock,
    type FolderLock,
    type LockHolder,
    type LockState,
} from "./folder-lock.ts";
import { probeServer, type ProbeResult } from "./probe.ts";
import { logName, startServer } from "./server-process.ts";
import { findServerPrograms, redisMissing, type ServerProgram } from "./server-program.ts";

/** Where the product's own server lives, and how its start is told. */
export interface EmbeddedServerOptions {
    /** The product's data folder; the server's files lie in `redis` within. */
    readonly dataFolder: string;
    /** Where `vendor/redis-server` is. */
    readonly packageRoot: string;
    /** Told what is going on, in one short line. */
    readonly onProgress?: (text: string) => void;
}

/** A server of our own that answers. */
export interface EmbeddedServer {
    readonly source: "running" | "system" | "bundled";
    readonly socketPath: string;
    readonly version: string;
}

/** Longest wait without any progress. */
const startTimeoutMs = 30_000;
const probeTimeoutMs = 1_000;
const pollMs = 20;
/** A server creates its socket within milliseconds; one without for so long has lost it. */
const lostSocketMs = 5_000;

/**
 * Finds the server of a data folder, or starts one: never a second, however many processes try at
 * once, and also after any of them was killed at any moment.
 *
 * @throws `redis-missing`, `store-failed`, or `store-unavailable` (retryable) when a server holds
 * the folder and does not answer.
 */
export async function ensureServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
    try {
        return await new ServerSearch(options).run();
    } catch (error) {
        throw translateFolderError(error);
    }
}

/** The server of a data folder that answers; `undefined`: there is none. Starts nothing. */
export async function findServer(dataFolder: string): Promise<EmbeddedServer | undefined> {
    const { socketPath, probe } = await probeFolder(serverFolder(dataFolder));
    if (probe.state !== "ready") return undefined;
    return { source: "running", socketPath, version: probe.version };
}

/** What the server of a folder says of itself. */
export async function probeFolder(
    folder: string,
): Promise<{ readonly socketPath: string; readonly probe: ProbeResult }> {
    try {
        const { holder } = await readLock(folder);
        const socketPath = holder?.socketPath ?? (await chooseSocketPath(folder));
        return { socketPath, probe: await probeServer(socketPath, 2_000) };
    } catch (error) {
        const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
        if (missing) return { socketPath: "", probe: { state: "absent" } };
        throw error;
    }
}

/** Where the server of a data folder keeps its files. */
export function serverFolder(dataFolder: string): string {
    return join(dataFolder, "redis");
}

class ServerSearch {
    readonly #options: EmbeddedServerOptions;
    readonly #folder: string;
    #deadlineMs = 0;
    #told = "";

    constructor(options: EmbeddedServerOptions) {
        this.#options = options;
        this.#folder = serverFolder(options.dataFolder);
    }

    async run(): Promise<EmbeddedServer> {
        await makePrivate(this.#folder);
        const chosenPath = await chooseSocketPath(this.#folder);
        let socketLostAtMs: number | undefined;
        this.#postpone();
        for (;;) {
            const lock = await readLock(this.#folder);
            const socketPath = lock.holder?.socketPath ?? chosenPath;
            const probe = await probeServer(socketPath, probeTimeoutMs);
            if (probe.state === "ready") {
                return { source: "running", socketPath, version: probe.version };
            }
            if (probe.state === "loading") {
                this.#tell("Redis reads the stored conversations …");
                this.#postpone();
            }
            if (probe.state === "absent" && lock.holder === undefined) {
                const started = await this.#start(lock, chosenPath);
                if (started !== undefined) return started;
            }
            const lost =
                probe.state === "absent" &&
                lock.holder?.role === "server" &&
                lock.holder.socketPath.startsWith(this.#folder);
            socketLostAtMs = lost ? (socketLostAtMs ?? performance.now()) : undefined;
            if (socketLostAtMs !== undefined && performance.now() - socketLostAtMs > lostSocketMs) {
                stopDeaf(lock.holder);
                socketLostAtMs = undefined;
            }
            if (performance.now() > this.#deadlineMs) throw notAnswering(lock.holder);
            await sleep(pollMs);
        }
    }

    /** `undefined` when another process was faster. */
    async #start(state: LockState, socketPath: string): Promise<EmbeddedServer | undefined> {
        const programs = await findServerPrograms(this.#options.packageRoot);
        if (programs.length === 0) throw redisMissing();
        let free = state;
        let lastWords = "";
        for (const program of programs) {
            const lock = await takeLock(this.#folder, free, socketPath);
            if (lock === undefined) return undefined;
            const outcome = await this.#startWith(program, lock, socketPath);
            if (typeof outcome === "object") return outcome;
            lastWords = outcome;
            // The server that ended held the lock: it must be taken anew, as by anyone.
            free = await readLock(this.#folder);
            if (free.holder !== undefined) return undefined;
        }
        throw new AppError("store-failed", `Redis cannot start on its data: ${lastWords}`, {
            remedy: `Read ${join(this.#folder, logName)}; often the disk is full or broken.`,
        });
    }

    /** The server, or the last words of one that ended. */
    async #startWith(
        program: ServerProgram,
        lock: FolderLock,
        socketPath: string,
    ): Promise<EmbeddedServer | string> {
        this.#tell(`Starting Redis ${program.version} (${program.source}) …`);
        this.#postpone();
        const server = await startServer(program, this.#folder, socketPath, (identity) =>
            lock.handOver(identity),
        ).catch(async (error: unknown) => {
            await lock.release();
            throw error;
        });
        for (;;) {
            const lastWords = await server.ended();
            if (lastWords !== undefined) return lastWords;
            const probe = await probeServer(socketPath, probeTimeoutMs);
            if (probe.state === "ready") {
                return { source: program.source, socketPath, version: probe.version };
            }
            if (probe.state === "loading") {
                this.#tell("Redis reads the stored conversations …");
                this.#postpone();
            }
            if (performance.now() > this.#deadlineMs) {
                server.kill();
                throw notAnswering(undefined);
            }
            await sleep(pollMs);
        }
    }

    #postpone(): void {
        this.#deadlineMs = performance.now() + startTimeoutMs;
    }

    #tell(text: string): void {
        if (text === this.#told) return;
        this.#told = text;
        this.#options.onProgress?.(text);
    }
}

async function makePrivate(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Some file systems have no modes, and a folder of another user keeps its own; the files
    // within are the server's, and private by themselves.
    await chmod(folder, 0o700).catch(() => undefined);
}

/** Ends a server of ours whose socket was deleted; it saves its data, and a new one can start. */
function stopDeaf(holder: LockHolder | undefined): void {
    if (holder === undefined) return;
    try {
        process.kill(holder.pid, "SIGTERM");
    } catch {
        // It ended by itself meanwhile.
    }
}

function notAnswering(holder: LockHolder | undefined): AppError {
    const which = holder === undefined ? "" : ` (process ${holder.pid})`;
    return new AppError(
        "store-unavailable",
        `The Redis server of the data folder${which} does not answer.`,
        {
            retryable: true,
            remedy: "If this lasts, stop that process; the next start brings up a new server.",
        },
    );
}

function translateFolderError(error: unknown): unknown {
    if (isAppError(error) || !(error instanceof Error) || !("code" in error)) return error;
    const full = error.code === "ENOSPC" || error.code === "EDQUOT";
    return new AppError("store-failed", "The data folder of Redis cannot be written.", {
        remedy: full
            ? "Free space on the disk."
            : "Give the user that runs this program read and write access to the data folder.",
        cause: error,
    });
}
