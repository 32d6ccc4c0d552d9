import sharp, { type SharpOptions } from "sharp";
import {
    decodeLimitSeconds,
    type ImageLimits,
    mostDecoderBytes,
    refuseTooManyPixels,
} from "../image-limits.ts";
import type { Pixels, Size } from "../pad-to-square.ts";
import {
    burnedInPicture,
    corruptPicture,
    costlyPicture,
    unsupportedDicom,
} from "../picture-errors.ts";
import { reducedSize } from "../reduced-size.ts";
import { type ReadColours, shrinkByArea } from "../shrink-by-area.ts";
import { decodeRle } from "./decode-rle.ts";
import { encapsulatedFrame } from "./encapsulated-frame.ts";
import { readGreyScale, shadesOf } from "./grey-shades.ts";
import { beginsJpeg, readJpegFrame } from "./jpeg-frame.ts";
import { greyTable, paletteTable, sampleColours, tableColours } from "./read-colours.ts";
import { type Attributes, type DataSet, readDataSet, textIn } from "./read-data-set.ts";
import { chooseFrame, frameBytes, readLayout, type SampleLayout } from "./read-layout.ts";

/** The picture in a DICOM file: samples that were found and can be shown, or a colour JPEG. */
export type DicomPicture =
    | {
          readonly kind: "samples";
          readonly size: Size;
          /** Reduced to at most `longest` pixels on the longer axis. */
          decode(longest: number): Promise<Pixels>;
      }
    | { readonly kind: "jpeg"; readonly jpeg: Buffer };

/** Transfer syntaxes that are read (DICOM PS3.5, chapter 10), and how pixels lie in them. */
const packings: Readonly<Record<string, "none" | "jpeg" | "rle">> = {
    "1.2.840.10008.1.2": "none",
    "1.2.840.10008.1.2.1": "none",
    "1.2.840.10008.1.2.1.99": "none",
    "1.2.840.10008.1.2.4.50": "jpeg",
    "1.2.840.10008.1.2.4.51": "jpeg",
    "1.2.840.10008.1.2.5": "rle",
};

/**
 * Finds the picture in a DICOM file. Who the patient is, and all else that is no part of it, is not
 * read. Of several frames one is taken.
 *
 * @param jpegOptions for a JPEG of grey samples, which is decoded here
 * @throws `image-burned-in` (the file says that names are written in the picture),
 * `image-unsupported`, `image-corrupt`, `image-too-large`; what sharp throws.
 */
export async function openDicom(
    bytes: Uint8Array,
    limits: ImageLimits,
    jpegOptions: SharpOptions,
): Promise<DicomPicture> {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const dataSet = await readDataSet(file, limits);
    const { attributes } = dataSet;
    // Before all other refusals: those ask for a picture of the same, with the same names in it.
    if (textIn(attributes, "burnedInAnnotation") === "YES") throw burnedInPicture();
    const layout = readLayout(attributes);
    refuseTooManyPixels(layout, limits);
    const packing = packings[dataSet.transferSyntax];
    if (packing === undefined) throw unsupportedDicom("compressed in a way that is not read");
    if (packing === "jpeg") return await openJpeg(dataSet, layout, limits, jpegOptions);
    if (packing === "none") {
        return await showSamples(plainFrame(dataSet, layout), layout, attributes);
    }
    refuseCostly(layout, frameBytes(layout));
    const samples = await decodeRle(
        encapsulated(dataSet, () => true),
        layout,
    );
    return await showSamples(samples, { ...layout, planar: false }, attributes);
}

function refuseCostly({ width, height }: Size, bytes: number): void {
    if (bytes > mostDecoderBytes) throw costlyPicture("dicom", width, height);
}

function plainFrame({ content, pixelData, attributes }: DataSet, layout: SampleLayout): Buffer {
    if (pixelData?.length === undefined) throw corruptPicture("dicom");
    const { frames, index } = chooseFrame(attributes);
    const size = frameBytes(layout);
    if (size * frames > pixelData.length) throw corruptPicture("dicom");
    const from = pixelData.valueAt + size * index;
    return content.subarray(from, from + size);
}

function encapsulated(
    { content, pixelData, attributes }: DataSet,
    beginsFrame: (fragment: Buffer) => boolean,
): Buffer {
    if (pixelData === undefined || pixelData.length !== undefined) throw corruptPicture("dicom");
    return encapsulatedFrame(content, pixelData, chooseFrame(attributes), beginsFrame);
}

async function openJpeg(
    dataSet: DataSet,
    layout: SampleLayout,
    limits: ImageLimits,
    options: SharpOptions,
): Promise<DicomPicture> {
    const frame = encapsulated(dataSet, beginsJpeg);
    const { jpeg, grey } = readJpegFrame(frame, layout);
    if (!grey) return { kind: "jpeg", jpeg };
    const size = await sharp(jpeg, { ...options, limitInputPixels: false }).metadata();
    refuseTooManyPixels(size, limits);
    refuseCostly(size, size.width * size.height);
    const { data, info } = await sharp(jpeg, { ...options, limitInputPixels: limits.maxPixels })
        .timeout({ seconds: decodeLimitSeconds })
        .toColourspace("b-w")
        .raw()
        .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1) throw corruptPicture("dicom");
    return await showSamples(data, greyLayout(info, layout), dataSet.attributes);
}

/** The layout of a grey JPEG's samples, which have 8 bits whatever the file says of them. */
function greyLayout({ width, height }: Size, { photometric, signed }: SampleLayout): SampleLayout {
    return {
        width,
        height,
        samplesPerPixel: 1,
        photometric: photometric === "MONOCHROME1" ? photometric : "MONOCHROME2",
        planar: false,
        bytesPerSample: 1,
        bitsStored: 8,
        highBit: 7,
        signed,
    };
}

async function showSamples(
    samples: Uint8Array,
    layout: SampleLayout,
    attributes: Attributes,
): Promise<DicomPicture> {
    const readColours = await coloursOf(samples, layout, attributes);
    const size = { width: layout.width, height: layout.height };
    return {
        kind: "samples",
        size,
        decode: async (longest) => {
            const smaller = reducedSize(size, longest);
            return { ...smaller, rgb: await shrinkByArea(size, smaller, readColours) };
        },
    };
}

async function coloursOf(
    samples: Uint8Array,
    layout: SampleLayout,
    attributes: Attributes,
): Promise<ReadColours> {
    if (layout.samplesPerPixel === 3) return sampleColours(samples, layout);
    if (layout.photometric === "PALETTE COLOR") {
        return tableColours(samples, layout, paletteTable(attributes, layout));
    }
    const shades = await shadesOf(samples, layout, readGreyScale(attributes, layout));
    return tableColours(samples, layout, greyTable(shades));
}
