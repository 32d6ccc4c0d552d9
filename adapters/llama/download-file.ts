import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, stat, statfs } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AppError, isAppError } from "../../src/errors.ts";
import { type FileAddress, locateFile, refused, unreachable } from "./remote-file.ts";

/** How far something is, in bytes. */
export type OnBytes = (done: number, total: number) => void;

/** The end of the name of a file that is not complete yet: node-llama-cpp's downloader writes it. */
const partialEnding = ".ipull";

/**
 * Downloads a file to a path, or goes on with what an earlier call left there.
 *
 * @throws `download-failed`, `aborted`; what is there already stays for the next call.
 */
export async function downloadFile(
    address: FileAddress,
    path: string,
    onBytes: OnBytes,
    signal: AbortSignal,
): Promise<void> {
    // The downloader would take the token along to whatever host a redirection names.
    const { url, token } = await locateFile(address, signal);
    try {
        await mkdir(dirname(path), { recursive: true });
        // Takes seconds to load, and nothing else here needs it
        const { createModelDownloader } = await import("node-llama-cpp");
        const downloader = await createModelDownloader({
            modelUri: url,
            dirPath: dirname(path),
            fileName: basename(path),
            deleteTempFileOnCancel: false,
            onProgress: ({ downloadedSize, totalSize }) => onBytes(downloadedSize, totalSize),
            ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
        });
        await downloader.download({ signal });
    } catch (error) {
        throw translate(error, url, path, signal);
    }
    // A cancelled download may end without an error
    if (signal.aborted) throw stopped();
}

function translate(error: unknown, url: string, path: string, signal: AbortSignal): AppError {
    if (signal.aborted) return stopped();
    if (isAppError(error)) return error;
    if (error instanceof Error && "statusCode" in error) {
        return refused(url, Number(error.statusCode), error);
    }
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOSPC" || code === "EDQUOT") {
        return new AppError("download-failed", `The disk is full: ${dirname(path)}.`, {
            remedy: "Make room and run the same command again: it goes on where it was.",
            cause: error,
        });
    }
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
        return new AppError("download-failed", `Nothing can be written to ${dirname(path)}.`, {
            remedy: "Run the command as the account that runs the program, or let that account write there.",
            cause: error,
        });
    }
    return unreachable(url, error);
}

function stopped(): AppError {
    return new AppError("aborted", "The download was stopped.", {
        remedy: "Run the same command again: it goes on where it was.",
    });
}

/** How many bytes an incomplete download takes on the disk already. */
export async function partialBytes(path: string): Promise<number> {
    const partial = await stat(path + partialEnding).catch(() => undefined);
    return partial === undefined ? 0 : partial.blocks * 512;
}

/** Free bytes on the disk on which a path would lie. */
export async function freeBytes(path: string): Promise<number> {
    try {
        const { bavail, bsize } = await statfs(path);
        return bavail * bsize;
    } catch (error) {
        const parent = dirname(path);
        if (parent === path) throw error;
        return await freeBytes(parent);
    }
}

/**
 * A file's SHA-256 in hexadecimal.
 *
 * @throws `aborted`.
 */
export async function sha256Of(
    path: string,
    onBytes: OnBytes,
    signal: AbortSignal,
): Promise<string> {
    const hash = createHash("sha256");
    const { size } = await stat(path);
    let done = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
        if (signal.aborted) throw stopped();
        const bytes = chunk as Buffer;
        hash.update(bytes);
        done += bytes.length;
        onBytes(done, size);
    }
    return hash.digest("hex");
}
