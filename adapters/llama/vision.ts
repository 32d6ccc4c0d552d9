import type { LlamaModel } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { ModelImage } from "../../src/message.ts";
import type { Companion, NativeEncoder } from "./companion.ts";
import { EncodeQueue, type EncodeOptions } from "./encode-queue.ts";
import { fingerprintModel } from "./model-fingerprint.ts";
import { translateVisionError } from "./vision-errors.ts";
import { readProjector } from "./vision-projector.ts";

/** Turns pictures into what the language model reads in the place of tokens. */
export interface VisionEncoder {
    /** Width and height in pixels of a model-ready picture. */
    readonly imageSide: number;
    /** Positions that one picture takes in the context. */
    readonly imageTokens: number;
    /** Values per position. */
    readonly embeddingSize: number;
    /** Equal only where pictures get equal features: of the same projector, device and companion. */
    readonly fingerprint: string;
    /**
     * The features of a picture: `imageTokens × embeddingSize` values, the same in whatever batch.
     * Pictures that wait at the same time are encoded together where that is faster, off the
     * JavaScript thread. A picture of another side is resized.
     *
     * @throws `image-corrupt` when the pixels are not `side × side × 3` bytes,
     * `model-out-of-memory`, `model-failed` (also after `dispose`), `aborted`.
     */
    encode(image: ModelImage, options?: EncodeOptions): Promise<Float32Array>;
    /** Waits for pictures that are being encoded, then frees the memory. */
    dispose(): Promise<void>;
}

/** How an encoder is opened. */
export interface VisionOptions {
    readonly companion: Companion;
    readonly model: LlamaModel;
    readonly projectorPath: string;
    /** CPU threads that encode; at least 1. */
    readonly threads: number;
    /**
     * `corrected` (the default) computes what LLaVA models were trained on; `uncorrected` is
     * llama.cpp as it is, for comparisons with llama-server.
     */
    readonly graph?: "corrected" | "uncorrected";
    /** Pictures that are encoded at once, at least 1. Default: what pays on the device. */
    readonly batchSize?: number;
}

// A GPU is not busy with a single picture. On a CPU a batch takes as long as its pictures one after
// the other (docs/decisions.md), and whoever comes next waits for all of it.
const gpuBatchSize = 4;

/**
 * Loads a projector beside a model, on the same device.
 *
 * @throws `projector-missing`, `projector-invalid`, `projector-mismatch`, `model-out-of-memory`.
 */
export async function openVision(options: VisionOptions): Promise<VisionEncoder> {
    const { companion, model, projectorPath } = options;
    await expectMatch(projectorPath, model);
    const useGpu = model.llama.gpu !== false;
    const batchSize = options.batchSize ?? (useGpu ? gpuBatchSize : 1);
    try {
        const { graph = "corrected" } = options;
        const device = model.llama.gpu || "cpu";
        const facts = { graph, device, companion: companion.key };
        const fingerprint = await fingerprintModel(projectorPath, facts);
        const encoder = await companion.openEncoder(
            projectorPath,
            options.threads,
            useGpu,
            graph === "corrected",
            batchSize,
        );
        if (useGpu) await warmUp(encoder);
        return new CompanionEncoder(encoder, { batchSize, fingerprint });
    } catch (error) {
        throw translateVisionError(error);
    }
}

/** A card's programs for pictures are loaded when they are first used: now rather than by a patient. */
async function warmUp(encoder: NativeEncoder): Promise<void> {
    const side = encoder.imageSide;
    try {
        await encoder.encode([{ side, rgb: new Uint8Array(3 * side * side) }]);
    } catch (error) {
        await encoder.dispose();
        throw error;
    }
}

async function expectMatch(projectorPath: string, model: LlamaModel): Promise<void> {
    const { projectionSize } = await readProjector(projectorPath);
    if (projectionSize === model.embeddingVectorSize) return;
    throw new AppError(
        "projector-mismatch",
        `The projector belongs to another model: it gives ${projectionSize} values per picture part, the model takes ${model.embeddingVectorSize}.`,
        { remedy: "Configure the projector (mmproj) file that was made together with the model." },
    );
}

class CompanionEncoder implements VisionEncoder {
    readonly imageSide: number;
    readonly imageTokens: number;
    readonly embeddingSize: number;
    readonly fingerprint: string;
    readonly #native: NativeEncoder;
    /** One batch at a time, or waiting calls would fill Node's thread pool. */
    readonly #queue: EncodeQueue<ModelImage, Float32Array>;
    #disposal: Promise<void> | undefined;

    constructor(
        native: NativeEncoder,
        { batchSize, fingerprint }: { readonly batchSize: number; readonly fingerprint: string },
    ) {
        this.#native = native;
        this.#queue = new EncodeQueue((pictures) => native.encode(pictures), batchSize);
        this.imageSide = native.imageSide;
        this.imageTokens = native.imageTokens;
        this.embeddingSize = native.embeddingSize;
        this.fingerprint = fingerprint;
    }

    async encode(image: ModelImage, options?: EncodeOptions): Promise<Float32Array> {
        this.#expectOpen();
        try {
            return await this.#queue.add(image, options);
        } catch (error) {
            throw translateVisionError(error);
        }
    }

    async dispose(): Promise<void> {
        this.#disposal ??= this.#queue.idle().then(() => this.#native.dispose());
        await this.#disposal;
    }

    #expectOpen(): void {
        if (this.#disposal !== undefined) {
            throw new AppError("model-failed", "The vision encoder has been closed.");
        }
    }
}
