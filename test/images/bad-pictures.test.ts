import { crc32, deflateSync } from "node:zlib";
import * as fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { prepareImage } from "../../src/images/prepare-image.ts";
import { type ErrorCode, isAppError } from "../../src/errors.ts";
import { patternPicture, plainPicture, prepare, readFixture, roomyLimits } from "./pictures.ts";

const side = 84;

async function refusal(work: Promise<unknown>): Promise<ErrorCode | "prepared" | "foreign"> {
    try {
        await work;
        return "prepared";
    } catch (error) {
        return isAppError(error) ? error.code : "foreign";
    }
}

const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>',
);

test.each([
    ["an SVG, which sharp could draw", svg],
    ["a HEIC photo, whose codec sharp lacks", readFixture("tiny.heic")],
    ["a PDF", Buffer.from("%PDF-1.7\n1 0 obj\n")],
    ["text", Buffer.from("My chest hurts.")],
    ["zeros", Buffer.alloc(5000)],
])("%s is unsupported", async (_, bytes) => {
    expect(await refusal(prepare(bytes, side))).toBe("image-unsupported");
});

test("the error says what the file is", async () => {
    await expect(prepare(svg, side)).rejects.toThrow(/SVG/);
});

test("an empty file is corrupt", async () => {
    expect(await refusal(prepare(new Uint8Array(0), side))).toBe("image-corrupt");
});

test("a truncated picture is corrupt, never half a picture", async () => {
    const picture = patternPicture(300, 200);
    const files = {
        jpeg: await picture.clone().jpeg().toBuffer(),
        progressive: await picture.clone().jpeg({ progressive: true }).toBuffer(),
        png: await picture.clone().png().toBuffer(),
        webp: await picture.clone().webp().toBuffer(),
        gif: await picture.clone().gif().toBuffer(),
        tiff: await picture.clone().tiff({ compression: "lzw" }).toBuffer(),
        avif: await picture.clone().avif().toBuffer(),
        bmp: readFixture("colour.bmp"),
    };
    for (const [name, file] of Object.entries(files)) {
        for (const part of [0.05, 0.3, 0.6, 0.95]) {
            const cut = file.subarray(0, Math.ceil(file.length * part));
            expect(await refusal(prepare(cut, side)), `${name}, ${part}`).toBe("image-corrupt");
        }
    }
});

test("a JPEG that lost a piece in the middle is corrupt", async () => {
    const file = await patternPicture(700, 500).jpeg().toBuffer();
    const pieces = [file.subarray(0, file.length / 3), file.subarray(file.length / 2)];
    expect(await refusal(prepare(Buffer.concat(pieces), side))).toBe("image-corrupt");
});

test("harmless faults of cameras do not cost a patient the photo", async () => {
    const file = await patternPicture(300, 200).jpeg().toBuffer();
    const { id } = await prepare(file, side);
    const wrongScan = Buffer.from(file);
    // The three numbers that end the start-of-scan segment, meant for progressive pictures.
    const scan = file.indexOf(Buffer.from([0xff, 0xda]));
    wrongScan[scan + 3 + file.readUInt16BE(scan + 2) - 3] = 0;
    const padded = Buffer.concat([file, Buffer.alloc(3000, 1)]);
    const brokenExif = Buffer.concat([
        file.subarray(0, 2),
        Buffer.from("\xff\xe1\0\x14Exif\0\0II*\0\xff\xff\xff\xffjunk", "latin1"),
        file.subarray(2),
    ]);
    for (const [name, variant] of Object.entries({ wrongScan, padded, brokenExif })) {
        expect((await prepare(variant, side)).id, name).toBe(id);
    }
});

test.each([
    ["8 bits", 8, 2700, 2525, 2700, 2526],
    ["10 bits", 10, 2500, 2000, 2500, 2001],
] as const)(
    "an AVIF of %s that takes too much memory to decode is refused for its format",
    async (_, bitdepth, width, height, tooWide, tooHigh) => {
        const write = (wide: number, high: number): Promise<Buffer> =>
            plainPicture(wide, high, "#808080").avif({ effort: 0, bitdepth }).toBuffer();
        expect(await refusal(prepare(await write(width, height), side))).toBe("prepared");
        const file = await write(tooWide, tooHigh);
        await expect(prepare(file, side)).rejects.toMatchObject({
            code: "image-unsupported",
            message: expect.stringContaining(`${tooWide} × ${tooHigh}`) as unknown,
            remedy: expect.stringContaining("JPEG") as unknown,
        });
    },
);

test("bytes over the limit are refused, bytes at the limit are not", async () => {
    const file = await plainPicture(40, 40, "#808080").png().toBuffer();
    const within = (maxBytes: number): Promise<string> =>
        refusal(prepareImage(file, { side, limits: { ...roomyLimits, maxBytes } }));
    expect(await within(file.length)).toBe("prepared");
    expect(await within(file.length - 1)).toBe("image-too-large");
});

test("pixels over the limit are refused, pixels at the limit are not", async () => {
    for (const format of ["png", "jpeg", "webp", "gif", "tiff", "avif"] as const) {
        const file = await plainPicture(40, 30, "#808080").toFormat(format).toBuffer();
        const within = (maxPixels: number): Promise<string> =>
            refusal(prepareImage(file, { side, limits: { ...roomyLimits, maxPixels } }));
        expect(await within(1200), format).toBe("prepared");
        expect(await within(1199), format).toBe("image-too-large");
    }
});

/** Small files whose headers claim hundreds of megapixels. */
async function decompressionBombs(): Promise<Record<string, Buffer>> {
    const picture = plainPicture(64, 48, "#445566");
    const jpeg = await picture.clone().jpeg().toBuffer();
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(60_000, frame + 5);
    jpeg.writeUInt16BE(60_000, frame + 7);

    const png = await picture.clone().png().toBuffer();
    png.writeUInt32BE(20_000, 16);
    png.writeUInt32BE(10_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);

    const webp = await picture.clone().webp({ lossless: true }).toBuffer();
    webp.writeUInt32LE(16_382 + 16_382 * 2 ** 14, 21);

    const gif = await picture.clone().gif().toBuffer();
    const image = gif.indexOf(0x2c);
    gif.writeUInt16LE(65_535, image + 5);
    gif.writeUInt16LE(65_535, image + 7);

    const avif = await picture.clone().avif().toBuffer();
    avif.writeUInt32BE(60_000, avif.indexOf("ispe") + 8);
    avif.writeUInt32BE(60_000, avif.indexOf("ispe") + 12);

    const bmp = Buffer.from(readFixture("colour.bmp"));
    bmp.writeInt32LE(60_000, 18);
    bmp.writeInt32LE(-60_000, 22);
    return { jpeg, png, webp, gif, avif, bmp };
}

test("decompression bombs are refused by their header alone", async () => {
    for (const [name, bomb] of Object.entries(await decompressionBombs())) {
        const rss = process.resourceUsage().maxRSS;
        expect(await refusal(prepare(bomb, 336)), name).toBe("image-too-large");
        const extraMiB = (process.resourceUsage().maxRSS - rss) / 1024;
        expect(extraMiB, name).toBeLessThan(50);
    }
});

/** One chunk of a PNG file. */
function chunk(type: string, data: Buffer): Buffer {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
    bytes.writeUInt32BE(data.length);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
    return bytes;
}

test("a sound picture of 200 megapixels is refused, and the refusal names its size", async () => {
    // Width, height, then one bit a pixel and no colour.
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    header.writeUInt32BE(20_000, 0);
    header.writeUInt32BE(10_000, 4);
    const file = Buffer.concat([
        Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
        chunk("IHDR", header),
        chunk("IDAT", deflateSync(Buffer.alloc(10_000 * (1 + 20_000 / 8)), { level: 1 })),
        chunk("IEND", Buffer.alloc(0)),
    ]);
    expect((await sharp(file).metadata()).width).toBe(20_000);
    await expect(prepare(file, 336)).rejects.toMatchObject({
        code: "image-too-large",
        message: expect.stringContaining("20000 × 10000"),
    });
});

test("random bytes and mutated pictures give a picture or one of the three refusals", async () => {
    const picture = patternPicture(120, 90);
    const files: Buffer[] = await Promise.all([
        picture.clone().jpeg().toBuffer(),
        picture.clone().jpeg({ progressive: true }).toBuffer(),
        picture.clone().toColourspace("cmyk").jpeg().toBuffer(),
        picture.clone().png().toBuffer(),
        picture.clone().png({ palette: true, progressive: true }).toBuffer(),
        picture.clone().toColourspace("grey16").png().toBuffer(),
        picture.clone().webp().toBuffer(),
        picture.clone().webp({ lossless: true }).toBuffer(),
        picture.clone().gif().toBuffer(),
        picture.clone().tiff({ compression: "lzw" }).toBuffer(),
        picture.clone().tiff({ compression: "none", tile: true }).toBuffer(),
        picture.clone().avif({ effort: 0 }).toBuffer(),
    ]);
    files.push(...["colour.bmp", "palette.bmp", "tiny.heic", "photo.jpg"].map(readFixture));
    // Headers are hit as often as the rest.
    const place = fc.oneof(fc.nat(200), fc.nat(100_000));
    const mutation = fc.record({
        file: fc.constantFrom(...files),
        places: fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 6 }),
        kept: fc.oneof(fc.constant(1), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    });
    const mutated = mutation.map(({ file, places, kept }) => {
        const bytes = Buffer.from(file);
        for (const [at, value] of places) bytes[at % bytes.length] = value;
        return bytes.subarray(0, Math.ceil(bytes.length * kept));
    });
    const input = fc.oneof({ weight: 5, arbitrary: mutated }, fc.uint8Array({ maxLength: 300 }));
    const limits = { maxBytes: 1_000_000, maxPixels: 80_000 };
    const outcomes = new Set<string>();
    await fc.assert(
        fc.asyncProperty(input, async (bytes) => {
            outcomes.add(await refusal(prepareImage(bytes, { side, limits })));
        }),
        { seed: 11, numRuns: 1500 },
    );
    expect([...outcomes].sort()).toEqual([
        "image-corrupt",
        "image-too-large",
        "image-unsupported",
        "prepared",
    ]);
});

test("a picture that is no longer wanted is aborted: before, while it waits, while it decodes", async () => {
    const file = await patternPicture(1500, 1200).png().toBuffer();
    const start = (signal: AbortSignal): Promise<unknown> =>
        prepareImage(file, { side: 336, limits: roomyLimits, signal });
    expect(await refusal(start(AbortSignal.abort()))).toBe("aborted");

    const controller = new AbortController();
    const album = Array.from({ length: 6 }, () => refusal(start(controller.signal)));
    const wanted = refusal(start(new AbortController().signal));
    setImmediate(() => controller.abort());
    expect(await Promise.all(album)).toEqual(Array.from({ length: 6 }, () => "aborted"));
    expect(await wanted).toBe("prepared");
});

test("an error never quotes the file", async () => {
    const bytes = Buffer.from("Patient: Sara, born 1980");
    const error: unknown = await prepare(bytes, side).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("Sara");
});
