import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { prepareImage } from "../../src/images/prepare-image.ts";
import { packageRoot } from "../../src/package-root.ts";
import type { ChatImage, ModelDescription } from "../../src/ports.ts";

const samples = ["xray_left_01.png", "ct_left_05.png"];
const limits = { maxBytes: 1e7, maxPixels: 1e7 };

/** Pictures as the product takes them, and their files by id, as llama-server does. */
export interface DrawnPictures {
    readonly images: readonly ChatImage[];
    readonly files: ReadonlyMap<string, Buffer>;
}

/**
 * Two scans of the demonstration, as large as the model sees them, with a corner that no other round
 * has seen; none for a model that does not see.
 *
 * @param round Below 256.
 */
export async function drawPictures(
    { vision }: ModelDescription,
    round: number,
): Promise<DrawnPictures> {
    const images: ChatImage[] = [];
    const files = new Map<string, Buffer>();
    if (vision.status !== "ready") return { images, files };
    const side = vision.imageSide;
    for (const sample of samples) {
        const path = join(packageRoot(), "models", "demo", "samples", sample);
        const { data, info } = await sharp(await readFile(path))
            .resize(side, side)
            .removeAlpha()
            .raw()
            .toBuffer({ resolveWithObject: true });
        data.fill(round, 0, 3);
        const file = await sharp(data, { raw: info }).png().toBuffer();
        const image = await prepareImage(file, { side, limits });
        files.set(image.id, file);
        images.push({ id: image.id, load: () => Promise.resolve(image) });
    }
    return { images, files };
}
