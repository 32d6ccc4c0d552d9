/** What a file is, told by its first bytes: names and MIME types from outside are not trusted. */
export type FileFormat =
    | "jpeg"
    | "png"
    | "webp"
    | "gif"
    | "tiff"
    | "avif"
    | "bmp"
    | "heic"
    | "jpeg-2000"
    | "jpeg-xl"
    | "photoshop"
    | "icon"
    | "svg"
    | "dicom"
    | "nifti"
    | "pdf"
    | "office"
    | "archive"
    | "video"
    | "audio"
    | "unknown";

/** A signature: these characters (one a byte) at this offset. */
type Signature = readonly [format: FileFormat, offset: number, characters: string];

/**
 * In the order in which they are tried. DICOM comes first: scanners write a TIFF header into its
 * 128-byte preamble, so that the file can be read as both, but as DICOM alone it says which values
 * are black and white and whether names are written in the picture.
 */
const signatures: readonly Signature[] = [
    ["dicom", 128, "DICM"],
    ["jpeg", 0, "\xff\xd8\xff"],
    ["png", 0, "\x89PNG\r\n\x1a\n"],
    ["gif", 0, "GIF87a"],
    ["gif", 0, "GIF89a"],
    ["tiff", 0, "II*\0"],
    ["tiff", 0, "MM\0*"],
    ["tiff", 0, "II+\0"],
    ["tiff", 0, "MM\0+"],
    ["pdf", 0, "%PDF-"],
    ["jpeg-2000", 0, "\0\0\0\x0cjP  "],
    ["jpeg-2000", 0, "\xff\x4f\xff\x51"],
    ["jpeg-xl", 0, "\xff\x0a"],
    ["jpeg-xl", 0, "\0\0\0\x0cJXL "],
    ["photoshop", 0, "8BPS"],
    ["icon", 0, "\0\0\x01\0"],
    ["nifti", 344, "n+1\0"],
    ["nifti", 344, "ni1\0"],
    ["office", 0, "\xd0\xcf\x11\xe0"],
    ["archive", 0, "PK\x03\x04"],
    ["archive", 0, "\x1f\x8b"],
    ["archive", 0, "Rar!"],
    ["archive", 0, "7z\xbc\xaf"],
    ["video", 0, "\x1a\x45\xdf\xa3"],
    ["video", 8, "AVI "],
    ["audio", 8, "WAVE"],
    ["audio", 0, "OggS"],
    ["audio", 0, "ID3"],
    ["audio", 0, "fLaC"],
];

/** Brands of ISO base media files (ISO/IEC 23008-12 and 14496-12) that are not a video's. */
const brandFormats: Readonly<Record<string, FileFormat>> = {
    avif: "avif",
    avis: "avif",
    heic: "heic",
    heix: "heic",
    heim: "heic",
    heis: "heic",
    hevc: "heic",
    hevx: "heic",
    mif1: "heic",
    msf1: "heic",
    "M4A ": "audio",
    "M4B ": "audio",
};

/** Sizes of the header that follows a BMP file's first 14 bytes. */
const bmpHeaderSizes: readonly number[] = [12, 40, 52, 56, 64, 108, 124];

/** Tells what a file is from its first bytes alone; never fails. */
export function detectFormat(bytes: Uint8Array): FileFormat {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096));
    const start = head.toString("latin1");
    if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) return "webp";
    if (start.startsWith("ftyp", 4)) return formatOfBrands(start);
    if (start.startsWith("BM") && head.length >= 18) {
        if (bmpHeaderSizes.includes(head.readUInt32LE(14))) return "bmp";
    }
    const known = signatures.find(([, offset, characters]) => start.startsWith(characters, offset));
    if (known !== undefined) return known[0];
    return isSvg(head) ? "svg" : "unknown";
}

function formatOfBrands(start: string): FileFormat {
    const boxEnd = Math.min(Buffer.from(start.slice(0, 4), "latin1").readUInt32BE(0), 256);
    const brands = [start.slice(8, 12)];
    for (let offset = 16; offset + 4 <= boxEnd; offset += 4) {
        brands.push(start.slice(offset, offset + 4));
    }
    // An AVIF file may name the general brand "mif1" first, so its own brand decides.
    const formats = brands.map((brand) => brandFormats[brand]);
    if (formats.includes("avif")) return "avif";
    return formats.find((format) => format !== undefined) ?? "video";
}

function isSvg(head: Buffer): boolean {
    const utf16 = head[0] === 0xff && head[1] === 0xfe;
    const text = head.toString(utf16 ? "utf16le" : "utf8");
    return /^[\s\uFEFF]*</.test(text) && /<(?:\w+:)?svg[\s>]/i.test(text);
}
