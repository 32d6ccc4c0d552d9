import { deflateRawSync } from "node:zlib";

/** A value of a DICOM element: text, numbers of 16 bits, bytes, or the items of a sequence. */
type DicomValue = string | readonly number[] | Uint8Array | readonly DicomElements[];

/** Elements by their kind of value and tag, as in `{ "US 00280010": [512] }`. */
export type DicomElements = Readonly<Record<string, DicomValue>>;

/** How a DICOM file is written. */
export interface DicomStyle {
    readonly transferSyntax?: string;
    /** Sequences and items end with a delimiter instead of stating their length. */
    readonly delimited?: boolean;
    /** The 128 bytes before the letters DICM. */
    readonly preamble?: Uint8Array;
}

/** Transfer syntaxes by name (DICOM PS3.5, chapter 10). */
export const transferSyntaxes = {
    implicit: "1.2.840.10008.1.2",
    explicit: "1.2.840.10008.1.2.1",
    deflated: "1.2.840.10008.1.2.1.99",
    bigEndian: "1.2.840.10008.1.2.2",
    jpeg: "1.2.840.10008.1.2.4.50",
    jpegExtended: "1.2.840.10008.1.2.4.51",
    jpegLossless: "1.2.840.10008.1.2.4.70",
    jpegLs: "1.2.840.10008.1.2.4.80",
    jpeg2000: "1.2.840.10008.1.2.4.90",
    rle: "1.2.840.10008.1.2.5",
} as const;

/** What is written into every file, and must appear nowhere else. */
export const plantedSecrets = ["SECRET^FATIMA", "SECRETID784", "SECRET-HOSPITAL", "SECRETDOCTOR"];

const [patient = "", patientId = "", hospital = "", doctor = ""] = plantedSecrets;

/** Who the patient is, in all the places where files say it: also nested, and in private groups. */
export const identity: DicomElements = {
    "DA 00080020": "19800101",
    "LO 00080080": hospital,
    "PN 00080090": doctor,
    "SQ 00081110": [{ "PN 00100010": patient }, { "SQ 00081140": [{ "LO 00100020": patientId }] }],
    "UN 00091001": Buffer.from(patient),
    "PN 00100010": patient,
    "LO 00100020": patientId,
    "LT 00104000": `${patient} ${hospital} `.repeat(30),
    "UT 00204000": `${doctor} `.repeat(30_000),
};

/** What describes a picture of one grey sample of 8 bits a pixel; {@link dicomFile} needs more. */
export const greyAttributes: DicomElements = {
    "US 00280002": [1],
    "CS 00280004": "MONOCHROME2",
    "US 00280100": [8],
    "US 00280101": [8],
    "US 00280102": [7],
    "US 00280103": [0],
};

/** {@link greyAttributes} for samples of 16 bits. */
export const grey16Attributes: DicomElements = {
    ...greyAttributes,
    "US 00280100": [16],
    "US 00280101": [16],
    "US 00280102": [15],
};

/** What describes a picture of red, green and blue samples. */
export const rgbAttributes: DicomElements = {
    ...greyAttributes,
    "US 00280002": [3],
    "CS 00280004": "RGB",
    "US 00280006": [0],
};

const undefinedLength = 0xffffffff;
const longKinds = new Set(["OB", "OW", "SQ", "UN", "UT"]);

function uint16(...numbers: readonly number[]): Buffer {
    const bytes = Buffer.alloc(numbers.length * 2);
    for (const [at, number] of numbers.entries()) bytes.writeUInt16LE(number & 0xffff, at * 2);
    return bytes;
}

function uint32(number: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(number);
    return bytes;
}

/** An item, or a delimiter: they state no kind of value. */
export function dicomItem(tag: number, content: Uint8Array, length = content.length): Buffer {
    return Buffer.concat([uint16(tag >>> 16, tag), uint32(length), content]);
}

function header(kind: string, tag: number, length: number, implicit: boolean): Buffer {
    const name = uint16(tag >>> 16, tag);
    if (implicit) return Buffer.concat([name, uint32(length)]);
    if (longKinds.has(kind)) {
        return Buffer.concat([name, Buffer.from(`${kind}\0\0`), uint32(length)]);
    }
    return Buffer.concat([name, Buffer.from(kind), uint16(length)]);
}

function isSequence(value: DicomValue): value is readonly DicomElements[] {
    return Array.isArray(value) && typeof value[0] === "object";
}

function valueBytes(value: Exclude<DicomValue, readonly DicomElements[]>): Buffer {
    const bytes =
        typeof value === "string" || value instanceof Uint8Array
            ? Buffer.from(value)
            : uint16(...value);
    return bytes.length % 2 === 0
        ? bytes
        : Buffer.concat([bytes, Buffer.from(typeof value === "string" ? " " : "\0")]);
}

function element(key: string, value: DicomValue, implicit: boolean, delimited: boolean): Buffer {
    const [kind = "", hex = ""] = key.split(" ");
    const tag = Number.parseInt(hex, 16);
    if (!isSequence(value)) {
        const bytes = valueBytes(value);
        return Buffer.concat([header(kind, tag, bytes.length, implicit), bytes]);
    }
    const items = value.map((elements) => {
        const content = dicomElements(elements, implicit, delimited);
        if (!delimited) return dicomItem(0xfffee000, content);
        const end = dicomItem(0xfffee00d, Buffer.alloc(0));
        return dicomItem(0xfffee000, Buffer.concat([content, end]), undefinedLength);
    });
    const content = Buffer.concat(items);
    if (!delimited) return Buffer.concat([header(kind, tag, content.length, implicit), content]);
    const end = dicomItem(0xfffee0dd, Buffer.alloc(0));
    return Buffer.concat([header(kind, tag, undefinedLength, implicit), content, end]);
}

/** Elements one after another, in the order of their tags. */
export function dicomElements(
    elements: DicomElements,
    implicit = false,
    delimited = false,
): Buffer {
    const tagOf = (key: string): string => key.slice(3);
    const sorted = Object.entries(elements).sort(([one], [other]) =>
        tagOf(one) < tagOf(other) ? -1 : 1,
    );
    return Buffer.concat(sorted.map(([key, value]) => element(key, value, implicit, delimited)));
}

/** A DICOM file whose data set is already written. */
export function wrapDataSet(
    dataSet: Uint8Array,
    { transferSyntax = transferSyntaxes.explicit, preamble }: DicomStyle = {},
): Buffer {
    const meta = dicomElements({
        "UI 00020010": Buffer.from(
            transferSyntax.padEnd(transferSyntax.length + (transferSyntax.length % 2), "\0"),
        ),
    });
    return Buffer.concat([
        preamble ?? Buffer.alloc(128),
        Buffer.from("DICM"),
        dicomElements({ "UL 00020000": uint32(meta.length) }),
        meta,
        dataSet,
    ]);
}

/**
 * A DICOM file with {@link identity}, a picture's size, what else describes it, and its pixels: as
 * they are, or as fragments of encapsulated pixels.
 */
export function dicomFile(
    width: number,
    height: number,
    attributes: DicomElements,
    pixels: Uint8Array | readonly Uint8Array[],
    style: DicomStyle = {},
): Buffer {
    const { transferSyntax = transferSyntaxes.explicit, delimited = false } = style;
    const implicit = transferSyntax === transferSyntaxes.implicit;
    const described = {
        ...identity,
        "US 00280010": [height],
        "US 00280011": [width],
        ...attributes,
    };
    const dataSet = Buffer.concat([
        dicomElements(described, implicit, delimited),
        pixelData(pixels, implicit),
    ]);
    const written =
        transferSyntax === transferSyntaxes.deflated ? deflateRawSync(dataSet) : dataSet;
    return wrapDataSet(written, style);
}

function pixelData(pixels: Uint8Array | readonly Uint8Array[], implicit: boolean): Buffer {
    if (pixels instanceof Uint8Array) return dicomElements({ "OW 7fe00010": pixels }, implicit);
    const items = [new Uint8Array(0), ...pixels].map((fragment) =>
        dicomItem(0xfffee000, valueBytes(fragment)),
    );
    const end = dicomItem(0xfffee0dd, Buffer.alloc(0));
    return Buffer.concat([header("OB", 0x7fe00010, undefinedLength, false), ...items, end]);
}

/** Packs a frame as DICOM's run lengths: each byte of a pixel in a segment, the high byte first. */
export function packRle(
    samples: Uint8Array,
    samplesPerPixel: number,
    bytesPerSample: number,
): Buffer {
    const step = samplesPerPixel * bytesPerSample;
    const segments = Array.from({ length: step }, (_, segment) => {
        const sample = Math.floor(segment / bytesPerSample);
        const first = sample * bytesPerSample + bytesPerSample - 1 - (segment % bytesPerSample);
        return packRuns(samples.filter((_byte, at) => at % step === first));
    });
    const table = Buffer.alloc(64);
    table.writeUInt32LE(step);
    let at = 64;
    for (const [index, segment] of segments.entries()) {
        table.writeUInt32LE(at, 4 + index * 4);
        at += segment.length;
    }
    return Buffer.concat([table, ...segments]);
}

function packRuns(bytes: Uint8Array): Buffer {
    const packed: number[] = [];
    for (let at = 0; at < bytes.length;) {
        let run = 1;
        while (run < 128 && bytes[at + run] === bytes[at]) run++;
        if (run > 2) packed.push(257 - run, bytes[at] ?? 0);
        else {
            run = Math.min(20, bytes.length - at);
            packed.push(run - 1, ...bytes.subarray(at, at + run));
        }
        at += run;
    }
    if (packed.length % 2 === 1) packed.push(128);
    return Buffer.from(packed);
}
