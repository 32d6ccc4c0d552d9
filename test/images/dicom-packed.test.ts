import sharp from "sharp";
import { expect, test } from "vitest";
import {
    type DicomElements,
    dicomFile,
    grey16Attributes,
    greyAttributes,
    packRle,
    rgbAttributes,
    transferSyntaxes,
} from "./dicom-file.ts";
import { difference, greyed, pattern, prepare, preparedPlain, readFixture } from "./pictures.ts";

const width = 40;
const height = 30;
const colours = pattern(width, height);
const { rle, jpeg, jpegExtended } = transferSyntaxes;

test("run lengths unpack to the same pixels", async () => {
    const coloured = packRle(colours, 3, 1);
    const file = dicomFile(width, height, { ...rgbAttributes, "US 00280006": [1] }, [coloured], {
        transferSyntax: rle,
    });
    expect((await prepare(file, width)).rgb).toEqual(await preparedPlain(colours, width, height));

    const values = Array.from({ length: 30 }, (_, at) => (at < 12 ? 0 : at * 100));
    const samples = Buffer.from(Uint16Array.from(values).buffer);
    const plain = dicomFile(30, 1, grey16Attributes, samples);
    const packed = dicomFile(30, 1, grey16Attributes, [packRle(samples, 1, 2)], {
        transferSyntax: rle,
    });
    expect((await prepare(packed, 30)).rgb).toEqual((await prepare(plain, 30)).rgb);
});

test("a JPEG in a DICOM file is read, in one piece or several, in colour and grey", async () => {
    const picture = sharp(colours, { raw: { width, height, channels: 3 } });
    const coloured = await picture
        .clone()
        .jpeg({ quality: 95 })
        .withMetadata({ orientation: 6 })
        .toBuffer();
    const { data: decoded } = await sharp(coloured).raw().toBuffer({ resolveWithObject: true });
    const asFile = (fragments: readonly Uint8Array[], attributes: DicomElements): Buffer =>
        dicomFile(width, height, attributes, fragments, { transferSyntax: jpeg });
    const pieces = [coloured.subarray(0, 500), coloured.subarray(500)];
    for (const fragments of [[coloured], pieces]) {
        const file = asFile(fragments, { ...rgbAttributes, "CS 00280004": "YBR_FULL_422" });
        // Turned by nothing: in DICOM the pixels lie as they are shown.
        expect((await prepare(file, width)).rgb).toEqual(
            await preparedPlain(decoded, width, height),
        );
    }

    const grey = await picture.clone().toColourspace("b-w").jpeg({ quality: 95 }).toBuffer();
    const { data: samples } = await sharp(grey)
        .toColourspace("b-w")
        .raw()
        .toBuffer({ resolveWithObject: true });
    const inverted = asFile([grey], { ...greyAttributes, "CS 00280004": "MONOCHROME1 " });
    expect((await prepare(inverted, width)).rgb).toEqual(
        await preparedPlain(greyed(samples.map((sample) => 255 - sample)), width, height),
    );
    const windowed = { ...greyAttributes, "DS 00281050": "242 ", "DS 00281051": "9 " };
    const narrow = greyed(
        samples.map((sample) => Math.min(Math.max(((sample - 241.5) / 8 + 0.5) * 255, 0), 255)),
    );
    const { most } = difference(
        (await prepare(asFile([grey], windowed), width)).rgb,
        await preparedPlain(narrow, width, height),
    );
    expect(most).toBeLessThanOrEqual(1);
});

test("a JPEG that does not say what its colours are has those of the DICOM file", async () => {
    const red = sharp({ create: { width: 16, height: 16, channels: 3, background: "#ff0000" } });
    const unnamed = await red.jpeg({ quality: 100 }).toBuffer();
    expect(unnamed.toString("latin1", 0, 4)).toBe("\xff\xd8\xff\xdb");
    const jfif = Buffer.from("\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1");
    const named = Buffer.concat([unnamed.subarray(0, 2), jfif, unnamed.subarray(2)]);
    const colourOf = async (file: Buffer, photometric: string): Promise<number[]> => {
        const attributes = { ...rgbAttributes, "CS 00280004": photometric };
        const dicom = dicomFile(16, 16, attributes, [file], { transferSyntax: jpegExtended });
        return [...(await prepare(dicom, 16)).rgb.subarray(0, 3)];
    };
    expect(await colourOf(unnamed, "YBR_FULL_422")).toEqual([254, 0, 0]);
    expect(await colourOf(unnamed, "RGB ")).toEqual([76, 85, 255]);
    // The JPEG knows better: many writers say RGB of everything that is coloured.
    expect(await colourOf(named, "RGB ")).toEqual([254, 0, 0]);
});

test("of several frames the middle one is shown, or the one that the file names", async () => {
    const frames = [10, 60, 110, 160, 210].map((shade) => Buffer.alloc(16, shade));
    const shadeOf = async (
        attributes: DicomElements,
        packed: boolean,
    ): Promise<number | undefined> => {
        const described = { ...greyAttributes, "IS 00280008": "5 ", ...attributes };
        const file = packed
            ? dicomFile(
                  4,
                  4,
                  described,
                  frames.map((frame) => packRle(frame, 1, 1)),
                  { transferSyntax: rle },
              )
            : dicomFile(4, 4, described, Buffer.concat(frames));
        return (await prepare(file, 4)).rgb[0];
    };
    for (const packed of [false, true]) {
        expect(await shadeOf({}, packed)).toBe(110);
        expect(await shadeOf({ "US 00286010": [5] }, packed)).toBe(210);
        expect(await shadeOf({ "US 00286010": [6] }, packed)).toBe(110);
    }

    const jpegs = await Promise.all(
        ["#000000", "#ff0000", "#ffffff"].map((background) =>
            sharp({ create: { width: 16, height: 16, channels: 3, background } })
                .jpeg({ quality: 100 })
                .toBuffer(),
        ),
    );
    const fragments = jpegs.flatMap((one) => [one.subarray(0, 300), one.subarray(300)]);
    const film = { ...rgbAttributes, "CS 00280004": "YBR_FULL_422", "IS 00280008": "3 " };
    const file = dicomFile(16, 16, film, fragments, { transferSyntax: jpeg });
    expect([...(await prepare(file, 16)).rgb.subarray(0, 3)]).toEqual([254, 0, 0]);
});

/** The pixels of a binary Netpbm file of 8 bits. */
function readNetpbm(name: string): { wide: number; high: number; rgb: Uint8Array } {
    const file = readFixture(name);
    const [head = "", kind, wide, high] =
        /^(P[56])\s(\d+)\s(\d+)\s255\s/.exec(file.toString("latin1", 0, 40)) ?? [];
    const samples = new Uint8Array(file.subarray(head.length));
    const rgb = kind === "P5" ? greyed(samples) : samples;
    return { wide: Number(wide), high: Number(high), rgb };
}

test.each([
    ["grey", "explicit", "grey-explicit.pgm"],
    ["grey", "implicit", "grey-explicit.pgm"],
    ["grey", "deflated", "grey-explicit.pgm"],
    ["grey", "rle", "grey-explicit.pgm"],
    ["grey", "jpeg", "grey-jpeg.pgm"],
    ["colour", "explicit", "colour-explicit.ppm"],
    ["colour", "implicit", "colour-explicit.ppm"],
    ["colour", "deflated", "colour-explicit.ppm"],
    ["colour", "rle", "colour-explicit.ppm"],
    ["colour", "jpeg", "colour-jpeg.ppm"],
])("what DCMTK writes looks as DCMTK shows it: %s, %s", async (kind, style, reference) => {
    const image = await prepare(readFixture(`dicom/${kind}-${style}.dcm`), 28);
    const { wide, high, rgb } = readNetpbm(`dicom/${reference}`);
    // It rounds the shades of grey down.
    const tolerance = kind === "grey" ? 1 : 0;
    const { most } = difference(image.rgb, await preparedPlain(rgb, wide, high));
    expect(most).toBeLessThanOrEqual(tolerance);
});

test.each(["grey", "colour"])("a lossless JPEG by DCMTK is not read: %s", async (kind) => {
    const file = readFixture(`dicom/${kind}-lossless-jpeg.dcm`);
    await expect(prepare(file, 28)).rejects.toMatchObject({ code: "image-unsupported" });
});
