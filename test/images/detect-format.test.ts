import * as fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { detectFormat } from "../../src/images/detect-format.ts";
import { plainPicture, readFixture } from "./pictures.ts";

const box = (brand: string, ...compatible: string[]): Buffer => {
    const body = Buffer.from(`ftyp${brand}\0\0\0\0${compatible.join("")}`, "latin1");
    const size = Buffer.alloc(4);
    size.writeUInt32BE(body.length + 4);
    return Buffer.concat([size, body, Buffer.from("\0\0\0\x08free", "latin1")]);
};
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

test("a picture is known by its bytes", async () => {
    const picture = plainPicture(8, 8, "#808080");
    for (const format of ["jpeg", "png", "webp", "gif", "tiff", "avif"] as const) {
        const bytes = await picture.clone().toFormat(format).toBuffer();
        expect(detectFormat(bytes)).toBe(format);
    }
    expect(
        detectFormat(await sharp(readFixture("photo.jpg")).tiff({ bigtiff: true }).toBuffer()),
    ).toBe("tiff");
    expect(detectFormat(readFixture("colour.bmp"))).toBe("bmp");
    expect(detectFormat(readFixture("tiny.heic"))).toBe("heic");
});

test.each([
    ["dicom", Buffer.concat([Buffer.alloc(128), latin1("DICM\x02\0\0\0UL")])],
    ["pdf", latin1("%PDF-1.7\n%\xe2\xe3")],
    ["svg", latin1('<?xml version="1.0"?>\n<!-- a drawing -->\n<svg xmlns="http://x">')],
    ["svg", Buffer.from('\uFEFF<svg width="1"/>', "utf16le")],
    ["svg", latin1('\xef\xbb\xbf<x:svg xmlns:x="http://www.w3.org/2000/svg"/>')],
    ["unknown", latin1("<html><body>not a drawing</body></html>")],
    ["video", box("isom", "iso2", "avc1", "mp41")],
    ["video", box("qt  ")],
    ["audio", box("M4A ", "isom")],
    ["audio", latin1("OggS\0\x02")],
    ["heic", box("mif1", "heic")],
    ["avif", box("mif1", "miaf", "avif")],
    ["jpeg-2000", latin1("\0\0\0\x0cjP  \r\n\x87\n")],
    ["jpeg-xl", latin1("\xff\x0a\x00")],
    ["archive", latin1("PK\x03\x04\x14\0")],
    ["office", latin1("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")],
    ["unknown", latin1("BM of no bitmap, and long enough for one")],
    ["unknown", Buffer.alloc(0)],
])("%s is told from a picture", (format, bytes) => {
    expect(detectFormat(bytes)).toBe(format);
});

test("no bytes are too few or too strange", () => {
    const beginnings = fc.constantFrom("", "BM", "RIFF", "\0\0\0\x18ftyp", "\xff\xfe<", "II*\0");
    fc.assert(
        fc.property(beginnings, fc.uint8Array({ maxLength: 400 }), (beginning, rest) => {
            expect(detectFormat(Buffer.concat([latin1(beginning), rest]))).toBeTypeOf("string");
        }),
        { seed: 7 },
    );
});
