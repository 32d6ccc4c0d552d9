import type { Pixels, Size } from "./pad-to-square.ts";
import { corruptPicture, unsupportedPicture } from "./picture-errors.ts";
import { reducedSize } from "./reduced-size.ts";
import { shrinkByArea } from "./shrink-by-area.ts";

/** A BMP file whose header was read. */
export interface BmpPicture extends Size {
    /**
     * The picture, reduced to at most `longest` pixels on the longer axis; an alpha channel is
     * ignored. Other work is let in every few milliseconds.
     *
     * @throws `image-corrupt` when pixels are missing.
     */
    decode(longest: number): Promise<Pixels>;
}

/** How many bits a pixel has, and where its colours lie. */
interface BmpLayout extends Size {
    readonly bitsPerPixel: number;
    readonly pixelsAt: number;
    readonly topDown: boolean;
    /** Red, green and blue of each colour number, for up to 8 bits a pixel. */
    readonly palette: Uint8Array;
    /** The bits of red, green and blue, for 16 and 32 bits a pixel. */
    readonly masks: readonly [number, number, number];
}

const noCompression = 0;
const bitFields = 3;
const alphaBitFields = 6;

const knownDepths: readonly number[] = [1, 4, 8, 16, 24, 32];

/**
 * Reads the header of a BMP file: sharp has no decoder for BMP, which Windows' viewers of scans
 * still write. Compressed ones (RLE, JPEG) are left out. Source: Microsoft's documentation of
 * BITMAPFILEHEADER, BITMAPCOREHEADER and BITMAPINFOHEADER to BITMAPV5HEADER.
 *
 * @throws `image-corrupt`, `image-unsupported`.
 */
export function readBmp(bytes: Uint8Array): BmpPicture {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const layout = readLayout(file);
    const { width, height } = layout;
    return { width, height, decode: (longest) => decodeRows(file, layout, longest) };
}

function readLayout(file: Buffer): BmpLayout {
    if (file.length < 26) throw corruptPicture("bmp");
    const headerSize = file.readUInt32LE(14);
    if (file.length < 14 + headerSize) throw corruptPicture("bmp");
    const core = headerSize === 12;
    const width = core ? file.readUInt16LE(18) : file.readInt32LE(18);
    const signedHeight = core ? file.readUInt16LE(20) : file.readInt32LE(22);
    const bitsPerPixel = file.readUInt16LE(core ? 24 : 28);
    const compression = core ? noCompression : file.readUInt32LE(30);
    if (width <= 0 || signedHeight === 0) throw corruptPicture("bmp");
    const masked = compression === bitFields || compression === alphaBitFields;
    if (!knownDepths.includes(bitsPerPixel) || !(masked || compression === noCompression)) {
        throw unsupportedPicture("bmp");
    }
    const pixelsAt = file.readUInt32LE(10);
    const masksFollow = masked && headerSize === 40;
    const paletteAt = 14 + headerSize + (masksFollow ? 12 : 0);
    return {
        width,
        height: Math.abs(signedHeight),
        topDown: signedHeight < 0,
        bitsPerPixel,
        pixelsAt,
        palette: readPalette(file.subarray(paletteAt, pixelsAt), core ? 3 : 4),
        masks: masked ? readMasks(file) : defaultMasks(bitsPerPixel),
    };
}

/** Colours are stored blue first, with an unused fourth byte since BITMAPINFOHEADER. */
function readPalette(stored: Buffer, entryBytes: number): Uint8Array {
    const palette = new Uint8Array(256 * 3);
    const count = Math.min(256, Math.floor(stored.length / entryBytes));
    for (let entry = 0; entry < count; entry++) {
        for (let channel = 0; channel < 3; channel++) {
            palette[entry * 3 + channel] = stored[entry * entryBytes + 2 - channel] ?? 0;
        }
    }
    return palette;
}

function readMasks(file: Buffer): BmpLayout["masks"] {
    if (file.length < 66) throw corruptPicture("bmp");
    return [file.readUInt32LE(54), file.readUInt32LE(58), file.readUInt32LE(62)];
}

function defaultMasks(bitsPerPixel: number): BmpLayout["masks"] {
    return bitsPerPixel === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
}

/** Reads the colour of pixel `x` in the row that begins at `rowAt`, and writes it at `to`. */
type ReadPixel = (rowAt: number, x: number, rgb: Uint8Array, to: number) => void;

async function decodeRows(file: Buffer, layout: BmpLayout, longest: number): Promise<Pixels> {
    const { width, height, bitsPerPixel, pixelsAt, topDown } = layout;
    const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
    if (pixelsAt + rowBytes * height > file.length) throw corruptPicture("bmp");
    const readPixel = pixelReader(file, layout);
    const smaller = reducedSize(layout, longest);
    const rgb = await shrinkByArea(layout, smaller, (y, fromX, toX, colours) => {
        const rowAt = pixelsAt + (topDown ? y : height - 1 - y) * rowBytes;
        for (let x = fromX; x < toX; x++) readPixel(rowAt, x, colours, (x - fromX) * 3);
    });
    return { ...smaller, rgb };
}

function pixelReader(file: Buffer, layout: BmpLayout): ReadPixel {
    const { bitsPerPixel, palette } = layout;
    if (bitsPerPixel === 24) {
        return (rowAt, x, rgb, to) => {
            const at = rowAt + x * 3;
            rgb[to] = file[at + 2] ?? 0;
            rgb[to + 1] = file[at + 1] ?? 0;
            rgb[to + 2] = file[at] ?? 0;
        };
    }
    if (bitsPerPixel <= 8) {
        const pixelsPerByte = 8 / bitsPerPixel;
        const mask = (1 << bitsPerPixel) - 1;
        return (rowAt, x, rgb, to) => {
            const packed = file[rowAt + Math.floor(x / pixelsPerByte)] ?? 0;
            const shift = 8 - bitsPerPixel * ((x % pixelsPerByte) + 1);
            const color = ((packed >> shift) & mask) * 3;
            rgb[to] = palette[color] ?? 0;
            rgb[to + 1] = palette[color + 1] ?? 0;
            rgb[to + 2] = palette[color + 2] ?? 0;
        };
    }
    const [red, green, blue] = layout.masks.map(maskReader);
    return (rowAt, x, rgb, to) => {
        const at = rowAt + (x * bitsPerPixel) / 8;
        const value = bitsPerPixel === 16 ? file.readUInt16LE(at) : file.readUInt32LE(at);
        rgb[to] = red?.(value) ?? 0;
        rgb[to + 1] = green?.(value) ?? 0;
        rgb[to + 2] = blue?.(value) ?? 0;
    };
}

/** Takes a mask's bits out of a pixel and spreads them over 0 to 255. */
function maskReader(mask: number): (value: number) => number {
    if (mask === 0) return () => 0;
    const shift = 31 - Math.clz32(mask & -mask);
    const most = mask >>> shift;
    return (value) => Math.round((((value & mask) >>> shift) * 255) / most);
}
