import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { AppError } from "../../src/errors.ts";
import type { Attachment } from "../../src/message.ts";

/** The attachment that stands for a file on this machine; `~` is the home folder. */
export function localAttachment(path: string): Attachment {
    const expanded = path === "~" || path.startsWith("~/") ? homedir() + path.slice(1) : path;
    return { kind: "image", id: resolve(expanded) };
}

/**
 * The bytes of a local file.
 *
 * @throws `attachment-unavailable`, `attachment-too-large`.
 */
export async function readLocalFile({ id }: Attachment, maxBytes: number): Promise<Uint8Array> {
    try {
        const found = await stat(id);
        // A device or pipe has no end that could be checked, and reading it may never return.
        if (!found.isFile()) {
            throw new AppError("attachment-unavailable", "That is not a file.");
        }
        const { size } = found;
        if (size > maxBytes) {
            throw new AppError("attachment-too-large", "The file is larger than allowed.");
        }
        return await readFile(id);
    } catch (cause) {
        if (cause instanceof AppError) throw cause;
        throw new AppError("attachment-unavailable", "The file cannot be read.", {
            remedy: "Check that the file exists and that you may read it.",
            cause,
        });
    }
}
