import { readFileSync } from "node:fs";
import sharp, { type Sharp } from "sharp";
import type { ModelImage } from "../../src/message.ts";
import { prepareImage } from "../../src/images/prepare-image.ts";

/** Room for every sound picture of the tests. */
export const roomyLimits = { maxBytes: 100_000_000, maxPixels: 50_000_000 };

/** What surrounds a picture that is not square. */
export const paddingColour = [122, 116, 104];

/** A file of test/fixtures/images. */
export function readFixture(name: string): Buffer {
    return readFileSync(new URL(`../fixtures/images/${name}`, import.meta.url));
}

/** {@link prepareImage} with the limits of the tests. */
export function prepare(bytes: Uint8Array, side: number): Promise<ModelImage> {
    return prepareImage(bytes, { side, limits: roomyLimits });
}

function triangle(value: number): number {
    return Math.abs((value % 510) - 255);
}

/** The pixels of `pattern` in make-references.py. */
export function pattern(width: number, height: number): Uint8Array {
    const rgb = new Uint8Array(width * height * 3);
    for (let y = 0, at = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            rgb[at++] = triangle((x + 2 * y) >> 1);
            rgb[at++] = triangle((x * y) >> 11);
            rgb[at++] = (((x >> 5) + (y >> 6)) % 2) * 120 + ((x * 7 + y * 3) % 32);
        }
    }
    return rgb;
}

/** {@link pattern} for sharp to write as a file. */
export function patternPicture(width: number, height: number): Sharp {
    return sharp(pattern(width, height), { raw: { width, height, channels: 3 } });
}

/** A picture of one colour for sharp to write as a file. */
export function plainPicture(width: number, height: number, background: string): Sharp {
    return sharp({ create: { width, height, channels: 3, background } });
}

/** A BMP file of 24 bits a pixel, or of one (`rgb` then holds black and white only). */
export function bmpFile(width: number, height: number, rgb: Uint8Array | "one-bit"): Buffer {
    const bits = rgb === "one-bit" ? 1 : 24;
    const rowBytes = Math.ceil((width * bits) / 32) * 4;
    const file = Buffer.alloc(62 + rowBytes * height);
    file.write("BM");
    file.writeUInt32LE(62, 10);
    file.writeUInt32LE(40, 14);
    file.writeInt32LE(width, 18);
    file.writeInt32LE(-height, 22);
    file.writeUInt16LE(1, 26);
    file.writeUInt16LE(bits, 28);
    file.writeUInt32LE(0xff_ff_ff, 58);
    if (rgb === "one-bit") return file;
    for (let y = 0, from = 0; y < height; y++) {
        for (let to = 62 + y * rowBytes, x = 0; x < width; x++, from += 3, to += 3) {
            file[to] = rgb[from + 2] ?? 0;
            file[to + 1] = rgb[from + 1] ?? 0;
            file[to + 2] = rgb[from] ?? 0;
        }
    }
    return file;
}

/** The colour at a place of a prepared picture. */
export function colourAt({ rgb, side }: ModelImage, x: number, y: number): number[] {
    return [...rgb.subarray((y * side + x) * 3, (y * side + x) * 3 + 3)];
}

/** By how much two pictures differ, in steps of 256. */
export function difference(one: Uint8Array, other: Uint8Array): { mean: number; most: number } {
    if (one.length !== other.length) return { mean: Infinity, most: Infinity };
    let sum = 0;
    let most = 0;
    for (let at = 0; at < one.length; at++) {
        const distance = Math.abs((one[at] ?? 0) - (other[at] ?? 0));
        sum += distance;
        most = Math.max(most, distance);
    }
    return { mean: sum / one.length, most };
}

/** The model-ready pixels of plain ones, with the longer axis as it is. */
export async function preparedPlain(
    rgb: Uint8Array,
    width: number,
    height: number,
): Promise<Uint8Array> {
    const picture = sharp(rgb, { raw: { width, height, channels: 3 } });
    return (await prepare(await picture.png().toBuffer(), Math.max(width, height))).rgb;
}

/** Three equal bytes for each shade of grey. */
export function greyed(shades: ArrayLike<number>): Uint8Array {
    const length = shades.length * 3;
    return Uint8Array.from({ length }, (_, at) => shades[Math.floor(at / 3)] ?? 0);
}
