import { createHash } from "node:crypto";
import { lstat, mkdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";

/** Longest path of a Unix socket: 104 bytes with the final zero on macOS, 108 on Linux. */
const longestPathBytes = 103;

/**
 * Where the server of a folder listens: within the folder, or, when that path is too long for a
 * socket, in a private folder for temporary files.
 *
 * @throws `store-failed` when that private folder is not ours
 */
export async function chooseSocketPath(folder: string): Promise<string> {
    const within = join(folder, "redis.sock");
    if (Buffer.byteLength(within) <= longestPathBytes) return within;

    const name = createHash("sha256")
        .update(await realpath(folder))
        .digest("hex")
        .slice(0, 16);
    const owner = process.getuid?.() ?? 0;
    for (const base of [tmpdir(), "/tmp"]) {
        const path = join(base, `bimedix2-${owner}`, `${name}.sock`);
        if (Buffer.byteLength(path) > longestPathBytes) continue;
        await makePrivateFolder(join(base, `bimedix2-${owner}`), owner);
        return path;
    }
    throw new AppError("store-failed", "The path of the data folder is too long for Redis.", {
        remedy: "Use a data folder with a shorter path.",
    });
}

/** Anyone can create a folder in /tmp: one that is not ours alone must not hold our socket. */
async function makePrivateFolder(folder: string, owner: number): Promise<void> {
    await mkdir(folder, { mode: 0o700, recursive: true });
    const status = await lstat(folder);
    if (status.isDirectory() && status.uid === owner && (status.mode & 0o077) === 0) return;
    throw new AppError("store-failed", `The folder ${folder} is open to other users.`, {
        remedy: "Remove it, or use a data folder with a shorter path.",
    });
}
