import { chmod, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";
import { lockName } from "./session-lock.ts";

/** The folder of versions of WhatsApp Web within a session folder. */
export const versionsName = "versions";
/** The browser's profile within a session folder: the library's own name for it. */
export const profileName = "session";

/**
 * Makes the folder of a session ready: only its owner may enter it, since whoever reads it can
 * speak as the clinic.
 *
 * @throws `config-invalid` when it is not a folder of this user.
 */
export async function openSessionFolder(folder: string): Promise<void> {
    try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const found = await lstat(folder);
        const user = process.getuid?.();
        if (!found.isDirectory()) throw unusable("is not a folder, or is a link to one");
        if (user !== undefined && found.uid !== user) throw unusable("belongs to another user");
        if ((found.mode & 0o777) !== 0o700) await chmod(folder, 0o700);
    } catch (error) {
        if (error instanceof AppError) throw error;
        throw unusable("cannot be written", error);
    }
}

/** Forgets the link and everything that belongs to it; the versions of WhatsApp Web stay. */
export async function clearSessionFolder(folder: string): Promise<void> {
    for (const name of await readdir(folder)) {
        if (name === versionsName || name.startsWith(lockName)) continue;
        await rm(join(folder, name), { recursive: true, force: true, maxRetries: 4 });
    }
}

function unusable(how: string, cause?: unknown): AppError {
    return new AppError("config-invalid", `The folder of the WhatsApp session ${how}.`, {
        remedy: "Choose a folder of the user that runs the assistant, or give it to this user.",
        ...(cause === undefined ? {} : { cause }),
    });
}
