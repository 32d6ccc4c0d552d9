import { setImmediate as nextTurn } from "node:timers/promises";

// The bits of a 32-bit float: 1 sign, 8 exponent, 23 fraction; of half a one: 1, 5, 10.
const signMask = 0x7fff_ffff;
const smallestNormal = 0x3880_0000;
const roundsToInfinity = 0x477f_f000;
const exponentShift = (127 - 15) << 23;
// About a millisecond: a picture of BiMediX2 has 36 pieces, and others' text goes between them
const pieceLength = 2 ** 16;

/**
 * Rounds numbers to half precision (IEEE 754 binary16), ties to even; `undefined` when one is beyond
 * its range of ±65,504 or is no number.
 */
export async function toHalfFloats(values: Float32Array): Promise<Uint16Array | undefined> {
    const halves = new Uint16Array(values.length);
    for (let start = 0; start < values.length; start += pieceLength) {
        if (start > 0) await nextTurn();
        const end = start + pieceLength;
        if (!round(values.subarray(start, end), halves.subarray(start, end))) return undefined;
    }
    return halves;
}

/** The numbers behind halves, exactly. */
export async function fromHalfFloats(halves: Uint16Array): Promise<Float32Array> {
    const values = new Float32Array(halves.length);
    for (let start = 0; start < halves.length; start += pieceLength) {
        if (start > 0) await nextTurn();
        const end = start + pieceLength;
        widen(halves.subarray(start, end), values.subarray(start, end));
    }
    return values;
}

function round(values: Float32Array, halves: Uint16Array): boolean {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let index = 0; index < bits.length; index++) {
        const all = bits[index] ?? 0;
        const size = all & signMask;
        if (size >= roundsToInfinity) return false;
        const half =
            size < smallestNormal
                ? subnormal(values[index] ?? 0)
                : (size - exponentShift + 0xfff + ((size >>> 13) & 1)) >>> 13;
        halves[index] = ((all >>> 16) & 0x8000) | half;
    }
    return true;
}

/** Multiples of 2^-24; adding 2^52 makes the processor round to whole ones. */
function subnormal(value: number): number {
    return Math.abs(value) * 2 ** 24 + 2 ** 52 - 2 ** 52;
}

let numbers: Float32Array | undefined;

function widen(halves: Uint16Array, values: Float32Array): void {
    numbers ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => numberOf(half));
    for (let index = 0; index < halves.length; index++) {
        values[index] = numbers[halves[index] ?? 0] ?? 0;
    }
}

function numberOf(half: number): number {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
    return sign * (1 + fraction / 2 ** 10) * 2 ** (exponent - 15);
}
