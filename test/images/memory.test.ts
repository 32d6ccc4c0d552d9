import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bmpFile, prepare, readFixture } from "./pictures.ts";

const folder = mkdtempSync(join(tmpdir(), "bimedix2-images-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Photos are made in another process: what that takes must not hide what reading them takes. */
const makePhotos = `
    import sharp from "sharp";
    const noise = { type: "gaussian", mean: 128, sigma: 40 };
    const small = await sharp({ create: { width: 1000, height: 750, channels: 3, noise } }).png().toBuffer();
    const photo = () => sharp(small).resize(4000, 3000, { kernel: "cubic" });
    await photo().jpeg({ quality: 88 }).withMetadata({ orientation: 6 }).toFile("baseline.jpg");
    await photo().jpeg({ quality: 95, progressive: true, chromaSubsampling: "4:4:4" }).toFile("progressive.jpg");
    await photo().png({ compressionLevel: 1, progressive: true }).toFile("interlaced.png");
    await photo().webp({ quality: 80, effort: 0 }).toFile("photo.webp");
    // The largest AVIF pictures that are decoded.
    await photo().resize(3000, 2250).avif({ effort: 0, quality: 70 }).toFile("8-bit.avif");
    await photo().resize(2580, 1935).avif({ effort: 0, quality: 70, bitdepth: 10 }).toFile("10-bit.avif");
`;

beforeAll(async () => {
    // From the repository's folder, so that sharp is found; the files go where process.chdir leads.
    const script = `process.chdir(${JSON.stringify(folder)});${makePhotos}`;
    execFileSync(process.execPath, ["--input-type=module", "--eval", script]);
    await prepare(readFixture("photo.jpg"), 336);
});

/**
 * Memory that `work` takes on top of what the process has, in mebibytes. The peak is the process's
 * highest ever, so the figure can be too high but never too low.
 */
async function extraMemoryMiB(work: () => Promise<unknown>): Promise<number> {
    const before = process.memoryUsage.rss();
    await work();
    return process.resourceUsage().maxRSS / 1024 - before / 2 ** 20;
}

test.each(["baseline.jpg", "progressive.jpg", "interlaced.png", "photo.webp"])(
    "12 megapixels cost less than 150 MB: %s",
    async (name) => {
        const file = readFileSync(join(folder, name));
        expect(await extraMemoryMiB(() => prepare(file, 336))).toBeLessThan(143);
    },
);

test.each(["8-bit.avif", "10-bit.avif"])(
    "so do the largest AVIF pictures that are decoded: %s",
    async (name) => {
        const file = readFileSync(join(folder, name));
        expect(await extraMemoryMiB(() => prepare(file, 336))).toBeLessThan(143);
    },
);

test("a BMP of 50 megapixels costs no more than a photo", async () => {
    const file = bmpFile(8000, 6250, "one-bit");
    expect(await extraMemoryMiB(() => prepare(file, 336))).toBeLessThan(143);
});

test("six photos at once do not cost six times as much", async () => {
    const file = readFileSync(join(folder, "progressive.jpg"));
    const album = (): Promise<unknown> =>
        Promise.all(Array.from({ length: 6 }, () => prepare(file, 336)));
    expect(await extraMemoryMiB(album)).toBeLessThan(286);
});
