import * as fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { isAppError } from "../../src/errors.ts";
import { prepareImage } from "../../src/images/prepare-image.ts";
import {
    type DicomElements,
    dicomFile,
    grey16Attributes,
    greyAttributes,
    packRle,
    rgbAttributes,
    transferSyntaxes,
} from "./dicom-file.ts";

const side = 24;
const { explicit, implicit, deflated, rle, jpeg } = transferSyntaxes;
const pixels = Buffer.alloc(40 * 30, 100);

test("mutated DICOM files give a picture or a refusal", async () => {
    const photo = await sharp({
        create: { width: 40, height: 30, channels: 3, background: "#8090a0" },
    })
        .jpeg()
        .toBuffer();
    const grey = await sharp(photo).toColourspace("b-w").jpeg().toBuffer();
    const short = { "PN 00100010": "SECRET", "UT 00204000": "SECRET", "LT 00104000": "SECRET" };
    const write = (
        attributes: DicomElements,
        content: Uint8Array | readonly Uint8Array[],
        transferSyntax: string,
    ): Buffer =>
        dicomFile(40, 30, { ...attributes, ...short }, content, {
            transferSyntax,
            delimited: true,
        });
    const entries = Buffer.alloc(512, 7);
    const palette = {
        ...greyAttributes,
        "CS 00280004": "PALETTE COLOR ",
        "US 00281101": [256, 0, 16],
        "US 00281102": [256, 0, 16],
        "US 00281103": [256, 0, 16],
        "OW 00281201": entries,
        "OW 00281202": entries,
        "OW 00281203": entries,
    };
    const windowed = {
        ...grey16Attributes,
        "DS 00281050": "40",
        "DS 00281051": "400 ",
        "DS 00281052": "-1024 ",
        "US 00280103": [1],
    };
    const files = [
        write(greyAttributes, pixels, explicit),
        write(windowed, Buffer.alloc(2400, 3), implicit),
        write(windowed, Buffer.alloc(2400, 3), deflated),
        write(rgbAttributes, Buffer.alloc(3600, 9), explicit),
        write(palette, pixels, explicit),
        write({ ...rgbAttributes, "CS 00280004": "YBR_FULL_422" }, Buffer.alloc(2400, 3), explicit),
        write(windowed, [packRle(Buffer.alloc(2400, 3), 1, 2)], rle),
        write(
            { ...greyAttributes, "IS 00280008": "2 " },
            [packRle(pixels, 1, 1), packRle(pixels, 1, 1)],
            rle,
        ),
        write(
            { ...rgbAttributes, "CS 00280004": "YBR_FULL_422" },
            [photo.subarray(0, 100), photo.subarray(100)],
            jpeg,
        ),
        write({ ...rgbAttributes, "IS 00280008": "2 " }, [photo, photo], jpeg),
        write(greyAttributes, [grey], jpeg),
    ];
    const place = fc.oneof(fc.integer({ min: 132, max: 600 }), fc.nat(100_000));
    const value = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
    const mutation = fc.record({
        file: fc.constantFrom(...files),
        places: fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 6 }),
        kept: fc.oneof(
            fc.constant(1),
            fc.constant(1),
            fc.constant(1),
            fc.double({ min: 0, max: 1, noNaN: true }),
        ),
    });
    const outcomes = new Set<string>();
    await fc.assert(
        fc.asyncProperty(mutation, async ({ file, places, kept }) => {
            const bytes = Buffer.from(file);
            for (const [at, byte] of places) bytes[at % bytes.length] = byte;
            const cut = bytes.subarray(0, Math.ceil(bytes.length * kept));
            const limits = { maxBytes: 1_000_000, maxPixels: 80_000 };
            outcomes.add(
                await prepareImage(cut, { side, limits }).then(
                    () => "prepared",
                    (error: unknown) => (isAppError(error) ? error.code : String(error)),
                ),
            );
        }),
        { seed: 23, numRuns: 2000 },
    );
    expect([...outcomes].sort()).toEqual([
        "image-corrupt",
        "image-too-large",
        "image-unsupported",
        "prepared",
    ]);
});
