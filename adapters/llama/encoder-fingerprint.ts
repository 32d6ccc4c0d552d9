import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

// Description and first weights: any conversion, and any other training, changes them
const headBytes = 2 ** 20;

/**
 * Names what an encoder computes: equal only when the features of a picture are equal. Changes with
 * the projector's file (size, time of change, beginning) and with each of `parts`.
 *
 * @throws when the file cannot be read.
 */
export async function encoderFingerprint(
    projectorPath: string,
    parts: readonly string[],
): Promise<string> {
    const file = await open(projectorPath, "r");
    try {
        const { size, mtimeMs } = await file.stat();
        const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
        return createHash("sha256")
            .update(JSON.stringify([size, mtimeMs, ...parts]))
            .update(buffer.subarray(0, bytesRead))
            .digest("hex");
    } finally {
        await file.close();
    }
}
