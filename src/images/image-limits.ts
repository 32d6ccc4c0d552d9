import type { Size } from "./pad-to-square.ts";
import { tooLargePicture } from "./picture-errors.ts";

/** What a picture may cost before it is refused. */
export interface ImageLimits {
    /** Size of the file. */
    readonly maxBytes: number;
    /** Width times height, as the file's header states them. */
    readonly maxPixels: number;
}

/** What one picture may cost a decoder that holds all of it at once. */
export const mostDecoderBytes = 150_000_000;

/** Far more than any picture within the limits takes; ends a decoder that hangs. */
export const decodeLimitSeconds = 60;

/** @throws `image-too-large`. */
export function refuseTooManyPixels({ width, height }: Size, limits: ImageLimits): void {
    if (width * height > limits.maxPixels) {
        throw tooLargePicture(
            `has ${width} × ${height} pixels, more than the ${limits.maxPixels} allowed`,
        );
    }
}
