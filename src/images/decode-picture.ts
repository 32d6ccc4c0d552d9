import sharp, { type Metadata, type Sharp, type SharpOptions } from "sharp";
import { readBmp } from "./decode-bmp.ts";
import { detectFormat, type FileFormat } from "./detect-format.ts";
import { openDicom } from "./dicom/open-dicom.ts";
import {
    decodeLimitSeconds,
    type ImageLimits,
    mostDecoderBytes,
    refuseTooManyPixels,
} from "./image-limits.ts";
import type { Pixels, Size } from "./pad-to-square.ts";
import {
    costlyPicture,
    emptyFile,
    isHarmlessWarning,
    tooLargePicture,
    translatePictureError,
    unsupportedPicture,
} from "./picture-errors.ts";
import { reducedSize } from "./reduced-size.ts";
import { type SampleRange, stretchToBytes } from "./stretch-samples.ts";

/** A picture the right way up, perhaps reduced. */
export interface DecodedPicture {
    readonly pixels: Pixels;
    /** Before the reduction. */
    readonly original: Size;
}

/** A picture whose header was read and found acceptable. */
interface OpenedPicture {
    readonly original: Size;
    readonly metadata: Metadata;
    readonly decoder: Sharp;
}

/**
 * How much larger than needed a picture that is read here (BMP, DICOM) is left for the decoder to
 * reduce: plain means of areas, by which it comes down to that, would blur fine detail a little.
 */
const areaMargin = 2;

/**
 * Most of what AVIF's decoder takes for a pixel, with 8 bits a channel and with more: it holds the
 * whole picture several times over.
 */
const avifBytesPerPixel = { upTo8Bits: 22, more: 30 };

/**
 * Behind transparent parts. White, because what has transparent parts is drawn for a page: dark
 * writing and lines must stay visible.
 */
const behindTransparency = "#ffffff";

/**
 * What is handed to the decoder. HEIC is tried because sharp reads it when built with its codec.
 * SVG is left out although sharp could draw it: it is a program that can name other files.
 */
const attempted: ReadonlySet<FileFormat> = new Set<FileFormat>([
    "jpeg",
    "png",
    "webp",
    "gif",
    "tiff",
    "avif",
    "heic",
    "bmp",
    "dicom",
]);

let configured = false;

/**
 * The process's one setting of libvips: one thread a picture, since the cores belong to the model,
 * and no cache, since no picture is decoded twice.
 */
function configureSharp(): void {
    if (configured) return;
    sharp.concurrency(1);
    sharp.cache(false);
    configured = true;
}

function refuseCostlyAvif({ width, height, depth }: Metadata): void {
    const bytesPerPixel = depth === "uchar" ? avifBytesPerPixel.upTo8Bits : avifBytesPerPixel.more;
    if (width * height * bytesPerPixel > mostDecoderBytes) {
        throw costlyPicture("avif", width, height);
    }
}

async function open(
    bytes: Uint8Array,
    format: FileFormat,
    limits: ImageLimits,
    longest: number,
    failOn: "warning" | "error",
): Promise<OpenedPicture> {
    const options: SharpOptions = { failOn, sequentialRead: true, autoOrient: true };
    if (format === "bmp") {
        const bmp = readBmp(bytes);
        refuseTooManyPixels(bmp, limits);
        return await openPixels(bmp, await bmp.decode(longest * areaMargin));
    }
    if (format === "dicom") {
        // A viewer of DICOM shows the pixels as they lie, whatever a camera noted inside a JPEG.
        const asItLies = { ...options, autoOrient: false };
        const dicom = await openDicom(bytes, limits, asItLies);
        return dicom.kind === "jpeg"
            ? await openEncoded(dicom.jpeg, limits, asItLies)
            : await openPixels(dicom.size, await dicom.decode(longest * areaMargin));
    }
    const opened = await openEncoded(bytes, limits, options);
    if (format === "avif") refuseCostlyAvif(opened.metadata);
    return opened;
}

/** Pixels that were decoded already and wait to be reduced. */
async function openPixels(original: Size, { width, height, rgb }: Pixels): Promise<OpenedPicture> {
    const decoder = sharp(rgb, { raw: { width, height, channels: 3 } });
    return { original, metadata: await decoder.metadata(), decoder };
}

async function openEncoded(
    bytes: Uint8Array,
    limits: ImageLimits,
    options: SharpOptions,
): Promise<OpenedPicture> {
    // Only the header is read here, so that the refusal comes before any pixel and names the size.
    const metadata = await sharp(bytes, { ...options, limitInputPixels: false }).metadata();
    refuseTooManyPixels(metadata, limits);
    const decoder = sharp(bytes, { ...options, limitInputPixels: limits.maxPixels });
    const original = options.autoOrient === true ? metadata.autoOrient : metadata;
    return { original, metadata, decoder };
}

/** `undefined`: the samples have 8 bits, or 16 bits of a colour space that sharp reduces well. */
function sampleRange({ space, depth }: Metadata): SampleRange | undefined {
    if (space === "grey16") return "16-bit";
    return depth === "uchar" || depth === "ushort" ? undefined : "own";
}

/** Samples of one (grey) or three channels as three; `undefined` for other numbers of channels. */
function asColour(samples: Uint8Array, channels: number): Uint8Array | undefined {
    if (channels === 3) return samples;
    if (channels !== 1) return undefined;
    const rgb = new Uint8Array(samples.length * 3);
    for (const [index, grey] of samples.entries()) rgb.fill(grey, index * 3, index * 3 + 3);
    return rgb;
}

async function decode(
    { original, metadata, decoder }: OpenedPicture,
    longest: number,
    format: FileFormat,
): Promise<DecodedPicture> {
    const range = sampleRange(metadata);
    const { data, info } = await decoder
        .timeout({ seconds: decodeLimitSeconds })
        .flatten({ background: behindTransparency })
        .resize({ ...reducedSize(original, longest), fit: "fill", kernel: "cubic" })
        .toColourspace(range === "16-bit" ? "grey16" : "srgb")
        .raw({ depth: range === undefined ? "uchar" : "float" })
        .toBuffer({ resolveWithObject: true });
    const samples =
        range === undefined
            ? data
            : stretchToBytes(
                  new Float32Array(data.buffer, data.byteOffset, data.length / 4),
                  range,
              );
    const rgb = asColour(samples, info.channels);
    if (rgb === undefined) throw unsupportedPicture(format);
    return { original, pixels: { width: info.width, height: info.height, rgb } };
}

/**
 * Decodes a picture file of any supported format: the first page or frame, turned as its EXIF data
 * say, in sRGB, on white where it was transparent, reduced while decoding until its longer axis has
 * at most `longest` pixels. Metadata are left behind.
 *
 * @throws `image-unsupported`, `image-corrupt`, `image-too-large` (known before any pixel is
 * decoded), `image-burned-in`.
 */
export async function decodePicture(
    bytes: Uint8Array,
    limits: ImageLimits,
    longest: number,
): Promise<DecodedPicture> {
    configureSharp();
    if (bytes.length > limits.maxBytes) {
        throw tooLargePicture(
            `has ${bytes.length} bytes, more than the ${limits.maxBytes} allowed`,
        );
    }
    if (bytes.length === 0) throw emptyFile();
    const format = detectFormat(bytes);
    if (!attempted.has(format)) throw unsupportedPicture(format);
    const attempt = async (failOn: "warning" | "error"): Promise<DecodedPicture> =>
        decode(await open(bytes, format, limits, longest, failOn), longest, format);
    try {
        return await attempt("warning");
    } catch (error) {
        if (!isHarmlessWarning(error)) throw translatePictureError(error, format);
    }
    try {
        return await attempt("error");
    } catch (error) {
        throw translatePictureError(error, format);
    }
}
