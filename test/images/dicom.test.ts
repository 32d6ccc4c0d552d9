import { expect, test } from "vitest";
import type { ModelImage } from "../../src/message.ts";
import {
    type DicomElements,
    dicomFile,
    type DicomStyle,
    grey16Attributes,
    greyAttributes,
    rgbAttributes,
    transferSyntaxes,
} from "./dicom-file.ts";
import { pattern, prepare, preparedPlain } from "./pictures.ts";

const width = 40;
const height = 30;
const colours = pattern(width, height);

function words(values: readonly number[]): Buffer {
    return Buffer.from(Uint16Array.from(values).buffer);
}

/** A grey row of the given samples, prepared, and the shade of each. */
async function shades(
    values: readonly number[],
    attributes: DicomElements,
    style?: DicomStyle,
): Promise<number[]> {
    const wide = attributes["US 00280100"] ?? grey16Attributes["US 00280100"];
    const bytes = Array.isArray(wide) && wide[0] === 8 ? Uint8Array.from(values) : words(values);
    const file = dicomFile(values.length, 1, { ...grey16Attributes, ...attributes }, bytes, style);
    const image = await prepare(file, values.length);
    return shadesInMiddle(image);
}

function shadesInMiddle({ rgb, side }: ModelImage): number[] {
    const row = Math.floor((side - 1) / 2) * side;
    return Array.from({ length: side }, (_, x) => rgb[(row + x) * 3] ?? NaN);
}

const { explicit, implicit, deflated } = transferSyntaxes;

test.each([
    ["explicit", { transferSyntax: explicit }],
    ["explicit, sequences with delimiters", { transferSyntax: explicit, delimited: true }],
    ["implicit", { transferSyntax: implicit }],
    ["implicit, sequences with delimiters", { transferSyntax: implicit, delimited: true }],
    ["deflated", { transferSyntax: deflated }],
    ["with a TIFF header before it", { preamble: Buffer.from("II*\0".padEnd(128, "\0")) }],
    [
        "with a JPEG header before it",
        { preamble: Buffer.from("\xff\xd8\xff".padEnd(128, "\0"), "latin1") },
    ],
] satisfies [string, DicomStyle][])("the pixels of a DICOM file are read: %s", async (_, style) => {
    const file = dicomFile(width, height, rgbAttributes, colours, style);
    expect((await prepare(file, width)).rgb).toEqual(await preparedPlain(colours, width, height));
});

test("a window of the file decides what is black and white", async () => {
    const values = [0, 100, 150, 200, 250, 300, 4000];
    const window = { "DS 00281050": "200\\40", "DS 00281051": "201\\400" };
    expect(await shades(values, window)).toEqual([0, 1, 64, 128, 192, 255, 255]);
    const exact = { "DS 00281050": "200 ", "DS 00281051": "200 ", "CS 00281056": "LINEAR_EXACT" };
    expect(await shades(values, exact)).toEqual([0, 0, 64, 128, 191, 255, 255]);
    const sigmoid = { ...exact, "CS 00281056": "SIGMOID " };
    expect(await shades(values, sigmoid)).toEqual([5, 30, 69, 128, 186, 225, 255]);
    expect(await shades(values, { ...window, "CS 00280004": "MONOCHROME1 " })).toEqual([
        255, 254, 191, 127, 63, 0, 0,
    ]);
});

test("measured values may be signed, rescaled, and lie in some of the bits", async () => {
    const hounsfield = { "DS 00281050": "40", "DS 00281051": "401" };
    const signed = { ...hounsfield, "US 00280103": [1] };
    expect(await shades([-1000, -161, 39, 239, 1000], signed)).toEqual([0, 0, 127, 255, 255]);
    const rescaled = { ...hounsfield, "DS 00281052": "-1024 ", "DS 00281053": "2" };
    expect(await shades([0, 431, 531, 632, 4000], rescaled)).toEqual([0, 0, 127, 255, 255]);
    // Twelve bits from the fifth on: what is below and above them is something else.
    const inMiddle = { "US 00280101": [10], "US 00280102": [11] };
    const samples = [0, 511, 1023].flatMap((value) => [value << 2, (value << 2) | 0xf003]);
    expect(
        await shades(samples, { ...inMiddle, "DS 00281050": "511.5", "DS 00281051": "1024" }),
    ).toEqual([0, 0, 128, 128, 255, 255]);
    const signedBits = {
        ...inMiddle,
        "US 00280103": [1],
        "DS 00281050": "0.5",
        "DS 00281051": "1024",
    };
    expect(
        await shades(
            [-512, 0, 511].map((value) => (value << 2) & 0xfff),
            signedBits,
        ),
    ).toEqual([0, 128, 255]);
});

test("without a window 8 bits stay as they are, and more span black to white but for outliers", async () => {
    const eight = { ...greyAttributes, "CS 00280004": "MONOCHROME2 " };
    expect(await shades([7, 80, 200], eight)).toEqual([7, 80, 200]);
    expect(await shades([7, 80, 200], { ...eight, "CS 00280004": "MONOCHROME1 " })).toEqual([
        248, 175, 55,
    ]);

    const slope = Array.from({ length: 1000 }, (_, at) => (at === 500 ? 65_535 : 1000 + at));
    const row = await shades(slope, {});
    expect(row[0]).toBe(0);
    expect(row[999]).toBe(255);
    expect(Math.abs((row[250] ?? 0) - 63)).toBeLessThan(3);
    // A scanner's circle: what lies around it is no measurement.
    const padded = slope.map((value, at) => (at % 2 === 0 ? 63_536 : value));
    const inCircle = await shades(padded, { "US 00280103": [1], "SS 00280120": [63_536] });
    expect(Math.abs((inCircle[251] ?? 0) - 63)).toBeLessThan(3);
});

test("a window that shows nothing, or that counts in what is not read, is left aside", async () => {
    const values = [500, 600, 700];
    const none = await shades(values, {});
    expect(none).toEqual([0, 128, 255]);
    for (const attributes of [
        { "DS 00281050": "0 ", "DS 00281051": "0 " },
        { "DS 00281050": "9000", "DS 00281051": "100 " },
        { "DS 00281050": "x ", "DS 00281051": "" },
        { "DS 00281050": "600 ", "DS 00281051": "50", "SQ 00283000": [{ "US 00283002": [1] }] },
    ] satisfies DicomElements[]) {
        expect(await shades(values, attributes)).toEqual(none);
    }
    expect(await shades([600, 600], {})).toEqual([0, 0]);
});

test("colours are read as planes, as brightness and differences, and by a palette", async () => {
    const plane = (channel: number): Uint8Array => colours.filter((_, at) => at % 3 === channel);
    const planes = Buffer.concat([plane(0), plane(1), plane(2)]);
    const planar = dicomFile(width, height, { ...rgbAttributes, "US 00280006": [1] }, planes);
    expect((await prepare(planar, width)).rgb).toEqual(await preparedPlain(colours, width, height));

    const ybr = Uint8Array.from([76, 85, 255, 29, 255, 107]);
    const full = dicomFile(2, 1, { ...rgbAttributes, "CS 00280004": "YBR_FULL" }, ybr);
    expect([...(await prepare(full, 2)).rgb.subarray(0, 6)]).toEqual([254, 0, 0, 0, 0, 254]);
    const shared = Uint8Array.from([76, 200, 128, 128, 76, 76, 85, 255]);
    const half = dicomFile(4, 1, { ...rgbAttributes, "CS 00280004": "YBR_FULL_422" }, shared);
    expect([...(await prepare(half, 4)).rgb.subarray(12, 24)]).toEqual([
        76, 76, 76, 200, 200, 200, 254, 0, 0, 254, 0, 0,
    ]);
});

test.each([
    ["entries of 16 bits", 16, words([0x1100, 0x8000, 0xff00])],
    ["entries of 8 bits in words", 8, words([0x11, 0x80, 0xff])],
    ["entries of 8 bits", 8, Buffer.from([0x11, 0x80, 0xff])],
])("a palette with %s is read", async (_, bits, entries) => {
    const palette = {
        ...greyAttributes,
        "CS 00280004": "PALETTE COLOR ",
        "US 00281101": [3, 10, bits],
        "US 00281102": [3, 11, bits],
        "US 00281103": [3, 12, bits],
        "OW 00281201": entries,
        "OW 00281202": entries,
        "OW 00281203": entries,
    };
    const file = dicomFile(4, 1, palette, Uint8Array.from([0, 11, 12, 255]));
    expect([...(await prepare(file, 4)).rgb.subarray(12, 24)]).toEqual([
        0x11, 0x11, 0x11, 0x80, 0x11, 0x11, 0xff, 0x80, 0x11, 0xff, 0xff, 0xff,
    ]);
});

test("a large scan is reduced like any other picture", async () => {
    const wide = 3000;
    const high = 2000;
    const values = Uint16Array.from({ length: wide * high }, (_, at) => (at % wide) + 500);
    const attributes = { ...grey16Attributes, "DS 00281050": "2000", "DS 00281051": "3000" };
    const file = dicomFile(wide, high, attributes, Buffer.from(values.buffer));
    const image = await prepare(file, 336);
    const row = shadesInMiddle(image);
    for (const x of [0, 84, 168, 252, 335]) {
        expect(Math.abs((row[x] ?? 0) - ((x + 0.5) / 336) * 255)).toBeLessThanOrEqual(2);
    }
});
