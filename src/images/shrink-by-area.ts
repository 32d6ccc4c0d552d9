import { setImmediate } from "node:timers/promises";
import type { Size } from "./pad-to-square.ts";

/** Writes the colours of pixels `fromX` to `toX` (without it) of row `y` to the start of `rgb`. */
export type ReadColours = (y: number, fromX: number, toX: number, rgb: Uint8Array) => void;

/** A few milliseconds of work. */
const pixelsBetweenPauses = 1 << 17;

/** The pixel of the smaller axis that pixel `at` begins in; exact, since it multiplies first. */
function indexOf(at: number, length: number, smallerLength: number): number {
    return Math.floor((at * smallerLength) / length);
}

/** Where a pixel of the smaller axis ends, in pixels of the larger one. */
function endOf(index: number, length: number, smallerLength: number): number {
    return ((index + 1) * length) / smallerLength;
}

/**
 * Adds colours, beginning at pixel `fromX` of a row of `width`, to the sums of a row of
 * `smallerWidth`, which have room for one pixel more.
 */
function addColours(
    sums: Float64Array,
    rgb: Uint8Array,
    fromX: number,
    toX: number,
    width: number,
    smallerWidth: number,
): void {
    for (let x = fromX, from = 0; x < toX;) {
        const index = indexOf(x, width, smallerWidth);
        const end = endOf(index, width, smallerWidth);
        let red = 0;
        let green = 0;
        let blue = 0;
        for (const whole = Math.min(Math.floor(end), toX); x < whole; x++, from += 3) {
            red += rgb[from] ?? 0;
            green += rgb[from + 1] ?? 0;
            blue += rgb[from + 2] ?? 0;
        }
        const at = index * 3;
        addColour(sums, at, red, green, blue, 1);
        if (x >= toX || x >= end) continue;
        // A pixel that lies across the end belongs to both sides.
        const cutRed = rgb[from] ?? 0;
        const cutGreen = rgb[from + 1] ?? 0;
        const cutBlue = rgb[from + 2] ?? 0;
        addColour(sums, at, cutRed, cutGreen, cutBlue, end - x);
        addColour(sums, at + 3, cutRed, cutGreen, cutBlue, x + 1 - end);
        x++;
        from += 3;
    }
}

function addColour(
    sums: Float64Array,
    at: number,
    red: number,
    green: number,
    blue: number,
    share: number,
): void {
    sums[at] = (sums[at] ?? 0) + red * share;
    sums[at + 1] = (sums[at + 1] ?? 0) + green * share;
    sums[at + 2] = (sums[at + 2] ?? 0) + blue * share;
}

/**
 * Makes a picture smaller, or copies it: each pixel gets the mean colour of the area that it covers,
 * `width × height × 3` bytes in all. Only the smaller picture is held in memory, and other work is
 * let in every few milliseconds.
 *
 * @param smaller at most as wide and as high as `size`
 */
export async function shrinkByArea(
    size: Size,
    smaller: Size,
    readColours: ReadColours,
): Promise<Uint8Array> {
    const rgb = new Uint8Array(smaller.width * smaller.height * 3);
    const area = (size.width / smaller.width) * (size.height / smaller.height);
    const colours = new Uint8Array(Math.min(size.width, pixelsBetweenPauses) * 3);
    const row = new Float64Array((smaller.width + 1) * 3);
    const sums = new Float64Array(smaller.width * 3);
    let unpaused = 0;
    for (let y = 0; y < size.height; y++) {
        row.fill(0);
        for (let fromX = 0; fromX < size.width; fromX += pixelsBetweenPauses) {
            const toX = Math.min(fromX + pixelsBetweenPauses, size.width);
            readColours(y, fromX, toX, colours);
            addColours(row, colours, fromX, toX, size.width, smaller.width);
            unpaused += toX - fromX;
            if (unpaused >= pixelsBetweenPauses) {
                unpaused = 0;
                await setImmediate();
            }
        }
        const index = indexOf(y, size.height, smaller.height);
        const end = endOf(index, size.height, smaller.height);
        const share = Math.min(1, end - y);
        for (let at = 0; at < sums.length; at++) {
            sums[at] = (sums[at] ?? 0) + (row[at] ?? 0) * share;
        }
        if (y + 1 < end) continue;
        const to = index * sums.length;
        for (let at = 0; at < sums.length; at++) {
            rgb[to + at] = Math.round((sums[at] ?? 0) / area);
            sums[at] = (row[at] ?? 0) * (1 - share);
        }
    }
    return rgb;
}
