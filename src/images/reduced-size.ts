import type { Size } from "./pad-to-square.ts";

/** Reduces to at most `longest` pixels on the longer axis, never to nothing. */
export function reducedSize({ width, height }: Size, longest: number): Size {
    const scale = Math.min(1, longest / Math.max(width, height));
    return {
        width: Math.max(1, Math.round(width * scale)),
        height: Math.max(1, Math.round(height * scale)),
    };
}
