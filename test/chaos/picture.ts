import sharp from "sharp";

/** A small picture that a patient could send. */
export const picture: Uint8Array = await sharp({
    create: { width: 64, height: 48, channels: 3, background: "#446688" },
})
    .png()
    .toBuffer();
