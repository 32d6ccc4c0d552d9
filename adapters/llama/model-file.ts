import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { AppError } from "../../src/errors.ts";
import type { ByteRange } from "./gguf-header.ts";
import type { ModelShape } from "./memory-needs.ts";
import { damagedHeader } from "./model-file-errors.ts";
import { readParts, refuseCut } from "./model-parts.ts";
import { describeShape } from "./model-shape.ts";
import { refuseForeignFile } from "./model-start.ts";
import { tensorElements } from "./tensor-bytes.ts";

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
const otherKinds = /bert|-embed(?:ding)?$|^t5|^wavtokenizer|tts$|^dream$|^llada|^rnd1$/;

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

function inWords(parameters: number): string {
    return parameters >= 1e9
        ? `${(parameters / 1e9).toFixed(1)} billion`
        : `${(parameters / 1e6).toFixed(1)} million`;
}
