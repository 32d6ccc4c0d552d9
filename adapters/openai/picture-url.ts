import sharp from "sharp";
import type { ModelImage } from "../../src/message.ts";

/** A picture as the address of its own PNG bytes: no pixel is changed, nothing else is in it. */
export async function pictureUrl({ rgb, side }: ModelImage): Promise<string> {
    const raw = { width: side, height: side, channels: 3 } as const;
    const png = await sharp(rgb, { raw }).png().toBuffer();
    return `data:image/png;base64,${png.toString("base64")}`;
}
