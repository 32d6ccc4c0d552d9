import { AppError } from "../../src/errors.ts";
import { type GgufHeader, readGgufHeader } from "./gguf-header.ts";
import { codeOf, damagedHeader, downloadAgain, isAbsent, unreadable } from "./model-file-errors.ts";
import { splitParts } from "./split-parts.ts";
import { tensorEnd } from "./tensor-bytes.ts";

/** One file of a model that may be split into several. */
export interface ModelPart extends GgufHeader {
    readonly path: string;
}

/**
 * Reads the headers of all files of a model.
 *
 * @param path The file; the first part of a split model.
 * @throws `model-missing`, `model-invalid`.
 */
export async function readParts(path: string): Promise<readonly [ModelPart, ...ModelPart[]]> {
    const [first, ...others] = splitParts(path);
    if (first !== path) throw laterPart(path, first);
    const parts: [ModelPart, ...ModelPart[]] = [await readPart(first)];
    for (const other of others) parts.push(await readPart(other));
    parts.forEach((part, index) => refuseRenamed(part, index, parts.length));
    return parts;
}

async function readPart(path: string): Promise<ModelPart> {
    try {
        return { path, ...(await readGgufHeader(path)) };
    } catch (error) {
        if (isAbsent(error)) {
            throw new AppError("model-missing", `A part of the split model ${path} is missing.`, {
                remedy: "Download all parts (…-00001-of-…) into the same folder.",
                cause: error,
            });
        }
        if (codeOf(error) !== undefined) throw unreadable(path, error);
        throw damagedHeader(path, error);
    }
}

/** llama.cpp finds the other parts by the name of the first. */
function laterPart(path: string, first: string): AppError {
    return new AppError(
        "model-invalid",
        `The model file ${path} is not the first part of a split model.`,
        { remedy: `In clinic.yaml, set model.file to ${first}.` },
    );
}

function refuseRenamed({ path, metadata }: ModelPart, index: number, found: number): void {
    const count = metadata.get("split.count") ?? 0;
    const isSplit = found > 1 || (count !== 0 && count !== 1);
    if (!isSplit || (count === found && metadata.get("split.no") === index)) return;
    throw new AppError(
        "model-invalid",
        `The model file ${path} is a part of a split model, and its name does not say which.`,
        {
            remedy: "Give all parts the names back that they had where they come from (…-00001-of-…), or download them again into the same folder.",
        },
    );
}

/**
 * Checks that all tensors which a header names are in its file.
 *
 * @throws `model-invalid`.
 */
export function refuseCut({ path, tensors, byteSize }: ModelPart): void {
    const needed = tensors.reduce((end, tensor) => Math.max(end, tensorEnd(tensor)), 0);
    if (byteSize >= needed) return;
    throw new AppError(
        "model-invalid",
        `The model file ${path} is cut off: it has ${byteSize} bytes of at least ${needed}.`,
        { remedy: downloadAgain },
    );
}
