import { corruptPicture, unsupportedDicom } from "../picture-errors.ts";
import type { ReadColours } from "../shrink-by-area.ts";
import { type AttributeName, type Attributes, shortIn } from "./read-data-set.ts";
import type { SampleLayout } from "./read-layout.ts";

/** Reads the colours of grey samples or palette entries through a table of three bytes for each. */
export function tableColours(
    samples: Uint8Array,
    { width, bytesPerSample }: SampleLayout,
    table: Uint8Array,
): ReadColours {
    return (y, fromX, toX, rgb) => {
        let at = (y * width + fromX) * bytesPerSample;
        for (let x = fromX, to = 0; x < toX; x++, at += bytesPerSample) {
            const low = samples[at] ?? 0;
            const sample = bytesPerSample === 1 ? low : low | ((samples[at + 1] ?? 0) << 8);
            rgb[to++] = table[sample * 3] ?? 0;
            rgb[to++] = table[sample * 3 + 1] ?? 0;
            rgb[to++] = table[sample * 3 + 2] ?? 0;
        }
    };
}

/** Three equal bytes for each shade of grey. */
export function greyTable(shades: Uint8Array): Uint8Array {
    const table = new Uint8Array(shades.length * 3);
    for (const [sample, shade] of shades.entries()) table.fill(shade, sample * 3, sample * 3 + 3);
    return table;
}

/** Reads colour samples of 8 bits, as they lie in memory. */
export function sampleColours(
    samples: Uint8Array,
    { width, height, photometric, planar }: SampleLayout,
): ReadColours {
    if (photometric === "YBR_FULL_422") return sharedColours(samples, width);
    const step = planar ? 1 : 3;
    const plane = planar ? width * height : 1;
    const isRgb = photometric === "RGB";
    return (y, fromX, toX, rgb) => {
        let at = (y * width + fromX) * step;
        for (let x = fromX, to = 0; x < toX; x++, to += 3, at += step) {
            const first = samples[at] ?? 0;
            const second = samples[at + plane] ?? 0;
            const third = samples[at + plane * 2] ?? 0;
            if (isRgb) {
                rgb[to] = first;
                rgb[to + 1] = second;
                rgb[to + 2] = third;
            } else writeColour(rgb, to, first, second, third);
        }
    };
}

/** Two neighbours in a row: their two brightnesses, then the blue and red difference of both. */
function sharedColours(samples: Uint8Array, width: number): ReadColours {
    return (y, fromX, toX, rgb) => {
        for (let x = fromX, to = 0; x < toX; x++, to += 3) {
            const pixel = y * width + x;
            const pair = pixel - (pixel % 2);
            const brightness = samples[pair * 2 + (pixel % 2)] ?? 0;
            const blue = samples[pair * 2 + 2] ?? 0;
            writeColour(rgb, to, brightness, blue, samples[pair * 2 + 3] ?? 0);
        }
    };
}

/** YBR_FULL of DICOM PS3.3, C.7.6.3.1.2, back to red, green and blue. */
function writeColour(
    rgb: Uint8Array,
    to: number,
    brightness: number,
    blueDifference: number,
    redDifference: number,
): void {
    const blue = blueDifference - 128;
    const red = redDifference - 128;
    rgb[to] = toByte(brightness + 1.402 * red);
    rgb[to + 1] = toByte(brightness - 0.344136 * blue - 0.714136 * red);
    rgb[to + 2] = toByte(brightness + 1.772 * blue);
}

function toByte(value: number): number {
    return Math.min(Math.max(Math.round(value), 0), 255);
}

const palettes: readonly (readonly [descriptor: AttributeName, palette: AttributeName])[] = [
    ["redPaletteDescriptor", "redPalette"],
    ["greenPaletteDescriptor", "greenPalette"],
    ["bluePaletteDescriptor", "bluePalette"],
];

/**
 * The colour of each sample as it lies in memory, by the file's palette (DICOM PS3.3, C.7.6.3.1.5
 * and 6).
 *
 * @throws `image-unsupported` (a palette in segments), `image-corrupt`.
 */
export function paletteTable(attributes: Attributes, layout: SampleLayout): Uint8Array {
    const { bytesPerSample, bitsStored, highBit, signed } = layout;
    const samples = 256 ** bytesPerSample;
    const shift = highBit + 1 - bitsStored;
    const steps = 2 ** bitsStored;
    const table = new Uint8Array(samples * 3);
    for (const [channel, [descriptorName, paletteName]] of palettes.entries()) {
        const palette = readPalette(attributes, descriptorName, paletteName, signed);
        for (let sample = 0; sample < samples; sample++) {
            const step = (sample >> shift) % steps;
            const value = signed && step >= steps / 2 ? step - steps : step;
            const entry = Math.min(Math.max(value - palette.first, 0), palette.bytes.length - 1);
            table[sample * 3 + channel] = palette.bytes[entry] ?? 0;
        }
    }
    return table;
}

function readPalette(
    attributes: Attributes,
    descriptorName: AttributeName,
    paletteName: AttributeName,
    signed: boolean,
): { readonly first: number; readonly bytes: Uint8Array } {
    const stored = attributes.get(paletteName);
    if (stored === undefined) throw unsupportedDicom("with a palette in segments");
    const count = shortIn(attributes, descriptorName, 0);
    const first = shortIn(attributes, descriptorName, 1);
    const bits = shortIn(attributes, descriptorName, 2);
    if (count === undefined || first === undefined) throw corruptPicture("dicom");
    // 65,536 does not fit into the 16 bits that state the number.
    const entries = count === 0 ? 0x10000 : count;
    const inWords = stored.length >= entries * 2;
    if (!inWords && (bits !== 8 || stored.length < entries)) throw corruptPicture("dicom");
    const bytes = Uint8Array.from({ length: entries }, (_, entry) => {
        if (!inWords) return stored[entry] ?? 0;
        const word = stored.readUInt16LE(entry * 2);
        return bits === 8 ? word : word >> 8;
    });
    return { first: signed ? (first << 16) >> 16 : first, bytes };
}
