import type { LlamaModel } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { ModelImage } from "../../src/message.ts";
import type { Companion, NativeEncoder } from "./companion.ts";
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
    /**
     * The features of a picture: `imageTokens × embeddingSize` values. Pictures are encoded one
     * after the other, off the JavaScript thread. A picture of another side is resized.
     *
     * @throws `image-corrupt` when the pixels are not `side × side × 3` bytes,
     * `model-out-of-memory`, `model-failed` (also after `dispose`).
     */
    encode(image: ModelImage): Promise<Float32Array>;
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
}

/**
 * Loads a projector beside a model, on the same device.
 *
 * @throws `projector-missing`, `projector-invalid`, `projector-mismatch`, `model-out-of-memory`.
 */
export async function openVision(options: VisionOptions): Promise<VisionEncoder> {
    const { companion, model, projectorPath } = options;
    await expectMatch(projectorPath, model);
    try {
        const encoder = await companion.openEncoder(
            projectorPath,
            options.threads,
            model.llama.gpu !== false,
            options.graph !== "uncorrected",
        );
        return new CompanionEncoder(encoder);
    } catch (error) {
        throw translateVisionError(error);
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
    readonly #native: NativeEncoder;
    /** The end of the queue: one picture at a time, or waiting calls would fill Node's thread pool. */
    #last: Promise<unknown> = Promise.resolve();
    #disposal: Promise<void> | undefined;

    constructor(native: NativeEncoder) {
        this.#native = native;
        this.imageSide = native.imageSide;
        this.imageTokens = native.imageTokens;
        this.embeddingSize = native.embeddingSize;
    }

    async encode(image: ModelImage): Promise<Float32Array> {
        this.#expectOpen();
        return this.#enqueue(() => this.#native.encode(image.rgb, image.side));
    }

    async dispose(): Promise<void> {
        this.#disposal ??= this.#enqueue(() => this.#native.dispose());
        await this.#disposal;
    }

    #expectOpen(): void {
        if (this.#disposal !== undefined) {
            throw new AppError("model-failed", "The vision encoder has been closed.");
        }
    }

    async #enqueue<Result>(task: () => Promise<Result>): Promise<Result> {
        const run = this.#last.then(task);
        this.#last = run.catch(() => undefined);
        try {
            return await run;
        } catch (error) {
            throw translateVisionError(error);
        }
    }
}
