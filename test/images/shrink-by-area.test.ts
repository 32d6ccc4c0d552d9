import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readBmp } from "../../src/images/decode-bmp.ts";
import { shrinkByArea } from "../../src/images/shrink-by-area.ts";
import { bmpFile } from "./pictures.ts";

/** How much of source pixel `at` lies in pixel `to` of the smaller axis, in source pixels. */
function overlap(at: number, to: number, pitch: number): number {
    return Math.max(0, Math.min(at + 1, (to + 1) * pitch) - Math.max(at, to * pitch));
}

test("each pixel is the mean of its area, up to rounding", async () => {
    const shape = fc
        .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }))
        .chain(([width, height]) =>
            fc.record({
                width: fc.constant(width),
                height: fc.constant(height),
                smallerWidth: fc.integer({ min: 1, max: width }),
                smallerHeight: fc.integer({ min: 1, max: height }),
                grey: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
            }),
        );
    await fc.assert(
        fc.asyncProperty(shape, async ({ width, height, smallerWidth, smallerHeight, grey }) => {
            const rgb = await shrinkByArea(
                { width, height },
                { width: smallerWidth, height: smallerHeight },
                (y, fromX, toX, colours) => {
                    for (let x = fromX; x < toX; x++) {
                        const value = grey[y * width + x] ?? 0;
                        colours.set([value, 255 - value, 7], (x - fromX) * 3);
                    }
                },
            );
            expect(rgb).toHaveLength(smallerWidth * smallerHeight * 3);
            for (let to = 0; to < smallerWidth * smallerHeight; to++) {
                const toX = to % smallerWidth;
                const toY = Math.floor(to / smallerWidth);
                let mean = 0;
                for (const [at, value] of grey.entries()) {
                    const across = overlap(at % width, toX, width / smallerWidth);
                    const down = overlap(Math.floor(at / width), toY, height / smallerHeight);
                    mean += value * across * down;
                }
                mean *= (smallerWidth / width) * (smallerHeight / height);
                const [red = NaN, green = NaN, blue] = rgb.subarray(to * 3, to * 3 + 3);
                expect(Math.abs(red - mean)).toBeLessThan(0.5001);
                expect(Math.abs(green - (255 - mean))).toBeLessThan(0.5001);
                expect(blue).toBe(7);
            }
        }),
        { seed: 3, numRuns: 200 },
    );
});

test.each([
    ["ordinary", 8000, 6250],
    ["one row", 50_000_000, 1],
])("other work goes on while a BMP of 50 megapixels is decoded: %s", async (_, width, height) => {
    let turns = 0;
    let done = false;
    const count = (): void => {
        turns++;
        if (!done) setImmediate(count);
    };
    setImmediate(count);
    const bmp = readBmp(bmpFile(width, height, "one-bit"));
    const { rgb } = await bmp.decode(2688);
    done = true;
    expect(rgb.length).toBeLessThanOrEqual(2688 * 2688 * 3);
    // A turn for every eighth of a megapixel: a few milliseconds each.
    expect(turns).toBeGreaterThan(350);
});
