import { deflateRawSync } from "node:zlib";
import sharp from "sharp";
import { expect, test } from "vitest";
import { type AppError, type ErrorCode, isAppError } from "../../src/errors.ts";
import { prepareImage } from "../../src/images/prepare-image.ts";
import {
    dicomElements,
    type DicomElements,
    dicomFile,
    dicomItem,
    grey16Attributes,
    greyAttributes,
    identity,
    packRle,
    plantedSecrets,
    rgbAttributes,
    transferSyntaxes,
    wrapDataSet,
} from "./dicom-file.ts";
import { prepare, roomyLimits } from "./pictures.ts";

const side = 24;
const { explicit, implicit, deflated, rle, jpeg } = transferSyntaxes;
const pixels = Buffer.alloc(40 * 30, 100);
const sound = dicomFile(40, 30, greyAttributes, pixels);

async function errorOf(file: Uint8Array, limits = roomyLimits): Promise<AppError> {
    const error: unknown = await prepareImage(file, { side, limits }).then(
        () => new Error("It was prepared."),
        (thrown: unknown) => thrown,
    );
    if (isAppError(error)) return error;
    throw error;
}

test.each([
    [
        "big endian",
        dicomFile(40, 30, greyAttributes, pixels, { transferSyntax: transferSyntaxes.bigEndian }),
    ],
    [
        "lossless JPEG",
        dicomFile(40, 30, greyAttributes, [pixels], {
            transferSyntax: transferSyntaxes.jpegLossless,
        }),
    ],
    [
        "JPEG-LS",
        dicomFile(40, 30, greyAttributes, [pixels], { transferSyntax: transferSyntaxes.jpegLs }),
    ],
    [
        "JPEG 2000",
        dicomFile(40, 30, greyAttributes, [pixels], { transferSyntax: transferSyntaxes.jpeg2000 }),
    ],
    [
        "a JPEG of 12 bits",
        dicomFile(
            40,
            30,
            greyAttributes,
            [Buffer.from("\xff\xd8\xff\xc1\0\x0b\x0c\0\x1e\0\x28\x01\x01\x11\0", "latin1")],
            { transferSyntax: jpeg },
        ),
    ],
    ["one bit a pixel", dicomFile(40, 30, { ...greyAttributes, "US 00280100": [1] }, pixels)],
    [
        "colours of 16 bits",
        dicomFile(
            40,
            30,
            { ...rgbAttributes, ...grey16Attributes, "US 00280002": [3], "CS 00280004": "RGB" },
            Buffer.alloc(7200),
        ),
    ],
    ["other colours", dicomFile(40, 30, { ...greyAttributes, "CS 00280004": "HSV " }, pixels)],
    [
        "a palette in segments",
        dicomFile(40, 30, { ...greyAttributes, "CS 00280004": "PALETTE COLOR " }, pixels),
    ],
    ["a report", wrapDataSet(dicomElements({ ...identity, "CS 00080060": "SR" }))],
])("a DICOM file is unsupported: %s", async (_, file) => {
    const error = await errorOf(file);
    expect(error).toMatchObject({
        code: "image-unsupported",
        remedy: expect.stringContaining("screenshot") as unknown,
    });
    expect(error.message).toMatch(/DICOM/);
});

/** A header of an element of any length; what follows is up to the file. */
function lying(tag: string, length: number): Buffer {
    const bytes = Buffer.from(`????UN\0\0????`, "latin1");
    bytes.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
    bytes.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
    bytes.writeUInt32LE(length, 8);
    return bytes;
}

const endless = (length: number): Buffer =>
    Buffer.concat(
        Array.from({ length }, () =>
            Buffer.concat([
                lying("00081140", 0xffffffff),
                dicomItem(0xfffee000, Buffer.alloc(0), 0xffffffff),
            ]),
        ),
    );
const nothing = Buffer.alloc(0);
const described = (attributes: DicomElements): Buffer =>
    dicomElements({ ...greyAttributes, "US 00280010": [30], "US 00280011": [40], ...attributes });

test.each([
    ["no transfer syntax", Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")])],
    ["nothing after its header", wrapDataSet(nothing).subarray(0, -4)],
    ["no pixels", wrapDataSet(described({}))],
    ["no rows", dicomFile(40, 0, greyAttributes, pixels)],
    ["fewer pixels than rows and columns say", dicomFile(40, 31, greyAttributes, pixels)],
    [
        "fewer frames than it says",
        dicomFile(40, 30, { ...greyAttributes, "IS 00280008": "2 " }, pixels),
    ],
    [
        "billions of frames",
        dicomFile(40, 30, { ...greyAttributes, "IS 00280008": "2147483647 " }, pixels),
    ],
    ["no frames", dicomFile(40, 30, { ...greyAttributes, "IS 00280008": "0 " }, pixels)],
    [
        "bits outside of its samples",
        dicomFile(40, 30, { ...greyAttributes, "US 00280102": [15] }, pixels),
    ],
    [
        "a length beyond its end",
        wrapDataSet(Buffer.concat([lying("00100010", 0xfffffffe), described({})])),
    ],
    [
        "a nested length beyond its end",
        wrapDataSet(
            Buffer.concat([
                lying("00081140", 0xffffffff),
                dicomItem(0xfffee000, nothing, 0xfffffff0),
            ]),
        ),
    ],
    ["a sequence without an end", wrapDataSet(endless(3))],
    ["a hundred thousand sequences in one another", wrapDataSet(endless(100_000))],
    [
        "a million empty elements",
        wrapDataSet(Buffer.alloc(8_000_000), { transferSyntax: implicit }),
    ],
    ["a kind of value that there is not", wrapDataSet(Buffer.from("\x10\0\x10\0??\0\0"))],
    [
        "plain pixels where a JPEG is announced",
        dicomFile(40, 30, greyAttributes, pixels, { transferSyntax: jpeg }),
    ],
    [
        "fragments where plain pixels are announced",
        dicomFile(40, 30, greyAttributes, [pixels], { transferSyntax: explicit }),
    ],
    [
        "no JPEG in its fragments",
        dicomFile(40, 30, greyAttributes, [pixels], { transferSyntax: jpeg }),
    ],
    [
        "no run lengths in its fragments",
        dicomFile(40, 30, greyAttributes, [pixels], { transferSyntax: rle }),
    ],
    [
        "run lengths for a few of its pixels",
        dicomFile(7000, 7000, greyAttributes, [packRle(pixels, 1, 1)], { transferSyntax: rle }),
    ],
    [
        "fewer packed frames than it says",
        dicomFile(40, 30, { ...greyAttributes, "IS 00280008": "3 " }, [packRle(pixels, 1, 1)], {
            transferSyntax: rle,
        }),
    ],
    ["no deflated data", wrapDataSet(Buffer.from("My chest hurts."), { transferSyntax: deflated })],
])("a DICOM file is corrupt: %s", async (_, file) => {
    expect(await errorOf(file)).toMatchObject({ code: "image-corrupt" });
});

test("a truncated DICOM file is corrupt, never half a picture", async () => {
    const photo = await sharp({
        create: { width: 40, height: 30, channels: 3, background: "#8090a0" },
    })
        .jpeg()
        .toBuffer();
    const files = {
        explicit: sound,
        implicit: dicomFile(40, 30, greyAttributes, pixels, {
            transferSyntax: implicit,
            delimited: true,
        }),
        deflated: dicomFile(40, 30, greyAttributes, pixels, { transferSyntax: deflated }),
        rle: dicomFile(40, 30, greyAttributes, [packRle(pixels, 1, 1)], { transferSyntax: rle }),
        jpeg: dicomFile(40, 30, rgbAttributes, [photo.subarray(0, 200), photo.subarray(200)], {
            transferSyntax: jpeg,
        }),
    };
    for (const [name, file] of Object.entries(files)) {
        await prepare(file, side);
        for (let kept = 135; kept < file.length - 12; kept += Math.ceil(file.length / 40)) {
            expect((await errorOf(file.subarray(0, kept))).code, `${name}, ${kept}`).toBe(
                "image-corrupt",
            );
        }
    }
});

test("bytes and pixels over the limits are refused, before anything is unpacked", async () => {
    const within = (
        file: Buffer,
        limits: Partial<typeof roomyLimits>,
    ): Promise<ErrorCode | "prepared"> =>
        prepareImage(file, { side, limits: { ...roomyLimits, ...limits } }).then(
            () => "prepared",
            (error: unknown) => (isAppError(error) ? error.code : "aborted"),
        );
    expect(await within(sound, { maxPixels: 1200 })).toBe("prepared");
    expect(await within(sound, { maxPixels: 1199 })).toBe("image-too-large");
    expect(await within(sound, { maxBytes: sound.length - 1 })).toBe("image-too-large");

    const bomb = wrapDataSet(deflateRawSync(Buffer.alloc(50_000_000)), {
        transferSyntax: deflated,
    });
    expect(await within(bomb, { maxBytes: 1_000_000 })).toBe("image-too-large");
    const packed = dicomFile(65_535, 65_535, greyAttributes, [packRle(pixels, 1, 1)], {
        transferSyntax: rle,
    });
    expect(await within(packed, {})).toBe("image-too-large");
    const photo = await sharp({
        create: { width: 60, height: 50, channels: 3, background: "#808080" },
    })
        .jpeg()
        .toBuffer();
    for (const attributes of [greyAttributes, rgbAttributes]) {
        const understated = dicomFile(1, 1, attributes, [photo], { transferSyntax: jpeg });
        expect(await within(understated, { maxPixels: 2999 })).toBe("image-too-large");
    }
});

test("a file that says that names are written in its picture is refused for that alone", async () => {
    const burned = (value: string, attributes: DicomElements = {}): Buffer =>
        dicomFile(40, 30, { ...greyAttributes, ...attributes, "CS 00280301": value }, pixels);
    await expect(prepare(burned("YES "), side)).rejects.toMatchObject({
        code: "image-burned-in",
        retryable: false,
        remedy: expect.stringContaining("without names") as unknown,
    });
    // Otherwise the patient would be asked for a screenshot, names and all.
    await expect(prepare(burned("YES ", { "CS 00280004": "HSV " }), side)).rejects.toMatchObject({
        code: "image-burned-in",
    });
    expect((await prepare(burned("NO"), side)).id).toBe((await prepare(sound, side)).id);
});

test("no error tells who the patient is", async () => {
    const files = [
        wrapDataSet(dicomElements(identity)),
        sound.subarray(0, -1),
        sound.subarray(0, 500),
        dicomFile(40, 30, { ...greyAttributes, "CS 00280301": "YES" }, pixels),
        dicomFile(40, 30, greyAttributes, pixels, { transferSyntax: plantedSecrets[0] ?? "" }),
        dicomFile(40, 30, { ...greyAttributes, "CS 00280004": plantedSecrets[1] ?? "" }, pixels),
        dicomFile(
            40,
            30,
            greyAttributes,
            [Buffer.from(`\xff\xd8\xff\xfe\0\x20${plantedSecrets.join()}`, "latin1")],
            { transferSyntax: jpeg },
        ),
    ];
    for (const file of files) {
        const error = await errorOf(file);
        const told = JSON.stringify([
            error.message,
            error.remedy,
            String(error.cause),
            error.stack,
        ]);
        expect(told).not.toMatch(/SECRET/);
    }
});
