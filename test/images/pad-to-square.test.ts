import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { padding, padToSquare } from "../../src/images/pad-to-square.ts";
import {
    bmpFile,
    colourAt,
    difference,
    paddingColour,
    pattern,
    patternPicture,
    plainPicture,
    prepare,
    readFixture,
} from "./pictures.ts";

interface References {
    readonly samples: readonly { name: string; side: number; sha256: string }[];
    readonly patterns: readonly { width: number; height: number; side: number; sha256: string }[];
    readonly photo: readonly { side: number; sha256: string }[];
}

const references = JSON.parse(readFixture("references.json").toString()) as References;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test.each(references.samples)(
    "$name at $side pixels is bit for bit what the training saw",
    async ({ name, side, sha256: expected }) => {
        const file = readFileSync(
            new URL(`../../models/demo/samples/${name}.png`, import.meta.url),
        );
        expect(sha256((await prepare(file, side)).rgb)).toBe(expected);
    },
);

test.each(references.patterns)(
    "$width × $height pixels, padded or enlarged, are bit for bit what the training saw",
    async ({ width, height, side, sha256: expected }) => {
        const file = await patternPicture(width, height).png().toBuffer();
        expect(sha256((await prepare(file, side)).rgb)).toBe(expected);
    },
);

test.each(references.photo)(
    "a JPEG photo with a quarter turn is at $side pixels bit for bit what the training saw",
    async ({ side, sha256: expected }) => {
        expect(sha256((await prepare(readFixture("photo.jpg"), side)).rgb)).toBe(expected);
    },
);

test.each([
    [4000, 3000],
    [2997, 1995],
    [1995, 2997],
    [5000, 801],
])("%i × %i pixels, reduced while decoding, differ by steps nobody sees", async (width, height) => {
    const reference = await sharp(readFixture(`pattern-${width}x${height}-84.png`))
        .raw()
        .toBuffer();
    const picture = patternPicture(width, height);
    const lossless = await prepare(
        await picture.clone().tiff({ compression: "none" }).toBuffer(),
        84,
    );
    expect(difference(lossless.rgb, reference).most).toBeLessThanOrEqual(3);
    expect(difference(lossless.rgb, reference).mean).toBeLessThan(0.2);

    const bmp = await prepare(bmpFile(width, height, pattern(width, height)), 84);
    expect(difference(bmp.rgb, reference).most).toBeLessThanOrEqual(3);
    expect(difference(bmp.rgb, reference).mean).toBeLessThan(0.2);

    const jpeg = await picture.jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
    const fromJpeg = await prepare(jpeg, 84);
    expect(difference(fromJpeg.rgb, reference).most).toBeLessThanOrEqual(5);
    expect(difference(fromJpeg.rgb, reference).mean).toBeLessThan(0.2);
});

test("every shape keeps its aspect, lies in the middle and is nowhere cropped", async () => {
    const lengths = fc.integer({ min: 1, max: 60 });
    const shapes = fc.record({
        width: lengths,
        height: lengths,
        side: fc.integer({ min: 1, max: 48 }),
    });
    await fc.assert(
        fc.asyncProperty(shapes, async ({ width, height, side }) => {
            const rgb = new Uint8Array(width * height * 3).fill(255);
            const square = await padToSquare({ width, height, rgb }, { width, height }, side);
            const covered = (at: (index: number) => number): number[] =>
                Array.from({ length: side }, (_, index) => index).filter(
                    (index) => (square[at(index) * 3] ?? 0) > (255 + padding[0]) / 2,
                );
            const middle = Math.floor((side - 1) / 2);
            const canvas = Math.max(width, height);
            for (const [length, places] of [
                [width, covered((x) => middle * side + x)],
                [height, covered((y) => y * side + middle)],
            ] as const) {
                const expected = Math.max((length * side) / canvas, 1);
                expect(Math.abs(places.length - expected)).toBeLessThanOrEqual(1.5);
                expect(Math.abs((places[0] ?? 0) - (side - expected) / 2)).toBeLessThanOrEqual(
                    1 + side / canvas / 2,
                );
            }
        }),
        { seed: 5, numRuns: 300 },
    );
});

test.each([
    [1, 10_000],
    [10_000, 1],
    [3, 9000],
])("%i × %i pixels do not vanish", async (width, height) => {
    const file = await plainPicture(width, height, "#ff0000").png().toBuffer();
    const image = await prepare(file, 336);
    const tall = height > width;
    const across = Array.from({ length: 336 }, (_, index) =>
        tall ? colourAt(image, index, 200) : colourAt(image, 200, index),
    );
    expect(across.filter(([red = 0, green = 0]) => red > 240 && green < 15)).toHaveLength(1);
    expect(across[0]).toEqual(paddingColour);
    expect(across[335]).toEqual(paddingColour);
});
