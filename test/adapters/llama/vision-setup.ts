import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, type Llama, type LlamaModel, type Token } from "node-llama-cpp";
import { loadCompanion } from "../../../adapters/llama/companion.ts";
import {
    openVision,
    type VisionEncoder,
    type VisionOptions,
} from "../../../adapters/llama/vision.ts";
import type { ModelImage } from "../../../src/message.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { demoFiles } from "./demo-model.ts";

/** llama.cpp with the demonstration model, and a folder for broken files. */
export interface VisionSetup {
    readonly llama: Llama;
    readonly model: LlamaModel;
    readonly folder: string;
    open(
        projectorPath?: string,
        options?: Pick<VisionOptions, "graph" | "batchSize">,
    ): Promise<VisionEncoder>;
    close(): Promise<void>;
}

export async function startVisionSetup(): Promise<VisionSetup> {
    const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
    const model = await llama.loadModel({ modelPath: demoFiles.model });
    const folder = await mkdtemp(join(tmpdir(), "vision-"));
    return {
        llama,
        model,
        folder,
        open: async (projectorPath = demoFiles.projector, options = {}) => {
            const companion = await loadCompanion({ ...companionFolders, llama });
            return openVision({ companion, model, projectorPath, threads: 1, ...options });
        },
        close: async () => {
            await llama.dispose();
            await rm(folder, { recursive: true });
        },
    };
}

/** A picture whose pixels follow from `seed`. */
export function picture(seed: number, side = 84): ModelImage {
    const rgb = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * seed + (i >> 7)) % 256);
    return { id: `picture-${seed}`, side, rgb };
}

/** A picture of one colour. */
export function plain(side: number): ModelImage {
    const rgb = Uint8Array.from({ length: side * side * 3 }, (_, i) => [200, 120, 40][i % 3] ?? 0);
    return { id: `plain-${side}`, side, rgb };
}

/** As many placeholders as a picture of the demonstration model has positions. */
export function placeholders(image: number, count = 36): readonly Token[] {
    return Array.from({ length: count }, () => (0x8000_0000 + image) as Token);
}

/** The demonstration model's projector with some bytes changed, beside `name`. */
export async function damagedProjector(
    path: string,
    damage: (bytes: Buffer) => Buffer,
): Promise<string> {
    await writeFile(path, damage(await readFile(demoFiles.projector)));
    return path;
}

/** Where the text stands in a GGUF file as a key or a tensor's name, and what follows it begins. */
export function afterName(bytes: Buffer, name: string): number {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(name)));
    const at = bytes.indexOf(Buffer.concat([length, Buffer.from(name)]));
    if (at < 0) throw new Error(`${name} is not in the file`);
    return at + 8 + Buffer.byteLength(name);
}
