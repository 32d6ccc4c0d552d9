import type { Size } from "../pad-to-square.ts";
import { corruptPicture, unsupportedDicom } from "../picture-errors.ts";
import { type Attributes, decimalIn, shortIn, textIn } from "./read-data-set.ts";

/** How samples become colours (DICOM PS3.3, C.7.6.3.1.2). */
export type Photometric =
    "MONOCHROME1" | "MONOCHROME2" | "PALETTE COLOR" | "RGB" | "YBR_FULL" | "YBR_FULL_422";

/** How the samples of a frame lie in memory, and where in them the values are. */
export interface SampleLayout extends Size {
    readonly samplesPerPixel: 1 | 3;
    readonly photometric: Photometric;
    /** All red samples first, then all green, then all blue ones. */
    readonly planar: boolean;
    readonly bytesPerSample: 1 | 2;
    /** How many bits of a sample count, and which is their highest; the others may hold anything. */
    readonly bitsStored: number;
    readonly highBit: number;
    readonly signed: boolean;
}

/** The frame of a file that is shown. */
export interface FrameChoice {
    readonly frames: number;
    /** Counted from 0. */
    readonly index: number;
}

const photometrics: ReadonlySet<string> = new Set<Photometric>([
    "MONOCHROME1",
    "MONOCHROME2",
    "PALETTE COLOR",
    "RGB",
    "YBR_FULL",
    "YBR_FULL_422",
]);

function isPhotometric(text: string): text is Photometric {
    return photometrics.has(text);
}

/**
 * Reads how a file's pixels are laid out.
 *
 * @throws `image-corrupt` (what contradicts itself), `image-unsupported`: no picture, more or fewer
 * than 8 or 16 bits a sample, or colours of a rare kind.
 */
export function readLayout(attributes: Attributes): SampleLayout {
    const height = shortIn(attributes, "rows");
    const width = shortIn(attributes, "columns");
    if (height === undefined || width === undefined) throw unsupportedDicom("without a picture");
    if (height === 0 || width === 0) throw corruptPicture("dicom");

    const bitsAllocated = shortIn(attributes, "bitsAllocated");
    if (bitsAllocated !== 8 && bitsAllocated !== 16) {
        throw unsupportedDicom("with samples of neither 8 nor 16 bits");
    }
    const bitsStored = shortIn(attributes, "bitsStored") ?? bitsAllocated;
    const highBit = shortIn(attributes, "highBit") ?? bitsStored - 1;
    if (bitsStored < 1 || highBit >= bitsAllocated || highBit + 1 < bitsStored) {
        throw corruptPicture("dicom");
    }

    const photometric = textIn(attributes, "photometricInterpretation") ?? "";
    if (!isPhotometric(photometric)) throw unsupportedDicom("with colours of a rare kind");
    const grey = photometric.startsWith("MONOCHROME") || photometric === "PALETTE COLOR";
    const samplesPerPixel = grey ? 1 : 3;
    if ((shortIn(attributes, "samplesPerPixel") ?? 1) !== samplesPerPixel) {
        throw corruptPicture("dicom");
    }
    if (!grey && bitsAllocated !== 8) throw unsupportedDicom("with colours of 16 bits");
    return {
        width,
        height,
        samplesPerPixel,
        photometric,
        planar: shortIn(attributes, "planarConfiguration") === 1,
        bytesPerSample: bitsAllocated === 8 ? 1 : 2,
        bitsStored,
        highBit,
        signed: shortIn(attributes, "pixelRepresentation") === 1,
    };
}

/**
 * Of several frames the one that the file names as representative, else the middle one: the first
 * slice of a volume shows air, the first picture of a film no contrast medium.
 *
 * @throws `image-corrupt`.
 */
export function chooseFrame(attributes: Attributes): FrameChoice {
    const frames = decimalIn(attributes, "numberOfFrames") ?? 1;
    if (!Number.isInteger(frames) || frames < 1) throw corruptPicture("dicom");
    const named = shortIn(attributes, "representativeFrame");
    const isFrame = named !== undefined && named >= 1 && named <= frames;
    return { frames, index: isFrame ? named - 1 : Math.floor((frames - 1) / 2) };
}

/** How many bytes an unpacked frame takes. */
export function frameBytes(layout: SampleLayout): number {
    const { width, height, samplesPerPixel, bytesPerSample, photometric } = layout;
    // Two neighbours share their two colour samples.
    if (photometric === "YBR_FULL_422") return width * height * 2;
    return width * height * samplesPerPixel * bytesPerSample;
}
