import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";
import { splitParts } from "./split-parts.ts";

const beginningBytes = 2 ** 20;
const samples = 256;
const sampleBytes = 4_096;

/**
 * Tells a model's files from all others that are likely to take their place: by their lengths, their
 * beginnings and samples of their weights, because reading all of them would take as long as loading them.
 *
 * @param modelPath The file; the first part of a split one stands for all.
 * @param facts What else must be equal, such as the shape of the memory and the versions of programs.
 * @returns 64 hexadecimal digits.
 * @throws When a file cannot be read.
 */
export async function fingerprintModel(
    modelPath: string,
    facts: Readonly<Record<string, string | number | boolean>>,
): Promise<string> {
    const hash = createHash("sha256");
    const sorted = Object.entries(facts).sort(([left], [right]) => (left < right ? -1 : 1));
    hash.update(JSON.stringify(sorted));
    for (const path of splitParts(modelPath)) await addFile(hash, path);
    return hash.digest("hex");
}

async function addFile(hash: Hash, path: string): Promise<void> {
    const file = await open(path, "r");
    try {
        const { size } = await file.stat();
        hash.update(JSON.stringify([size]));
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
}
