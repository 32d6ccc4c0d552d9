/** A file of lines that several processes add to. */
import { createReadStream } from "node:fs";
import { type FileHandle, open, stat, unlink } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../errors.ts";
import { isCode } from "./private-file.ts";

/** The last line of a file, without its end. */
export interface LastLine {
    readonly text: string;
    /** How many lines there are; reads the whole file. */
    readonly count: () => Promise<number>;
}

const lockPatienceMs = 10_000;
/** Longer than any line but one of hundreds of settings. */
const tailBytes = 16 * 1024;
const lineFeed = 10;

/**
 * Adds a line while no other process does, and resolves when it is on the disk. Reads only the end
 * of the file.
 *
 * @param write Gives the new line; told the last one, if there is any.
 * @throws `config-invalid` when the file cannot be written.
 */
export async function appendAlone(
    path: string,
    write: (last: LastLine | undefined) => Promise<string> | string,
): Promise<void> {
    await locked(path, async () => {
        const file = await open(path, "a+", 0o600);
        try {
            const { last, isCutOff } = await readEnd(file, path);
            const line = await write(last);
            await file.appendFile(`${isCutOff ? "\n" : ""}${line}\n`);
            await file.sync();
        } finally {
            await file.close();
        }
    });
}

/**
 * None for a file that does not exist. A last line that was cut off is one as well.
 *
 * @throws `config-invalid` when it cannot be read.
 */
export async function* linesOf(path: string): AsyncGenerator<string> {
    try {
        await stat(path);
    } catch (error) {
        if (isCode(error, "ENOENT")) return;
        throw cannot("read", path, error);
    }
    yield* createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}

async function readEnd(
    file: FileHandle,
    path: string,
): Promise<{ readonly last?: LastLine; readonly isCutOff: boolean }> {
    const { size } = await file.stat();
    if (size === 0) return { isCutOff: false };
    for (let length = Math.min(size, tailBytes); ; length = Math.min(size, 4 * length)) {
        const end = Buffer.alloc(length);
        await file.read(end, 0, length, size - length);
        // A process that died while it wrote has left a line without an end.
        const isCutOff = end[length - 1] !== lineFeed;
        const text = isCutOff ? end : end.subarray(0, -1);
        const before = text.lastIndexOf(lineFeed);
        if (before < 0 && length < size) continue;
        const last = { text: text.toString("utf8", before + 1), count: () => countLines(path) };
        return { last, isCutOff };
    }
}

async function countLines(path: string): Promise<number> {
    let count = 0;
    const lines = linesOf(path);
    while (!(await lines.next()).done) count += 1;
    return count;
}

/** One at a time; what a process that died has left is taken away. */
async function locked(path: string, work: () => Promise<void>): Promise<void> {
    const lock = `${path}.lock`;
    while (!(await isTaken(lock, path))) {
        if (await isLeft(lock)) await clear(lock, path);
        await sleep(10);
    }
    try {
        await work();
    } catch (error) {
        throw error instanceof AppError ? error : cannot("write", path, error);
    } finally {
        await unlink(lock).catch(() => undefined);
    }
}

/** Whether it is ours now; `false`: somebody else has it. */
async function isTaken(lock: string, path: string): Promise<boolean> {
    try {
        await (await open(lock, "wx", 0o600)).close();
        return true;
    } catch (error) {
        if (isCode(error, "EEXIST")) return false;
        throw cannot("write", path, error);
    }
}

/** Takes a lock away that was left. One process does so: a second would take the next one's away. */
async function clear(lock: string, path: string): Promise<void> {
    const clearing = `${lock}.clearing`;
    if (await isTaken(clearing, path)) {
        if (await isLeft(lock)) await unlink(lock).catch(() => undefined);
        await unlink(clearing).catch(() => undefined);
    } else if (await isLeft(clearing)) {
        await unlink(clearing).catch(() => undefined);
    }
}

/** Whether a lock is older than any work; one that somebody has just taken over is not. */
async function isLeft(lock: string): Promise<boolean> {
    try {
        return Date.now() - (await stat(lock)).mtimeMs > lockPatienceMs;
    } catch {
        return false;
    }
}

function cannot(what: "read" | "write", path: string, error: unknown): AppError {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const done = what === "read" ? "read" : "written";
    return new AppError("config-invalid", `The records ${path} cannot be ${done} (${code}).`, {
        remedy: "Let the user who runs this program read and write them.",
        cause: error,
    });
}
