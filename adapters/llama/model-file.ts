import { open, stat } from "node:fs/promises";
import { type GgufFileInfo, readGgufFileInfo } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import { describeShape } from "./model-shape.ts";
import type { ModelShape } from "./memory-needs.ts";
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
}

/**
 * Reads a GGUF file's header and checks that all its tensors are there. Loads nothing.
 *
 * @throws `model-missing`, `model-invalid` (no GGUF file, cut off, a projector, a kind of model that
 * does not write answers).
 */
export async function inspectModelFile(path: string): Promise<ModelFile> {
    await refuseForeignFile(path);
    const info = await readHeader(path);
    const { name } = info.metadata.general;
    const architecture: string = info.metadata.general.architecture;
    refuseOtherKind(path, architecture);
    const byteSize = await checkSize(path, info);
    const tensors = info.fullTensorInfo ?? [];
    const contextTokens = info.architectureMetadata.context_length;
    return {
        architecture,
        ...(name === undefined ? {} : { name }),
        parameters: inWords(tensors.reduce((sum, tensor) => sum + tensorElements(tensor), 0)),
        ...(contextTokens === undefined ? {} : { contextTokens }),
        shape: describeShape(info),
        byteSize,
    };
}

// Of llama.cpp's architectures: for comparing texts, for translating from a whole text, for sounds, and
// those that write all words of an answer at once
const otherKinds = /bert|embed|^t5|^wavtokenizer|^dream$|^llada|^rnd1$/;

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
 * The texts of all tokens of a model, in their order. With a large vocabulary this takes a quarter of a second.
 *
 * @throws `model-missing`, `model-invalid`.
 */
export async function readTokens(path: string): Promise<readonly string[]> {
    await refuseForeignFile(path);
    const [, ...others] = vocabulary;
    const { metadata } = await readHeader(path, others);
    const { ggml }: Partial<GgufFileInfo["metadata"]["tokenizer"]> = metadata.tokenizer;
    return ggml?.tokens ?? [];
}

async function refuseForeignFile(path: string): Promise<void> {
    const start = await readStart(path);
    const magic = start.toString("latin1");
    if (magic.startsWith("GGUF") && isPlausible(start)) return;
    if (magic.startsWith("GGUF")) {
        throw new AppError("model-invalid", `The header of the model file ${path} is damaged.`, {
            remedy: downloadAgain,
        });
    }
    const message = magic === "" ? "is empty" : "is not a GGUF file";
    throw new AppError("model-invalid", `The model file ${path} ${message}.`, {
        remedy: explainContent(magic),
    });
}

// Of the largest models that there are, a hundred times
const mostEntries = 1e6;

/** Whether the version and the numbers of tensors and values can be true: the library would count to any. */
function isPlausible(start: Buffer): boolean {
    if (start.length < 24) return true;
    const counts = [start.readBigUInt64LE(8), start.readBigUInt64LE(16)];
    return [2, 3].includes(start.readUInt32LE(4)) && counts.every((count) => count < mostEntries);
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
        throw new AppError("model-invalid", `The model file ${path} cannot be read.`, {
            remedy:
                code === "EISDIR"
                    ? "It is a folder: set model.file in clinic.yaml to the GGUF file in it."
                    : "Allow the account that runs the program to read it.",
            cause: error,
        });
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

// Hundreds of thousands of texts, which the library reads when it loads the model
const vocabulary = ["tokens", "merges", "token_type", "scores"].map(
    (name) => `tokenizer.ggml.${name}`,
);

async function readHeader(path: string, ignoreKeys = vocabulary): Promise<GgufFileInfo> {
    try {
        const info = await readGgufFileInfo(path, {
            sourceType: "filesystem",
            logWarnings: false,
            ignoreKeys,
        });
        if (isComplete(info)) return info;
        throw new Error("The header ends too early.");
    } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") {
            throw new AppError("model-missing", `A part of the split model ${path} is missing.`, {
                remedy: "Download all parts (…-00001-of-…) into the same folder.",
                cause: error,
            });
        }
        throw new AppError(
            "model-invalid",
            `The model file ${path} is damaged or cut off within its header.`,
            { remedy: downloadAgain, cause: error },
        );
    }
}

/** The reader takes zeros for what a file that was cut off within its header lacks. */
function isComplete({ metadata, fullTensorInfo = [] }: GgufFileInfo): boolean {
    const { general }: Partial<GgufFileInfo["metadata"]> = metadata;
    return (
        general?.architecture !== undefined &&
        fullTensorInfo.length > 0 &&
        fullTensorInfo.every(({ name }) => name !== "")
    );
}

const downloadAgain = "Download it again completely, and compare its size with the source's.";

async function checkSize(path: string, info: GgufFileInfo): Promise<number> {
    let total = 0;
    for (const [index, source] of info.sourceData.entries()) {
        const part = source.type === "path" ? source.path : path;
        const { size } = await stat(part);
        const tensors = (info.fullTensorInfo ?? []).filter(
            ({ filePart }) => filePart === index + 1,
        );
        const needed = tensors.reduce((end, tensor) => Math.max(end, tensorEnd(tensor)), 0);
        if (size < needed) {
            throw new AppError(
                "model-invalid",
                `The model file ${part} is cut off: it has ${size} bytes of at least ${needed}.`,
                { remedy: downloadAgain },
            );
        }
        total += size;
    }
    return total;
}

function inWords(parameters: number): string {
    return parameters >= 1e9
        ? `${(parameters / 1e9).toFixed(1)} billion`
        : `${(parameters / 1e6).toFixed(1)} million`;
}
