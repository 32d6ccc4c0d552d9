import { setImmediate } from "node:timers/promises";

/** Width and height in pixels. */
export interface Size {
    readonly width: number;
    readonly height: number;
}

/** Colour pixels: `width × height × 3` bytes, rows from the top. */
export interface Pixels extends Size {
    readonly rgb: Uint8Array;
}

/**
 * What surrounds a picture that is not square: CLIP's mean colour, as in LLaVA's training
 * (`expand2square` with `image_mean × 255`, rounded down).
 */
export const padding: readonly [red: number, green: number, blue: number] = [122, 116, 104];

/** Fractional bits of a weight; Pillow's `PRECISION_BITS` for 8-bit pictures. */
const weightBits = 22;

/** At most a few milliseconds of filtering. */
const linesBetweenPauses = 64;

/** The cubic kernel with a = -0.5 (Catmull-Rom), Pillow's `BICUBIC`; zero from 2 on. */
function cubic(distance: number): number {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
    return 0;
}

/** How the output pixels of one axis are made from the picture's pixels. */
interface Axis {
    /** For each output pixel: the first picture pixel, and how many follow on. */
    readonly first: Int32Array;
    readonly count: Int32Array;
    /** `taps` fixed-point weights for each output pixel. */
    readonly weights: Int32Array;
    readonly taps: number;
    /** For each output pixel: the weight that falls on the padding. */
    readonly paddingWeight: Int32Array;
}

/**
 * Where a picture lies on one axis of its padded square, in pixels of the original picture. The
 * original's `extent` pixels may have been reduced to `length` before.
 */
interface Placement {
    readonly length: number;
    readonly extent: number;
    /** Padding before the picture. */
    readonly offset: number;
    /** Length of the padded square. */
    readonly canvas: number;
}

function placeInMiddle(length: number, extent: number, canvas: number, side: number): Placement {
    const outputPixel = canvas / side;
    if (extent < outputPixel) {
        const offset = Math.floor((side - 1) / 2) * outputPixel;
        return { length, extent: outputPixel, offset, canvas };
    }
    return { length, extent, offset: Math.floor((canvas - extent) / 2), canvas };
}

/**
 * The weights of Pillow's `precompute_coeffs` for `side` output pixels. The padding takes part as
 * if it were there, but is only counted.
 */
function planAxis({ length, extent, offset, canvas }: Placement, side: number): Axis {
    const pitch = extent / length;
    const scale = canvas / pitch / side;
    const start = -offset / pitch;
    const canvasFrom = Math.round(start);
    const canvasTo = Math.round(canvas / pitch + start);
    const filterScale = Math.max(scale, 1);
    const support = 2 * filterScale;
    const taps = Math.ceil(support) * 2 + 1;
    const axis = {
        first: new Int32Array(side),
        count: new Int32Array(side),
        weights: new Int32Array(side * taps),
        taps,
        paddingWeight: new Int32Array(side),
    };
    const kernel = new Float64Array(taps);
    for (let out = 0; out < side; out++) {
        const center = start + (out + 0.5) * scale;
        const from = Math.max(Math.floor(center - support + 0.5), canvasFrom);
        const to = Math.min(Math.floor(center + support + 0.5), canvasTo);
        let sum = 0;
        for (let at = from; at < to; at++) {
            const weight = cubic((at - center + 0.5) / filterScale);
            kernel[at - from] = weight;
            sum += weight;
        }
        const first = Math.min(Math.max(from, 0), length);
        axis.first[out] = first;
        axis.count[out] = Math.min(Math.max(to, first), length) - first;
        for (let at = from; at < to; at++) {
            const weight = Math.round(((kernel[at - from] ?? 0) / sum) * (1 << weightBits));
            if (at >= 0 && at < length) axis.weights[out * taps + at - first] = weight;
            else axis.paddingWeight[out] = (axis.paddingWeight[out] ?? 0) + weight;
        }
    }
    return axis;
}

/** Clamped, rounded value of a fixed-point sum to which half a unit was added. */
function toByte(sum: number): number {
    return Math.min(Math.max(sum >> weightBits, 0), 255);
}

/** Pixels in memory: neighbours lie `step` bytes apart, the lines to filter `lineStep` bytes. */
interface Grid {
    readonly rgb: Uint8Array;
    readonly step: number;
    readonly lineStep: number;
}

/** Filters one line of pixels along its axis. */
function filterLine(axis: Axis, source: Grid, target: Grid, line: number): void {
    const half = 1 << (weightBits - 1);
    const { rgb, step } = source;
    const [padRed, padGreen, padBlue] = padding;
    for (let out = 0; out < axis.first.length; out++) {
        const padded = axis.paddingWeight[out] ?? 0;
        let red = (half + Math.imul(padded, padRed)) | 0;
        let green = (half + Math.imul(padded, padGreen)) | 0;
        let blue = (half + Math.imul(padded, padBlue)) | 0;
        let at = line * source.lineStep + (axis.first[out] ?? 0) * step;
        let tap = out * axis.taps;
        for (const end = tap + (axis.count[out] ?? 0); tap < end; tap++) {
            const weight = axis.weights[tap] ?? 0;
            red += Math.imul(weight, rgb[at] ?? 0);
            green += Math.imul(weight, rgb[at + 1] ?? 0);
            blue += Math.imul(weight, rgb[at + 2] ?? 0);
            at += step;
        }
        const to = line * target.lineStep + out * target.step;
        target.rgb[to] = toByte(red);
        target.rgb[to + 1] = toByte(green);
        target.rgb[to + 2] = toByte(blue);
    }
}

/** Filters all lines, letting other work in after every few milliseconds. */
async function filterLines(axis: Axis, source: Grid, target: Grid, lines: number): Promise<void> {
    for (let line = 0; line < lines; line++) {
        if (line % linesBetweenPauses === linesBetweenPauses - 1) await setImmediate();
        filterLine(axis, source, target, line);
    }
}

/**
 * What LLaVA makes of a picture before CLIP sees it: padded to a square with {@link padding}, the
 * picture in the middle, then scaled to `side × side` with Pillow's bicubic filter. For a picture
 * in its original size these are the same bytes, bit for bit; one that was reduced before takes
 * the same place. The padded square itself is never held in memory. A picture so narrow that less
 * than one pixel of it would be left fills one.
 *
 * Sources: `expand2square` in LLaVA's `mm_utils.py`, `ImagingResample` in Pillow's `Resample.c`.
 */
export async function padToSquare(
    { width, height, rgb }: Pixels,
    original: Size,
    side: number,
): Promise<Uint8Array> {
    const canvas = Math.max(original.width, original.height);
    const across = planAxis(placeInMiddle(width, original.width, canvas, side), side);
    const down = planAxis(placeInMiddle(height, original.height, canvas, side), side);
    const narrowed = { rgb: new Uint8Array(side * height * 3), step: 3, lineStep: side * 3 };
    await filterLines(across, { rgb, step: 3, lineStep: width * 3 }, narrowed, height);
    const square = new Uint8Array(side * side * 3);
    await filterLines(
        down,
        { rgb: narrowed.rgb, step: side * 3, lineStep: 3 },
        { rgb: square, step: side * 3, lineStep: 3 },
        side,
    );
    return square;
}
