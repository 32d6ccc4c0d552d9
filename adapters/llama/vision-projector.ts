import { stat } from "node:fs/promises";
import { AppError, isAppError } from "../../src/errors.ts";
import { type GgufHeader, readGgufHeader } from "./gguf-header.ts";
import { codeOf, explainSystemError, isAbsent } from "./model-file-errors.ts";
import { tensorEnd } from "./tensor-bytes.ts";
import { projectorRemedy as remedy } from "./vision-errors.ts";

/** What a projector file says of itself. */
export interface ProjectorDescription {
    readonly name: string;
    /** Width and height in pixels of the pictures that it takes. */
    readonly imageSide: number;
    /** Positions that one picture takes in the model's context. */
    readonly imageTokens: number;
    /** Values per position: must equal the language model's embedding size. */
    readonly projectionSize: number;
    /** Layers of the vision tower that the file holds. */
    readonly storedLayers: number;
}

/**
 * Reads a LLaVA projector's description: a few kilobytes of the file, no model. The encoder checks
 * every tensor when it loads the file.
 *
 * @throws `projector-missing`, `projector-invalid`.
 */
export async function readProjector(path: string): Promise<ProjectorDescription> {
    await expectFile(path);
    const header = await readHeader(path);
    try {
        return describe(path, header);
    } catch (cause) {
        if (isAppError(cause)) throw cause;
        throw new AppError("projector-invalid", `The projector file ${path} is damaged.`, {
            remedy,
            cause,
        });
    }
}

async function expectFile(path: string): Promise<void> {
    const found = await stat(path).catch((cause: unknown) => {
        throw isAbsent(cause) ? missing(path, cause) : unreadable(path, codeOf(cause), cause);
    });
    if (found.isDirectory()) throw unreadable(path, "EISDIR");
    if (!found.isFile()) throw missing(path, undefined);
}

function unreadable(path: string, code: unknown, cause?: unknown): AppError {
    return new AppError("projector-invalid", `The projector ${path} cannot be read.`, {
        remedy: explainSystemError(code),
        cause,
    });
}

function missing(path: string, cause: unknown): AppError {
    return new AppError("projector-missing", `There is no readable projector file at ${path}.`, {
        remedy,
        cause,
    });
}

async function readHeader(path: string): Promise<GgufHeader> {
    try {
        return await readGgufHeader(path);
    } catch (cause) {
        const code = codeOf(cause);
        if (code !== undefined) throw unreadable(path, code, cause);
        throw new AppError(
            "projector-invalid",
            `The projector ${path} is not a GGUF file, or damaged.`,
            { remedy, cause },
        );
    }
}

function describe(path: string, header: GgufHeader): ProjectorDescription {
    const { metadata } = header;
    const vision = (key: string) => metadata.get(`clip.vision.${key}`);
    const kind = metadata.get("clip.projector_type") ?? vision("projector_type");
    if (metadata.get("clip.has_vision_encoder") !== true || kind !== "mlp") {
        const fault =
            kind === "mlp"
                ? "holds no vision encoder"
                : `is ${typeof kind === "string" ? `of the kind "${kind}"` : "no projector"}; LLaVA's kind "mlp" is needed`;
        throw new AppError("projector-invalid", `The projector file ${path} ${fault}.`, { remedy });
    }
    const name = metadata.get("general.name");
    const side = positiveInteger(vision("image_size"));
    const patchSide = positiveInteger(vision("patch_size"));
    const storedLayers = positiveInteger(vision("block_count"));
    expectLastLayer(path, vision("feature_layer"), storedLayers);
    expectComplete(path, header);
    return {
        name: typeof name === "string" ? name : "unnamed",
        imageSide: side,
        imageTokens: positiveInteger(side / patchSide) ** 2,
        projectionSize: positiveInteger(dimensions(header, "mm.2.weight")[1]),
        storedLayers,
    };
}

function positiveInteger(value: unknown): number {
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
        throw new Error("a size is no positive integer");
    }
    return value;
}

/**
 * The size comes from the projector's own matrix: the legacy converter writes CLIP's text width into
 * `clip.vision.projection_dim`, whatever the language model is.
 */
function dimensions({ tensors }: GgufHeader, name: string): readonly number[] {
    const tensor = tensors.find((candidate) => candidate.name === name);
    if (tensor === undefined) throw new Error(`the tensor ${name} is missing`);
    return tensor.dimensions;
}

function expectComplete(path: string, { tensors, byteSize }: GgufHeader): void {
    if (tensors.some((tensor) => tensorEnd(tensor) > byteSize)) {
        throw new AppError("projector-invalid", `The projector file ${path} is cut off.`, {
            remedy,
        });
    }
}

/**
 * A file that names the layer of its features must name the last one that it holds, as llama.cpp's
 * legacy converter does when the model's configuration names the layer.
 */
function expectLastLayer(path: string, featureLayers: unknown, storedLayers: number): void {
    if (featureLayers === undefined) return;
    if (
        Array.isArray(featureLayers) &&
        featureLayers.length === 1 &&
        featureLayers[0] === storedLayers
    ) {
        return;
    }
    throw new AppError(
        "projector-invalid",
        `The projector file ${path} takes features of other layers than the last one that it holds.`,
        { remedy },
    );
}
