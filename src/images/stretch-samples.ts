/** Which sample values become black and white. */
export type SampleRange =
    /** 0 to 65535; 0 to 4095 where nothing is brighter, as in scans of 12 bits. */
    | "16-bit"
    /** The darkest and the brightest sample of the picture itself. */
    | "own";

/**
 * Reduced 12-bit pictures overshoot their brightest sample a little, where the filter sharpens.
 */
const twelveBitCeiling = 4095 * 1.1;

function findRange(samples: Float32Array, range: SampleRange): { black: number; white: number } {
    let least = Infinity;
    let most = -Infinity;
    for (const sample of samples) {
        if (!Number.isFinite(sample)) continue;
        if (sample < least) least = sample;
        if (sample > most) most = sample;
    }
    if (range === "own") return { black: least, white: most };
    return { black: 0, white: most <= twelveBitCeiling ? 4095 : 65535 };
}

/**
 * Brings samples of more than 8 bits to bytes with nothing cut off: scans hold 12 or 16 bits, or
 * measured values in any unit. Samples that are no number become black.
 */
export function stretchToBytes(samples: Float32Array, range: SampleRange): Uint8Array {
    const { black, white } = findRange(samples, range);
    const scale = white > black ? 255 / (white - black) : 0;
    // A Uint8ClampedArray rounds and clamps; NaN becomes 0.
    const bytes = new Uint8ClampedArray(samples.length);
    for (const [index, sample] of samples.entries()) bytes[index] = (sample - black) * scale;
    return new Uint8Array(bytes.buffer);
}
