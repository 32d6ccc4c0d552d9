import { createHash } from "node:crypto";
import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import {
    colourAt,
    difference,
    paddingColour,
    pattern,
    patternPicture,
    plainPicture,
    prepare,
    readFixture,
} from "./pictures.ts";

const side = 84;

/** A picture whose left half is red and whose right half is blue, twice as wide as high. */
function redAndBlue(): Sharp {
    const rgb = new Uint8Array(64 * 32 * 3);
    for (let at = 0; at < rgb.length; at += 3) rgb[at + ((at / 3) % 64 < 32 ? 0 : 2)] = 255;
    return sharp(rgb, { raw: { width: 64, height: 32, channels: 3 } });
}

/** Whether a colour is the expected one but for what lossy compression changes. */
function near(actual: readonly number[], expected: readonly number[], tolerance = 12): boolean {
    return actual.every((value, index) => Math.abs(value - (expected[index] ?? 0)) <= tolerance);
}

test("the outcome is square, padded with CLIP's mean colour, and named by its pixels", async () => {
    const file = await redAndBlue().png().toBuffer();
    const image = await prepare(file, side);
    expect(image.side).toBe(side);
    expect(image.rgb).toHaveLength(side * side * 3);
    expect(colourAt(image, 10, 42)).toEqual([255, 0, 0]);
    expect(colourAt(image, 73, 42)).toEqual([0, 0, 255]);
    expect(colourAt(image, 42, 0)).toEqual(paddingColour);
    expect(colourAt(image, 42, 83)).toEqual(paddingColour);

    expect(image.id).toMatch(/^[0-9a-f]{64}$/);
    expect((await prepare(file, side)).id).toBe(image.id);
    expect((await prepare(file, 42)).id).not.toBe(image.id);
    expect((await prepare(await redAndBlue().flop().png().toBuffer(), side)).id).not.toBe(image.id);
});

test.each([
    ["JPEG", () => redAndBlue().jpeg({ quality: 95, chromaSubsampling: "4:4:4" })],
    ["progressive JPEG", () => redAndBlue().jpeg({ quality: 95, progressive: true })],
    ["CMYK JPEG", () => redAndBlue().toColourspace("cmyk").jpeg({ quality: 95 })],
    ["PNG", () => redAndBlue().png()],
    ["interlaced PNG", () => redAndBlue().png({ progressive: true })],
    ["PNG with a palette", () => redAndBlue().png({ palette: true })],
    ["16-bit PNG", () => redAndBlue().toColourspace("rgb16").png()],
    ["WebP", () => redAndBlue().webp({ quality: 95 })],
    ["lossless WebP", () => redAndBlue().webp({ lossless: true })],
    ["AVIF", () => redAndBlue().avif({ quality: 90 })],
    ["GIF", () => redAndBlue().gif()],
    ["TIFF", () => redAndBlue().tiff({ compression: "lzw" })],
    ["tiled TIFF", () => redAndBlue().tiff({ tile: true, compression: "deflate" })],
    ["TIFF with JPEG", () => redAndBlue().tiff({ compression: "jpeg", quality: 95 })],
    ["16-bit TIFF", () => redAndBlue().toColourspace("rgb16").tiff()],
    ["CMYK TIFF", () => redAndBlue().toColourspace("cmyk").tiff()],
])("%s is read", async (name, write) => {
    const image = await prepare(await write().toBuffer(), side);
    // A printing press has duller colours.
    const tolerance = name.startsWith("CMYK") ? 120 : 20;
    expect(near(colourAt(image, 15, 42), [255, 0, 0], tolerance)).toBe(true);
    expect(near(colourAt(image, 68, 42), [0, 0, 255], tolerance)).toBe(true);
    expect(colourAt(image, 42, 5)).toEqual(paddingColour);
});

/** The 20 × 12 pixels of a picture within its 20 × 20 prepared ones. */
function inMiddle(rgb: Uint8Array): Uint8Array {
    return rgb.subarray(20 * 4 * 3, 20 * 16 * 3);
}

test("BMP files of all kinds are read", async () => {
    const expected = pattern(20, 12);
    for (const name of ["colour.bmp", "alpha.bmp"]) {
        expect(inMiddle((await prepare(readFixture(name), 20)).rgb)).toEqual(expected);
    }
    const palette = inMiddle((await prepare(readFixture("palette.bmp"), 20)).rgb);
    expect(difference(palette, expected).mean).toBeLessThan(12);

    const grey = inMiddle((await prepare(readFixture("grey.bmp"), 20)).rgb);
    const twoTones = inMiddle((await prepare(readFixture("black-and-white.bmp"), 20)).rgb);
    for (let at = 0; at < expected.length; at += 3) {
        const [red = 0, green = 0, blue = 0] = expected.subarray(at, at + 3);
        const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
        expect(Math.abs((grey[at] ?? 0) - luma)).toBeLessThanOrEqual(1);
        expect(twoTones[at]).toBe((grey[at] ?? 0) > 127 ? 255 : 0);
    }
});

test("a BMP file from the top down with 16 bits a pixel is read", async () => {
    const file = Buffer.alloc(66 + 2 * 4);
    file.write("BM");
    file.writeUInt32LE(66, 10);
    file.writeUInt32LE(40, 14);
    file.writeInt32LE(2, 18);
    file.writeInt32LE(-2, 22);
    file.writeUInt16LE(1, 26);
    file.writeUInt16LE(16, 28);
    file.writeUInt32LE(3, 30);
    for (const [index, mask] of [0xf800, 0x07e0, 0x001f].entries()) {
        file.writeUInt32LE(mask, 54 + index * 4);
    }
    for (const [index, pixel] of [0xf800, 0x07e0, 0x001f, 0xffff].entries()) {
        file.writeUInt16LE(pixel, 66 + index * 2);
    }
    expect([...(await prepare(file, 2)).rgb]).toEqual([
        255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255,
    ]);
});

/** A grey slope from black to white, in samples of 16 bits. */
function greySlope(white: number): Sharp {
    const samples = Uint16Array.from({ length: 64 * 64 }, (_, at) => ((at % 64) / 63) * white);
    return sharp(samples, { raw: { width: 64, height: 64, channels: 1 } }).toColourspace("grey16");
}

test.each([
    ["16 bits, PNG", () => greySlope(65_535).png()],
    ["16 bits, TIFF", () => greySlope(65_535).tiff({ compression: "none" })],
    ["12 bits in 16, as scanners write, PNG", () => greySlope(4095).png()],
    ["12 bits in 16, TIFF", () => greySlope(4095).tiff({ compression: "lzw" })],
])("grey of %s keeps its slope from black to white", async (_, write) => {
    const image = await prepare(await write().toBuffer(), 64);
    for (let x = 0; x < 64; x++) {
        const [red = 0, green, blue] = colourAt(image, x, 30);
        expect(Math.abs(red - (x / 63) * 255)).toBeLessThanOrEqual(1);
        expect([green, blue]).toEqual([red, red]);
    }
});

test("a reduced 12-bit scan with hard edges is still known as one", async () => {
    const samples = Uint16Array.from({ length: 3000 * 40 }, (_, at) => (at % 100 < 50 ? 0 : 4095));
    const scan = sharp(samples, { raw: { width: 3000, height: 40, channels: 1 } });
    const image = await prepare(await scan.toColourspace("grey16").png().toBuffer(), 336);
    const row = Array.from({ length: 336 }, (_, x) => colourAt(image, x, 168)[0] ?? 0);
    expect(Math.max(...row)).toBeGreaterThan(240);
});

test("measured values of a floating-point TIFF span black to white", async () => {
    const samples = Float32Array.from({ length: 64 * 64 }, (_, at) => -1000 + (at % 64) * 40);
    const image = await prepare(floatTiff(samples, 64, 64), 64);
    expect([0, 21, 42, 63].map((x) => colourAt(image, x, 30)[0])).toEqual([0, 85, 170, 255]);
});

/** A TIFF 6.0 file of one strip of 32-bit floating-point samples, which sharp cannot write. */
function floatTiff(samples: Float32Array, width: number, height: number): Buffer {
    const tags: [tag: number, type: 3 | 4, value: number][] = [
        [256, 4, width],
        [257, 4, height],
        [258, 3, 32],
        [259, 3, 1],
        [262, 3, 1],
        [273, 4, 8],
        [277, 3, 1],
        [278, 4, height],
        [279, 4, samples.byteLength],
        [339, 3, 3],
    ];
    const directory = Buffer.alloc(2 + tags.length * 12 + 4);
    directory.writeUInt16LE(tags.length);
    for (const [index, [tag, type, value]] of tags.entries()) {
        const at = 2 + index * 12;
        directory.writeUInt16LE(tag, at);
        directory.writeUInt16LE(type, at + 2);
        directory.writeUInt32LE(1, at + 4);
        directory.writeUInt32LE(value, at + 8);
    }
    const header = Buffer.from("II*\0\0\0\0\0", "latin1");
    header.writeUInt32LE(8 + samples.byteLength, 4);
    return Buffer.concat([header, Buffer.from(samples.buffer), directory]);
}

test("all eight EXIF orientations end the right way up", async () => {
    const quarters = new Uint8Array(64 * 32 * 3);
    for (let at = 0; at < 64 * 32; at++) {
        const colour = [
            [255, 0, 0],
            [0, 0, 255],
            [0, 255, 0],
            [255, 255, 0],
        ];
        quarters.set(colour[(at % 64 < 32 ? 0 : 1) + (at < 64 * 16 ? 0 : 2)] ?? [], at * 3);
    }
    const raw = { width: 64, height: 32, channels: 3 } as const;
    const upright = await sharp(quarters, { raw }).png().toBuffer();
    const expected = await prepare(upright, side);
    const turned = async (angle: number): Promise<Sharp> =>
        sharp(await sharp(upright).rotate(angle).png().toBuffer());
    // What a camera held that way stores.
    const stored = [
        sharp(upright),
        sharp(upright).flop(),
        await turned(180),
        sharp(upright).flip(),
        (await turned(90)).flop(),
        await turned(270),
        (await turned(270)).flop(),
        await turned(90),
    ];
    for (const [index, picture] of stored.entries()) {
        for (const format of ["png", "jpeg", "webp", "tiff"] as const) {
            const file = await picture
                .clone()
                .withMetadata({ orientation: index + 1 })
                .toFormat(format, { quality: 100, chromaSubsampling: "4:4:4" })
                .toBuffer();
            const { mean } = difference((await prepare(file, side)).rgb, expected.rgb);
            expect(mean, `${format}, orientation ${index + 1}`).toBeLessThan(4);
        }
    }
});

test("a large turned photo is turned too", async () => {
    const file = await plainPicture(3000, 1500, "#ff0000")
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer();
    const image = await prepare(file, 336);
    expect(colourAt(image, 20, 168)).toEqual(paddingColour);
    expect(near(colourAt(image, 168, 20), [255, 0, 0])).toBe(true);
});

test("only pixels are left of a photo's metadata", async () => {
    const photo = readFixture("photo.jpg");
    const { exif, orientation } = await sharp(photo).metadata();
    expect(exif).toBeDefined();
    expect(orientation).toBe(6);
    const bare = await sharp(photo).autoOrient().png().toBuffer();
    const image = await prepare(photo, side);
    expect(image.rgb).toEqual((await prepare(bare, side)).rgb);
    expect(image.id).toBe(createHash("sha256").update(`${side}\n`).update(image.rgb).digest("hex"));
});

test("the first frame and the first page are taken", async () => {
    const frames = await Promise.all(
        ["#ff0000", "#0000ff"].map((colour) => plainPicture(40, 40, colour).png().toBuffer()),
    );
    for (const format of ["gif", "webp", "tiff"] as const) {
        const file = await sharp(frames, { join: { animated: true } })
            .toFormat(format, { quality: 95 })
            .toBuffer();
        expect((await sharp(file).metadata()).pages, format).toBe(2);
        expect(near(colourAt(await prepare(file, side), 42, 42), [255, 0, 0]), format).toBe(true);
    }
});

test.each([
    [0, [255, 255, 255]],
    [0.5, [255, 127, 127]],
    [1, [255, 0, 0]],
])("red with an opacity of %d lies on white", async (alpha, expected) => {
    const background = { r: 255, g: 0, b: 0, alpha };
    const picture = sharp({ create: { width: 40, height: 40, channels: 4, background } });
    const image = await prepare(await picture.png().toBuffer(), side);
    expect(near(colourAt(image, 42, 42), expected, 1)).toBe(true);
});

test("colours of another profile become sRGB", async () => {
    const file = await plainPicture(40, 40, "#c06030").withIccProfile("p3").png().toBuffer();
    const { data } = await sharp(file, { ignoreIcc: true })
        .raw()
        .toBuffer({ resolveWithObject: true });
    expect(near([...data.subarray(0, 3)], [0xc0, 0x60, 0x30], 5)).toBe(false);
    expect(near(colourAt(await prepare(file, side), 42, 42), [0xc0, 0x60, 0x30], 2)).toBe(true);
});

test("one-bit pages and grey pictures are read", async () => {
    const scan = patternPicture(200, 100).greyscale();
    const grey = await prepare(await scan.clone().png().toBuffer(), side);
    expect(
        grey.rgb.every((value, at) => at % 3 === 0 || near([value], [grey.rgb[at - 1] ?? 0], 18)),
    ).toBe(true);
    const white = await plainPicture(40, 40, "#ffffff")
        .toColourspace("b-w")
        .tiff({ bitdepth: 1, compression: "ccittfax4", miniswhite: true })
        .toBuffer();
    expect(colourAt(await prepare(white, side), 42, 42)).toEqual([255, 255, 255]);
});
