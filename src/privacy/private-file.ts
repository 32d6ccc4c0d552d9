import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../errors.ts";

/**
 * Makes a file that only its owner can read, complete or not at all, unless it exists: of several
 * processes that try at once, one succeeds. A folder that is missing is made for the owner alone.
 *
 * @returns whether this call has made it.
 * @throws `config-invalid` when the folder cannot be written to.
 */
export async function createPrivateFile(path: string, content: string): Promise<boolean> {
    return await translated(path, async () => {
        const draft = await writeDraft(path, content);
        try {
            await link(draft, path);
            return true;
        } catch (error) {
            if (isCode(error, "EEXIST")) return false;
            throw error;
        } finally {
            await unlink(draft);
        }
    });
}

/**
 * Replaces a file by another content that only its owner can read: a reader sees the old one or the
 * new one.
 *
 * @throws `config-invalid` when the folder cannot be written to.
 */
export async function replacePrivateFile(path: string, content: string): Promise<void> {
    await translated(path, async () => await rename(await writeDraft(path, content), path));
}

/** Whether a foreign error has this system code. */
export function isCode(error: unknown, code: string): boolean {
    return error instanceof Error && "code" in error && error.code === code;
}

async function writeDraft(path: string, content: string): Promise<string> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = join(folder, `.${randomUUID()}`);
    const file = await open(draft, "wx", 0o600);
    try {
        await file.writeFile(content);
        await file.sync();
    } finally {
        await file.close();
    }
    return draft;
}

async function translated<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
    try {
        return await work();
    } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
        throw new AppError("config-invalid", `The file ${path} cannot be written (${code}).`, {
            remedy: "Let the user who runs this program write to its folder.",
            cause: error,
        });
    }
}
