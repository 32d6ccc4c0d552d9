import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import type { ImageLimits } from "../image-limits.ts";
import { corruptPicture, tooLargePicture, unsupportedDicom } from "../picture-errors.ts";
import { type Element, elementReader, type Encoding, endOfElement } from "./read-element.ts";

/**
 * The only attributes whose values are looked at: what pixels need, and whether names are written
 * in them. Everything else (patient, doctor, hospital, dates, private groups) is leapt over unread.
 * Names and tags: DICOM PS3.6.
 */
const attributeTags = {
    samplesPerPixel: 0x00280002,
    photometricInterpretation: 0x00280004,
    planarConfiguration: 0x00280006,
    numberOfFrames: 0x00280008,
    rows: 0x00280010,
    columns: 0x00280011,
    bitsAllocated: 0x00280100,
    bitsStored: 0x00280101,
    highBit: 0x00280102,
    pixelRepresentation: 0x00280103,
    pixelPaddingValue: 0x00280120,
    burnedInAnnotation: 0x00280301,
    windowCenter: 0x00281050,
    windowWidth: 0x00281051,
    rescaleIntercept: 0x00281052,
    rescaleSlope: 0x00281053,
    voiLutFunction: 0x00281056,
    redPaletteDescriptor: 0x00281101,
    greenPaletteDescriptor: 0x00281102,
    bluePaletteDescriptor: 0x00281103,
    redPalette: 0x00281201,
    greenPalette: 0x00281202,
    bluePalette: 0x00281203,
    modalityLutSequence: 0x00283000,
    representativeFrame: 0x00286010,
} as const;

/** An attribute that decoding needs. */
export type AttributeName = keyof typeof attributeTags;

/** The values of attributes as they lie in the file; that of a sequence is empty. */
export type Attributes = ReadonlyMap<AttributeName, Buffer>;

/** What is read of a DICOM file. */
export interface DataSet {
    /** How the pixels are written, a UID of DICOM PS3.5, chapter 10. */
    readonly transferSyntax: string;
    readonly attributes: Attributes;
    /** What {@link DataSet.pixelData} lies in: the file, or what it was deflated from. */
    readonly content: Buffer;
    readonly pixelData: Element | undefined;
}

const nameOfTag = new Map<number, AttributeName>(
    Object.entries(attributeTags).map(([name, tag]) => [tag, name as AttributeName]),
);
const transferSyntaxTag = 0x00020010;
const pixelDataTag = 0x7fe00010;

const implicitLittleEndian = "1.2.840.10008.1.2";
const deflatedLittleEndian = "1.2.840.10008.1.2.1.99";
const explicitBigEndian = "1.2.840.10008.1.2.2";

/** After a preamble and the letters DICM. */
const metaInformationAt = 132;
const metaInformationGroup = 2;

const inflate = promisify(inflateRaw);

/**
 * Reads a DICOM file up to its pixels. A deflated file is inflated in memory, up to the size that a
 * file may have.
 *
 * @throws `image-corrupt`, `image-too-large`, `image-unsupported` (big endian).
 */
export async function readDataSet(file: Buffer, { maxBytes }: ImageLimits): Promise<DataSet> {
    let at = metaInformationAt;
    let transferSyntax: string | undefined;
    const read = elementReader(file);
    while (at + 2 <= file.length && file.readUInt16LE(at) === metaInformationGroup) {
        const element = read(at, "explicit");
        if (element.tag === transferSyntaxTag) transferSyntax = textOf(valueOf(file, element));
        at = endOfElement(element, read);
    }
    if (transferSyntax === undefined) throw corruptPicture("dicom");
    if (transferSyntax === explicitBigEndian) throw unsupportedDicom("in big endian order");
    const encoding = transferSyntax === implicitLittleEndian ? "implicit" : "explicit";
    if (transferSyntax !== deflatedLittleEndian) {
        return { transferSyntax, ...readAttributes(file, at, encoding) };
    }
    const content = await inflated(file.subarray(at), maxBytes);
    return { transferSyntax, ...readAttributes(content, 0, encoding) };
}

async function inflated(deflated: Buffer, maxBytes: number): Promise<Buffer> {
    try {
        return await inflate(deflated, { maxOutputLength: maxBytes });
    } catch (error) {
        if (error instanceof RangeError) {
            throw tooLargePicture(`has, inflated, more than the ${maxBytes} bytes allowed`);
        }
        throw corruptPicture("dicom", error);
    }
}

function readAttributes(
    content: Buffer,
    from: number,
    encoding: Encoding,
): Omit<DataSet, "transferSyntax"> {
    const attributes = new Map<AttributeName, Buffer>();
    const read = elementReader(content);
    for (let at = from; at < content.length;) {
        const element = read(at, encoding);
        if (element.tag === pixelDataTag) return { attributes, content, pixelData: element };
        const name = nameOfTag.get(element.tag);
        if (name !== undefined) attributes.set(name, valueOf(content, element));
        at = endOfElement(element, read);
    }
    return { attributes, content, pixelData: undefined };
}

function valueOf(file: Buffer, { valueAt, length }: Element): Buffer {
    return file.subarray(valueAt, valueAt + (length ?? 0));
}

/** Text without the blanks or the zero that make its length even. */
function textOf(value: Buffer): string {
    return value.toString("latin1", 0, 256).replaceAll(/[\0 ]+$|^ +/g, "");
}

/** The first of an attribute's values, as text. */
export function textIn(attributes: Attributes, name: AttributeName): string | undefined {
    const value = attributes.get(name);
    return value === undefined ? undefined : textOf(value).split("\\")[0]?.trim();
}

/** The first of an attribute's values, a decimal number in text; `undefined`: none, or no number. */
export function decimalIn(attributes: Attributes, name: AttributeName): number | undefined {
    const text = textIn(attributes, name);
    const number = text === undefined || text === "" ? NaN : Number(text);
    return Number.isFinite(number) ? number : undefined;
}

/** The value at `index` of an attribute that holds numbers of 16 bits, unsigned. */
export function shortIn(
    attributes: Attributes,
    name: AttributeName,
    index = 0,
): number | undefined {
    const value = attributes.get(name);
    return value !== undefined && value.length >= index * 2 + 2
        ? value.readUInt16LE(index * 2)
        : undefined;
}
