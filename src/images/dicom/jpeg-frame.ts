import { corruptPicture, unsupportedDicom } from "../picture-errors.ts";
import type { SampleLayout } from "./read-layout.ts";

/** What the header of a JPEG says that matters here. */
interface JpegHeader {
    readonly channels: number;
    /** Whether the JPEG itself says what its colours are. */
    readonly namesColours: boolean;
}

const startOfImage = 0xffd8;
const startOfScan = 0xda;
/** Baseline, extended and progressive Huffman coding; the other kinds are lossless or arithmetic. */
const readFrameKinds: readonly number[] = [0xc0, 0xc1, 0xc2];
/** Define Huffman tables, reserved, and arithmetic conditioning lie among the kinds of frame. */
const noFrameKinds: readonly number[] = [0xc4, 0xc8, 0xcc];

/** Adobe's marker, which says that the colours are red, green and blue. */
const adobeRgb = Buffer.from("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00", "latin1");

/** Whether a fragment of encapsulated pixels begins a JPEG. */
export function beginsJpeg(fragment: Buffer): boolean {
    return fragment.length >= 2 && fragment.readUInt16BE(0) === startOfImage;
}

/** A frame's JPEG, and whether its samples are grey. */
export interface JpegFrame {
    readonly jpeg: Buffer;
    readonly grey: boolean;
}

/**
 * A frame's JPEG as a decoder understands it by itself: where it does not say what its colours are,
 * and the DICOM file says that they are RGB, that is written into it.
 *
 * @throws `image-corrupt`, `image-unsupported` (more than 8 bits, lossless, arithmetic coding).
 */
export function readJpegFrame(jpeg: Buffer, layout: SampleLayout): JpegFrame {
    if (!beginsJpeg(jpeg)) throw corruptPicture("dicom");
    const { channels, namesColours } = readHeader(jpeg);
    const grey = channels === 1 || layout.samplesPerPixel === 1;
    if (grey || namesColours || layout.photometric !== "RGB") return { jpeg, grey };
    return { jpeg: Buffer.concat([jpeg.subarray(0, 2), adobeRgb, jpeg.subarray(2)]), grey };
}

function readHeader(jpeg: Buffer): JpegHeader {
    let namesColours = false;
    for (let at = 2; at + 10 <= jpeg.length;) {
        const kind = jpeg[at + 1] ?? 0;
        if (jpeg[at] !== 0xff || kind === startOfScan) break;
        if (kind === 0xff) {
            // A filling byte.
            at++;
            continue;
        }
        const body = jpeg.subarray(at + 4);
        if (kind >= 0xc0 && kind <= 0xcf && !noFrameKinds.includes(kind)) {
            if (!readFrameKinds.includes(kind) || body[0] !== 8) {
                throw unsupportedDicom("with a JPEG of a rare kind");
            }
            return { channels: body[5] ?? 0, namesColours };
        }
        if (/^(?:JFIF\0|Adobe)/.test(body.toString("latin1", 0, 5))) namesColours = true;
        at += 2 + jpeg.readUInt16BE(at + 2);
    }
    throw corruptPicture("dicom");
}
