import { randomUUID } from "node:crypto";
import { chmod, chown, realpath, rename, stat, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError } from "../errors.ts";

/**
 * Replaces a file of the administrator's: a reader sees the old text or the new one. Mode and owner
 * stay. The new text first stands beside the old one, where it can be checked.
 *
 * @param check Is given the path of the new text; whatever it throws leaves the old one in place.
 * @throws `config-invalid` when the file cannot be written.
 */
export async function replaceFile(
    path: string,
    text: string,
    check: (draft: string) => Promise<void> | void,
): Promise<void> {
    // What a link leads to is replaced, not the link.
    const target = await realpath(path).catch(() => path);
    const draft = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}`);
    try {
        const before = await stat(target).catch(() => undefined);
        await writeFile(draft, text, before ? { mode: before.mode & 0o777 } : {});
        if (before) await keepOwner(draft, before);
        await check(draft);
        await rename(draft, target).catch(async (error: unknown) => {
            // A file that a container has mounted by itself can only be written to.
            if (!isBusy(error)) throw error;
            await writeFile(target, text);
        });
    } catch (error) {
        throw error instanceof AppError ? error : cannotWrite(path, error);
    } finally {
        await unlink(draft).catch(() => undefined);
    }
}

async function keepOwner(
    draft: string,
    { mode, uid, gid }: { readonly mode: number; readonly uid: number; readonly gid: number },
): Promise<void> {
    await chmod(draft, mode & 0o777);
    // Only root may give a file away; for others the owner is the one who writes.
    await chown(draft, uid, gid).catch(() => undefined);
}

function isBusy(error: unknown): boolean {
    return error instanceof Error && "code" in error && error.code === "EBUSY";
}

function cannotWrite(path: string, error: unknown): AppError {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return new AppError("config-invalid", `The file ${path} cannot be written (${code}).`, {
        remedy: `Run the command as a user who may write there, or let its group do so: sudo chmod g+w ${dirname(path)} ${path}`,
        cause: error,
    });
}
