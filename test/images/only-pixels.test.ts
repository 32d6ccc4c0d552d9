import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import sharp, { type Exif, type Sharp } from "sharp";
import { expect, test } from "vitest";
import {
    dicomFile,
    greyAttributes,
    plantedSecrets,
    rgbAttributes,
    transferSyntaxes,
} from "./dicom-file.ts";
import { bmpFile, pattern, patternPicture, prepare } from "./pictures.ts";

const side = 64;
const [secret = ""] = plantedSecrets;
const width = 60;
const height = 40;
const picture = (): Sharp => patternPicture(width, height);
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="${secret}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

/** A name, an owner, a serial number and a place. */
const exif: Exif = {
    IFD0: { ImageDescription: secret, Artist: secret, Copyright: secret, HostComputer: secret },
    IFD2: { UserComment: secret, BodySerialNumber: secret, CameraOwnerName: secret },
    IFD3: { GPSLatitudeRef: "N", GPSLatitude: "24/1 28/1 0/1", GPSAreaInformation: secret },
};

/** {@link picture} with all that sharp writes about it. */
const described = (): Sharp => picture().withExif(exif).withXmp(xmp);

function jpegSegment(marker: number, content: string): Buffer {
    const bytes = latin1(`\xff${String.fromCharCode(marker)}\0\0${content}`);
    bytes.writeUInt16BE(bytes.length - 2, 2);
    return bytes;
}

/** An Adobe resource with an IPTC record: the name of a picture and of its author. */
const iptc =
    `Photoshop 3.0\0` +
    `8BIM\x04\x04\0\0\0\0\0\x24` +
    `\x1c\x02\x50\0\x0d${secret}\x1c\x02\x05\0\x0d${secret}`;

function pngChunk(type: string, data: Uint8Array): Buffer {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
    bytes.writeUInt32BE(data.length);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
    return bytes;
}

function webpChunk(type: string, data: Uint8Array): Buffer {
    const bytes = Buffer.concat([
        Buffer.from(`${type}\0\0\0\0`),
        data,
        Buffer.alloc(data.length % 2),
    ]);
    bytes.writeUInt32LE(data.length, 4);
    return bytes;
}

/** A profile's own description, which nothing checks. */
async function profiled(
    format: "jpeg" | "png" | "webp" | "tiff",
): Promise<{ bare: Buffer; planted: Buffer }> {
    const bare = await picture()
        .withIccProfile("p3")
        .toFormat(format, { lossless: true, quality: 90 })
        .toBuffer();
    if (format === "png") return { bare, planted: bare };
    const planted = Buffer.from(bare);
    const copyright = planted.indexOf("cprt") === -1 ? -1 : planted.indexOf("mluc");
    expect(copyright).toBeGreaterThan(0);
    // The letters of the description, two bytes each.
    planted.set(latin1(secret), copyright + 28);
    return { bare, planted };
}

/** Each kind of file without a word about anybody, and with the same pixels and secrets in it. */
const kinds: Readonly<Record<string, () => Promise<{ bare: Buffer; planted: Buffer }>>> = {
    "JPEG: EXIF, XMP, IPTC, comments, a preview, data after its end": async () => {
        const bare = await picture().jpeg({ quality: 90 }).toBuffer();
        const whole = await described().jpeg({ quality: 90 }).toBuffer();
        const segments = [
            jpegSegment(0xe0, `JFXX\0\x13\x01\x01${"\0".repeat(3)}${secret}`),
            jpegSegment(0xfe, secret),
            jpegSegment(0xed, iptc),
            jpegSegment(0xe5, secret),
            jpegSegment(0xef, secret),
        ];
        return {
            bare,
            planted: Buffer.concat([
                whole.subarray(0, 2),
                ...segments,
                whole.subarray(2),
                latin1(secret),
            ]),
        };
    },
    "PNG: text of three kinds, EXIF, a time, an unknown chunk, data after its end": async () => {
        const bare = await picture().png().toBuffer();
        const whole = await described().png().toBuffer();
        const chunks = [
            pngChunk("tEXt", latin1(`Author\0${secret}`)),
            pngChunk("zTXt", Buffer.concat([latin1("Comment\0\0"), deflateSync(secret)])),
            pngChunk("iTXt", latin1(`Title\0\0\0en\0Title\0${secret}`)),
            pngChunk("tIME", Buffer.from([0x07, 0xbc, 1, 1, 0, 0, 0])),
            pngChunk("prVt", latin1(secret)),
        ];
        return {
            bare,
            planted: Buffer.concat([
                whole.subarray(0, 33),
                ...chunks,
                whole.subarray(33),
                latin1(secret),
            ]),
        };
    },
    "WebP: EXIF, XMP, an unknown chunk": async () => {
        const bare = await picture().webp({ lossless: true }).toBuffer();
        const whole = await described().webp({ lossless: true }).toBuffer();
        const planted = Buffer.concat([whole, webpChunk("NAME", latin1(secret))]);
        planted.writeUInt32LE(planted.length - 8, 4);
        return { bare, planted };
    },
    "GIF: a comment, an application's block, data after its end": async () => {
        const bare = await picture().gif().toBuffer();
        const blocks = latin1(`\x21\xfe\x0d${secret}\0\x21\xff\x0bXMP DataXMP\x0d${secret}\0`);
        const tableEnd = 13 + ((bare[10] ?? 0) & 0x80 ? 3 * 2 ** (((bare[10] ?? 0) & 7) + 1) : 0);
        return {
            bare,
            planted: Buffer.concat([
                bare.subarray(0, tableEnd),
                blocks,
                bare.subarray(tableEnd),
                latin1(secret),
            ]),
        };
    },
    "TIFF: EXIF, XMP, an author, data after its end": async () => {
        const bare = await picture().tiff({ compression: "lzw" }).toBuffer();
        const whole = await described().tiff({ compression: "lzw" }).toBuffer();
        return { bare, planted: Buffer.concat([whole, latin1(secret)]) };
    },
    "AVIF: EXIF, XMP, an unknown box": async () => {
        const write = (from: Sharp): Promise<Buffer> =>
            from.avif({ effort: 0, quality: 90 }).toBuffer();
        const box = latin1(`\0\0\0\x15free${secret}`);
        return {
            bare: await write(picture()),
            planted: Buffer.concat([await write(described()), box]),
        };
    },
    "BMP: between its header and its pixels, and after them": async () => {
        const bare = bmpFile(width, height, pattern(width, height));
        const planted = Buffer.concat([
            bare.subarray(0, 62),
            latin1(secret),
            bare.subarray(62),
            latin1(secret),
        ]);
        planted.writeUInt32LE(62 + secret.length, 10);
        return { bare, planted };
    },
    "a colour profile in a JPEG": () => profiled("jpeg"),
    "a colour profile in a WebP": () => profiled("webp"),
    "a colour profile in a TIFF": () => profiled("tiff"),
    "DICOM: who the patient is, and more in its preamble, beneath its samples, after its pixels":
        async () => {
            const samples = Buffer.from(
                Uint16Array.from({ length: width * height }, (_, at) => (at % 64) * 4).buffer,
            );
            const attributes = {
                ...greyAttributes,
                "US 00280100": [16],
                "US 00280101": [8],
                "US 00280102": [9],
                "DS 00281050": "32",
                "DS 00281051": "64",
            };
            const bare = dicomFile(width, height, attributes, samples);
            // An overlay, as old files keep it: in the bits that the picture leaves unused.
            const written = Buffer.from(samples);
            for (let at = 0; at < written.length; at += 2) {
                const letter = secret.codePointAt((at / 2) % secret.length) ?? 0;
                written.writeUInt16LE(
                    written.readUInt16LE(at) | ((letter & 0x3f) << 10) | (letter >> 6),
                    at,
                );
            }
            const preamble = latin1(secret.padEnd(128, "\0"));
            const planted = Buffer.concat([
                dicomFile(width, height, attributes, written, { preamble }),
                latin1(`\xfc\xff\xfc\xffOB\0\0\x0e\0\0\0${secret} `),
            ]);
            return { bare, planted };
        },
    "DICOM: a JPEG with EXIF": async () => {
        const bare = await picture().jpeg({ quality: 90 }).toBuffer();
        const whole = await described().jpeg({ quality: 90 }).toBuffer();
        const wrapped = (file: Buffer): Buffer =>
            dicomFile(width, height, { ...rgbAttributes, "CS 00280004": "YBR_FULL_422" }, [file], {
                transferSyntax: transferSyntaxes.jpeg,
            });
        return {
            bare: wrapped(bare),
            planted: wrapped(
                Buffer.concat([whole.subarray(0, 2), jpegSegment(0xfe, secret), whole.subarray(2)]),
            ),
        };
    },
};

test.each(Object.keys(kinds))("nothing but pixels is left of a %s", async (kind) => {
    const made = await kinds[kind]?.();
    if (made === undefined) throw new Error("There is no such kind.");
    const { bare, planted } = made;
    expect(planted.includes(secret)).toBe(true);
    const image = await prepare(planted, side);
    // All that is stored and shown: pixels, their number, and a name that is made of both.
    expect(Object.keys(image).sort()).toEqual(["id", "rgb", "side"]);
    expect(image.rgb).toHaveLength(side * side * 3);
    expect(image.id).toBe(createHash("sha256").update(`${side}\n`).update(image.rgb).digest("hex"));
    expect(Buffer.from(image.rgb).includes(secret)).toBe(false);
    // What is not in the pixels made no difference to them.
    expect(image.rgb).toEqual((await prepare(bare, side)).rgb);
    // Neither does the buffer that holds them hold anything else.
    expect(image.rgb.buffer.byteLength).toBe(image.rgb.length);
});

test("what lies beneath a transparent part is gone", async () => {
    const rgba = Buffer.alloc(width * height * 4);
    for (let at = 0; at < rgba.length; at += 4)
        rgba.write(secret.slice((at / 4) % 10, ((at / 4) % 10) + 3), at, "latin1");
    const hidden = await sharp(rgba, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer();
    const white = await sharp({ create: { width, height, channels: 3, background: "#ffffff" } })
        .png()
        .toBuffer();
    expect((await prepare(hidden, side)).rgb).toEqual((await prepare(white, side)).rgb);
});
