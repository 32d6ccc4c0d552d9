import { createHash } from "node:crypto";
import { AppError } from "../errors.ts";
import type { ModelImage } from "../message.ts";
import { decodePicture } from "./decode-picture.ts";
import { createSlots } from "./decoding-slots.ts";
import type { ImageLimits } from "./image-limits.ts";
import { padToSquare } from "./pad-to-square.ts";

export type { ImageLimits } from "./image-limits.ts";

/** Each decoding costs memory and a core: an album of twenty photos takes turns. */
const inDecodingSlot = createSlots(2);

/**
 * Pictures up to this many pixels on the longer axis come out bit for bit as in training. That
 * covers what messengers make of a photo (1280). The decoder reduces larger ones to it, which is
 * cheap and moves no channel by more than a few of its 256 steps.
 */
const exactUpToPixels = 1344;

/** A model with a larger side than today's keeps enough detail for its own filter. */
const leastReductionMargin = 3;

/** How {@link prepareImage} works. */
export interface PrepareImageOptions {
    /** Width and height that the vision encoder takes, in pixels. */
    readonly side: number;
    readonly limits: ImageLimits;
    readonly signal?: AbortSignal;
}

/**
 * Makes a picture file model-ready, as BiMediX2 was trained: the right way up, in sRGB, padded to a
 * square and never cropped, scaled to `side × side`, without metadata. At most two pictures are
 * decoded at a time, the others wait.
 *
 * @throws `image-unsupported` (no picture, or of a format that is not read), `image-corrupt`
 * (truncated or broken), `image-too-large` (more bytes or pixels than the limits; known before any
 * pixel is decoded), `image-burned-in` (a DICOM file that says that names are written in its
 * pixels), `aborted`.
 */
export function prepareImage(
    bytes: Uint8Array,
    { side, limits, signal }: PrepareImageOptions,
): Promise<ModelImage> {
    return untilAborted(signal, () =>
        inDecodingSlot(async () => {
            // Waited for its turn in vain: the answer was already given, the work is spared.
            if (signal?.aborted === true) throw abortedError();
            const longest = Math.max(exactUpToPixels, side * leastReductionMargin);
            const { pixels, original } = await decodePicture(bytes, limits, longest);
            const rgb = await padToSquare(pixels, original, side);
            const id = createHash("sha256").update(`${side}\n`).update(rgb).digest("hex");
            return { id, side, rgb };
        }),
    );
}

function abortedError(): AppError {
    return new AppError("aborted", "The picture is no longer wanted.");
}

/** The outcome of `work`, or `aborted` at once; work that cannot be stopped ends unheard. */
async function untilAborted<T>(
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
): Promise<T> {
    if (signal === undefined) return work();
    if (signal.aborted) throw abortedError();
    const listening = new AbortController();
    const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(abortedError()), {
            signal: listening.signal,
        });
    });
    try {
        return await Promise.race([work(), aborted]);
    } finally {
        listening.abort();
    }
}
