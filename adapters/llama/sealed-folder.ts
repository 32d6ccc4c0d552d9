import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, open, readdir, rename, rm, statfs, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describeError, type Logger } from "../../src/log.ts";
import { LeastRecentlyUsed } from "./least-recently-used.ts";
import {
    digestOf,
    hasFormat,
    sealedBytes,
    type SealedName,
    totalBytes,
    unseal,
    writeSealed,
} from "./sealed-file.ts";

/** How a folder of sealed files is kept. */
export interface SealedFolderOptions {
    /** Is made where it is missing, and holds nothing else. */
    readonly folder: string;
    /** Of all files together; 0: nothing is kept. */
    readonly maxBytes: number;
    /** What nobody has used for so long is removed. */
    readonly keepForMs: number;
    /** So much of the disk is left to others. Default: 1 GiB. */
    readonly reserveBytes?: number;
    /** How long nothing is written after a failure. Default: 10 minutes. */
    readonly pauseMs?: number;
    readonly logger: Logger;
}

interface FoundFile {
    readonly path: string;
    readonly isDraft: boolean;
    readonly bytes: number;
    readonly usedAtMs: number;
}

const namePattern = /^[0-9a-f]{32}\.sealed(?<draft>\.[0-9a-f]{8}\.draft)?$/;
/** A file that is being written is touched all the time; one at rest was left by a killed process. */
const draftAtRestMs = 60_000;
/** Looking through the folder stays quick. */
const mostFiles = 4_096;
const rememberedNames = 10_000;

/**
 * Files that are kept as long as there is room, each sealed under a key of its own: a cache, of
 * which any file may be gone at any time. Several processes may share a folder. No fault of the disk
 * ever reaches the caller: writing then rests for a while, and the log says so once.
 */
export class SealedFolder {
    readonly #options: Required<SealedFolderOptions>;
    readonly #writing = new Map<string, AbortController>();
    /** The paths of names, for those who forget a name without having its key. */
    readonly #paths = new LeastRecentlyUsed<string, string>(rememberedNames);
    #restsUntilMs = 0;
    #warned = false;

    private constructor(options: SealedFolderOptions) {
        this.#options = { reserveBytes: 2 ** 30, pauseMs: 10 * 60_000, ...options };
    }

    /** Opens a folder and removes what is too old, too much, half-written or of another format. */
    static async open(options: SealedFolderOptions): Promise<SealedFolder> {
        const folder = new SealedFolder(options);
        await folder.#attempt(async () => {
            if (options.maxBytes > 0) await folder.#make();
            await folder.#removeForeign();
            await folder.#makeRoom(0);
        });
        return folder;
    }

    /**
     * Keeps a content in place of an earlier one of this name and key. Its parts must not change meanwhile.
     *
     * @param usedAtMs When it was used last, in milliseconds since 1970. Default: now.
     * @returns whether it is kept.
     */
    async put(
        name: string,
        key: Uint8Array,
        parts: readonly Uint8Array[],
        usedAtMs = Date.now(),
    ): Promise<boolean> {
        const bytes = sealedBytes(totalBytes(parts));
        if (bytes > this.#options.maxBytes || Date.now() < this.#restsUntilMs) return false;
        const path = this.#pathOf({ name, key });
        const draft = `${path}.${randomBytes(4).toString("hex")}.draft`;
        const stop = new AbortController();
        this.#writing.get(path)?.abort();
        this.#writing.set(path, stop);
        const isKept = await this.#attempt(async () => {
            await this.#make();
            await rm(path, { force: true });
            await this.#makeRoom(bytes);
            await writeSealed(draft, { name, key }, parts, stop.signal);
            await rename(draft, path);
            await utimes(path, new Date(), new Date(usedAtMs));
            // Others may have written meanwhile
            await this.#makeRoom(0);
        }, stop.signal);
        if (!isKept) await rm(draft, { force: true }).catch(() => undefined);
        // Somebody else writes under this name by now
        if (this.#writing.get(path) !== stop) return false;
        this.#writing.delete(path);
        if (isKept && !stop.signal.aborted) {
            this.#warned = false;
            return true;
        }
        await this.#remove(path);
        return false;
    }

    /** The content, which counts as used now; `undefined` when it is gone, damaged or was never there. Never fails. */
    async get(name: string, key: Uint8Array): Promise<Buffer | undefined> {
        const path = this.#pathOf({ name, key });
        const file = await open(path, "r").catch(() => undefined);
        if (file === undefined) return undefined;
        try {
            const content = await unseal({ name, key }, file, this.#options.maxBytes);
            if (content !== undefined) {
                const now = new Date();
                await file.utimes(now, now).catch(() => undefined);
                return content;
            }
        } catch (error) {
            this.#options.logger.debug(describeError(error), "a sealed file could not be read");
        } finally {
            await file.close().catch(() => undefined);
        }
        await this.#remove(path);
        return undefined;
    }

    /**
     * Removes what is kept or being written under a name. Never fails.
     *
     * @param key Absent: that of the last call with this name in this process.
     */
    async drop(name: string, key?: Uint8Array): Promise<void> {
        const paths = new Set([this.#paths.get(name), key && this.#pathOf({ name, key })]);
        this.#paths.delete(name);
        for (const path of paths) {
            if (path === undefined) continue;
            this.#writing.get(path)?.abort();
            await this.#remove(path);
        }
    }

    #pathOf(sealedName: SealedName): string {
        const path = join(this.#options.folder, `${digestOf(sealedName)}.sealed`);
        this.#paths.set(sealedName.name, path, 1);
        return path;
    }

    async #make(): Promise<void> {
        await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
        await chmod(this.#options.folder, 0o700);
    }

    async #remove(path: string): Promise<void> {
        await this.#attempt(async () => await rm(path, { force: true }));
    }

    /** Whether the work was done; a fault of the disk is told once, and an abort is no fault. */
    async #attempt(work: () => Promise<void>, signal?: AbortSignal): Promise<boolean> {
        try {
            await work();
            return true;
        } catch (error) {
            if (signal?.aborted === true) return false;
            this.#restsUntilMs = Date.now() + this.#options.pauseMs;
            const level = this.#warned ? "debug" : "warn";
            this.#warned = true;
            this.#options.logger[level](
                { folder: this.#options.folder, ...describeError(error) },
                "what the model has read is not kept on disk: the disk is full, or the folder cannot be written to",
            );
            return false;
        }
    }

    /**
     * Removes what was used longest ago, until there is room for a file.
     *
     * @throws NoRoom when the disk is filled by others.
     */
    async #makeRoom(bytes: number): Promise<void> {
        const { folder, maxBytes, reserveBytes } = this.#options;
        const files = await this.#look();
        const kept = files.reduce((sum, file) => sum + file.bytes, 0);
        let surplusFiles = files.length + Number(bytes > 0) - mostFiles;
        let missing = kept + bytes - maxBytes;
        if (bytes > 0)
            missing = Math.max(missing, bytes + reserveBytes - (await freeBytes(folder)));
        const whole = files.filter(({ isDraft }) => !isDraft);
        for (const file of whole.sort((a, b) => a.usedAtMs - b.usedAtMs)) {
            if (missing <= 0 && surplusFiles <= 0) return;
            await rm(file.path, { force: true });
            missing -= file.bytes;
            surplusFiles--;
        }
        if (missing > 0) throw new NoRoom();
    }

    async #removeForeign(): Promise<void> {
        for (const { path, isDraft } of await this.#look()) {
            if (!isDraft && !(await hasFormat(path))) await rm(path, { force: true });
        }
    }

    /** All files of the folder but those that nobody will use any more, which are removed. */
    async #look(): Promise<FoundFile[]> {
        const { folder, keepForMs } = this.#options;
        const names = await readdir(folder).catch(() => []);
        const now = Date.now();
        const looked = names.map(async (name): Promise<FoundFile | undefined> => {
            const match = namePattern.exec(name);
            if (match === null) return undefined;
            const path = join(folder, name);
            const found = await lstat(path).catch(() => undefined);
            if (found === undefined) return undefined;
            const isDraft = match.groups?.["draft"] !== undefined;
            if (now - found.mtimeMs <= (isDraft ? draftAtRestMs : keepForMs)) {
                return { path, isDraft, bytes: found.size, usedAtMs: found.mtimeMs };
            }
            await rm(path, { force: true });
            return undefined;
        });
        return (await Promise.all(looked)).filter((file) => file !== undefined);
    }
}

class NoRoom extends Error {
    override name = "NoRoom";
    readonly code = "ENOSPC";
}

async function freeBytes(folder: string): Promise<number> {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
}
