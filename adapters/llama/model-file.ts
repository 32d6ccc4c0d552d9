import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { AppError } from "../../src/errors.ts";
import { type ByteRange, type GgufHeader, readGgufHeader } from "./gguf-header.ts";
import { describeShape } from "./model-shape.ts";
import type { ModelShape } from "./memory-needs.ts";
import { splitParts } from "./split-parts.ts";
import { tensorElements, tensorEnd } from "./tensor-bytes.ts";

/** A language model's file, for people. */
export interface ModelFile {
    /** For example `llama`. */
    readonly architecture: string;
    /** The model's own name, where the file states one. */
    readonly name?: string;
    /** For example `8.0 billion`. */
    readonly parameters: string;
    /** The context that the model was trained with. */
    readonly contextTokens?: number;
    /** What decides how much memory it takes. */
    readonly shape: ModelShape;
    /** All parts of a split file together. */
    readonly byteSize: number;
    /** Where the texts of its tokens stand, for `digestTokens`; absent: it names none. */
    readonly tokens?: ByteRange & { readonly path: string };
}

/**
 * Reads a GGUF file's header and checks that all its tensors are there. Loads nothing.
 *
 * @throws `model-missing`, `model-invalid` (no GGUF file, cut off, a projector, a kind of model that
 * does not write answers).
 */
export async function inspectModelFile(path: string): Promise<ModelFile> {
    await refuseForeignFile(path);
    const parts = await readParts(path);
    const [{ metadata, tokens, path: firstPath }] = parts;
    const tensors = parts.flatMap((part) => part.tensors);
    const architecture = metadata.get("general.architecture");
    if (typeof architecture !== "string" || tensors.length === 0) throw damagedHeader(path);
    refuseOtherKind(path, architecture);
    for (const part of parts) refuseCut(part);
    const name = metadata.get("general.name");
    const contextTokens = metadata.get(`${architecture}.context_length`);
    return {
        architecture,
        ...(typeof name === "string" && { name }),
        parameters: inWords(tensors.reduce((sum, tensor) => sum + tensorElements(tensor), 0)),
        ...(typeof contextTokens === "number" && { contextTokens }),
        shape: describeShape({ metadata, tensors }),
        byteSize: parts.reduce((sum, part) => sum + part.byteSize, 0),
        ...(tokens && { tokens: { ...tokens, path: firstPath } }),
    };
}

// Of llama.cpp's architectures: for comparing texts, for translating from a whole text, for sounds, and
// those that write all words of an answer at once
const otherKinds = /bert|-embed(?:ding)?$|^t5|^wavtokenizer|^dream$|^llada|^rnd1$/;

/** llama.cpp would end the whole process while it opens or asks some of them. */
function refuseOtherKind(path: string, architecture: string): void {
    if (architecture === "clip") {
        throw new AppError(
            "model-invalid",
            `The model file ${path} holds a projector (mmproj), not a language model.`,
            {
                remedy: "In clinic.yaml, set model.file to the language model and model.projector to this file.",
            },
        );
    }
    if (!otherKinds.test(architecture)) return;
    throw new AppError(
        "model-invalid",
        `The model file ${path} holds a model of the kind ${architecture}, which does not write answers word by word.`,
        { remedy: "In clinic.yaml, set model.file to a model for conversations." },
    );
}

/**
 * A digest of the texts of all tokens of a model, in their order: equal if and only if they are.
 *
 * @throws what the file system throws.
 */
export async function digestTokens({ tokens }: ModelFile): Promise<string> {
    const hash = createHash("sha256");
    if (tokens === undefined || tokens.start === tokens.end) return hash.digest("hex");
    const { path, start, end } = tokens;
    // Each text stands after its length, which keeps "a", "bc" apart from "ab", "c"
    for await (const piece of createReadStream(path, { start, end: end - 1 })) {
        hash.update(piece as Buffer);
    }
    return hash.digest("hex");
}

async function refuseForeignFile(path: string): Promise<void> {
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
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "ENOENT" || code === "ENOTDIR") {
            throw new AppError("model-missing", `There is no model file ${path}.`, {
                remedy: "Fetch it with bimedix2 pull and the name of the model's profile, put the GGUF file there, or correct model.file in clinic.yaml.",
                cause: error,
            });
        }
        throw unreadable(path, error);
    }
}

function unreadable(path: string, cause: unknown): AppError {
    const isFolder = cause instanceof Error && "code" in cause && cause.code === "EISDIR";
    return new AppError("model-invalid", `The model file ${path} cannot be read.`, {
        remedy: isFolder
            ? "It is a folder: set model.file in clinic.yaml to the GGUF file in it."
            : "Allow the account that runs the program to read it.",
        cause,
    });
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

/** One file of a model that may be split into several. */
interface ModelPart extends GgufHeader {
    readonly path: string;
}

async function readParts(path: string): Promise<readonly [ModelPart, ...ModelPart[]]> {
    const [first, ...others] = splitParts(path);
    const parts: [ModelPart, ...ModelPart[]] = [await readPart(first)];
    for (const other of others) parts.push(await readPart(other));
    return parts;
}

async function readPart(path: string): Promise<ModelPart> {
    try {
        return { path, ...(await readGgufHeader(path)) };
    } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") {
            throw new AppError("model-missing", `A part of the split model ${path} is missing.`, {
                remedy: "Download all parts (…-00001-of-…) into the same folder.",
                cause: error,
            });
        }
        if (error instanceof Error && "code" in error) throw unreadable(path, error);
        throw damagedHeader(path, error);
    }
}

function damagedHeader(path: string, cause?: unknown): AppError {
    return new AppError(
        "model-invalid",
        `The model file ${path} is damaged or cut off within its header.`,
        { remedy: downloadAgain, cause },
    );
}

const downloadAgain = "Download it again completely, and compare its size with the source's.";

function refuseCut({ path, tensors, byteSize }: ModelPart): void {
    const needed = tensors.reduce((end, tensor) => Math.max(end, tensorEnd(tensor)), 0);
    if (byteSize >= needed) return;
    throw new AppError(
        "model-invalid",
        `The model file ${path} is cut off: it has ${byteSize} bytes of at least ${needed}.`,
        { remedy: downloadAgain },
    );
}

function inWords(parameters: number): string {
    return parameters >= 1e9
        ? `${(parameters / 1e9).toFixed(1)} billion`
        : `${(parameters / 1e6).toFixed(1)} million`;
}
