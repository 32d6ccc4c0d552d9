import { open } from "node:fs/promises";
import { AppError } from "../../src/errors.ts";
import { downloadAgain, isAbsent, unreadable } from "./model-file-errors.ts";

/**
 * Looks at a file's first bytes, which tell what has been put there in place of a model.
 *
 * @throws `model-missing`, `model-invalid`.
 */
export async function refuseForeignFile(path: string): Promise<void> {
    const start = await readStart(path);
    const magic = start.toString("latin1");
    if (!magic.startsWith("GGUF")) {
        const message = magic === "" ? "is empty" : "is not a GGUF file";
        throw new AppError("model-invalid", `The model file ${path} ${message}.`, {
            remedy: explainContent(magic),
        });
    }
    if (start.length >= 8) refuseForeignVersion(path, start);
}

const readVersions = [2, 3];

function refuseForeignVersion(path: string, start: Buffer): void {
    const version = start.readUInt32LE(4);
    if (readVersions.includes(version)) return;
    const foreign =
        version === 1
            ? "is of version 1 of the GGUF format, which is too old"
            : readVersions.includes(start.readUInt32BE(4))
              ? "is a GGUF file for other processors (big-endian)"
              : undefined;
    if (foreign !== undefined) {
        throw new AppError("model-invalid", `The model file ${path} ${foreign}.`, {
            remedy: "Convert the model to GGUF anew, as the README describes, or download a newer file of it.",
        });
    }
    throw new AppError("model-invalid", `The header of the model file ${path} is damaged.`, {
        remedy: downloadAgain,
    });
}

async function readStart(path: string): Promise<Buffer> {
    try {
        const file = await open(path);
        try {
            const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
            return buffer.subarray(0, bytesRead);
        } finally {
            await file.close();
        }
    } catch (error) {
        if (isAbsent(error)) {
            throw new AppError("model-missing", `There is no model file ${path}.`, {
                remedy: "Fetch it with bimedix2 pull and the name of the model's profile, put the GGUF file there, or correct model.file in clinic.yaml.",
                cause: error,
            });
        }
        throw unreadable(path, error);
    }
}

function explainContent(start: string): string {
    if (start.startsWith("version https://git-lfs")) {
        return "It is only a Git LFS pointer: run git lfs pull in its folder.";
    }
    if (/^\s*</.test(start)) {
        return "It is a web page that was saved in place of the file: download the file itself.";
    }
    return "Download the model again, or convert it to GGUF as the README describes.";
}
