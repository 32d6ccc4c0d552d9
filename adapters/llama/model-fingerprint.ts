import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

const beginningBytes = 2 ** 20;
const samples = 256;
const sampleBytes = 4_096;

/**
 * Tells a model file from every other that is likely to take its place: by its length, its beginning
 * and samples of its weights, because reading all of it would take as long as loading it.
 *
 * @param facts What else must be equal, such as the shape of the memory and the versions of programs.
 * @returns 64 hexadecimal digits.
 * @throws When the file cannot be read.
 */
export async function fingerprintModel(
    modelPath: string,
    facts: Readonly<Record<string, string | number | boolean>>,
): Promise<string> {
    const hash = createHash("sha256");
    const file = await open(modelPath, "r");
    try {
        const { size } = await file.stat();
        const sorted = Object.entries(facts).sort(([left], [right]) => (left < right ? -1 : 1));
        hash.update(JSON.stringify([size, sorted]));
        const buffer = Buffer.alloc(beginningBytes);
        const add = async (length: number, position: number): Promise<void> => {
            const { bytesRead } = await file.read(buffer, 0, length, position);
            hash.update(buffer.subarray(0, bytesRead));
        };
        await add(beginningBytes, 0);
        for (let index = 1; index <= samples; index++) {
            const position = Math.floor((index * (size - sampleBytes)) / samples);
            await add(sampleBytes, Math.max(0, position));
        }
    } finally {
        await file.close();
    }
    return hash.digest("hex");
}
