import sharp from "sharp";
import { prepareImage } from "../src/images/prepare-image.ts";
import { padding } from "../src/images/pad-to-square.ts";
import { measureEncoding } from "./image-encoding.ts";
import { median } from "./percentile.ts";

const rounds = 7;
const width = 4000;
const height = 3000;
const side = 336;
const limits = { maxBytes: 50_000_000, maxPixels: 50_000_000 };

/** 12 megapixels with a photo's mixture of slopes and grain, as a camera's JPEG (about 3 MB). */
async function makePhoto(): Promise<Buffer> {
    const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
    const grain = sharp({
        create: { width: width / 4, height: height / 4, channels: 3, background: "#808080", noise },
    });
    return sharp(await grain.png().toBuffer())
        .resize(width, height, { kernel: "cubic" })
        .jpeg({ quality: 88 })
        .toBuffer();
}

/**
 * The same with jimp: decode, scale to fit, pad, drop the alpha channel. Its default filter is taken,
 * the only one that weighs all pixels; its bicubic one is slower and leaves most of them out.
 */
async function makeJimpPreparation(): Promise<(photo: Buffer) => Promise<Uint8Array>> {
    const { Jimp, rgbaToInt } = await import("jimp");
    const [red, green, blue] = padding;
    const color = rgbaToInt(red, green, blue, 255);
    return async (photo) => {
        const picture = await Jimp.read(photo);
        picture.scaleToFit({ w: side, h: side });
        const square = new Jimp({ width: side, height: side, color });
        square.composite(picture, (side - picture.width) >> 1, (side - picture.height) >> 1);
        const rgb = new Uint8Array(side * side * 3);
        for (const [index, value] of square.bitmap.data.entries()) {
            if (index % 4 !== 3) rgb[index - (index >> 2)] = value;
        }
        return rgb;
    };
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
    const start = performance.now();
    await work();
    return performance.now() - start;
}

/** How far the process's highest memory use lies above what it uses now, in mebibytes. */
async function extraPeakMiB(work: () => Promise<unknown>): Promise<number> {
    const before = process.memoryUsage.rss() / 2 ** 20;
    await work();
    return process.resourceUsage().maxRSS / 1024 - before;
}

/**
 * From a 12-megapixel JPEG to the model's 336 × 336 pixels: this product against jimp, in turns in
 * one process. Prints one JSON line; `ratio` is how many times faster the product is, and the
 * memory is what the first preparation took on top of the process (too high rather than too low).
 * `encoding` is about what the model makes of the pixels.
 */
export async function run(): Promise<void> {
    const photo = await makePhoto();
    const ours = (): Promise<unknown> => prepareImage(photo, { side, limits });
    const peakMiB = await extraPeakMiB(ours);
    const prepareWithJimp = await makeJimpPreparation();
    const jimp = (): Promise<unknown> => prepareWithJimp(photo);
    const jimpPeakMiB = await extraPeakMiB(jimp);

    const oursMs: number[] = [];
    const jimpMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
        oursMs.push(await timeMs(ours));
        jimpMs.push(await timeMs(jimp));
    }
    const ratio = median(jimpMs) / median(oursMs);
    console.log(
        JSON.stringify({
            benchmark: "image",
            megapixels: (width * height) / 1e6,
            fileBytes: photo.length,
            rounds,
            oursMedianMs: Math.round(median(oursMs)),
            jimpMedianMs: Math.round(median(jimpMs)),
            ratio: Number(ratio.toFixed(2)),
            targetRatio: 5,
            oursExtraPeakMiB: Math.round(peakMiB),
            jimpExtraPeakMiB: Math.round(jimpPeakMiB),
            encoding: await measureEncoding(),
        }),
    );
}
