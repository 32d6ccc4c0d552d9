import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bytesOf, type MemoryDevice } from "../../../adapters/llama/memory-needs.ts";
import { planMemory } from "../../../adapters/llama/memory-plan.ts";
import { inspectModelFile } from "../../../adapters/llama/model-file.ts";
import { bimedix2Sizes, type Quantization } from "../../../bench/gguf/llama-model.ts";
import { packageRoot } from "../../../src/package-root.ts";
import { writeShapedModel } from "./shaped-model.ts";

/** Of CLIP ViT-L/14-336 with LLaVA's projector, in 16 bits. */
const projectorBytes = 0.65e9;

/** What a driver and a quiet desktop leave of a card, and a system of a machine. */
const freePart = { gpu: 0.96, cpu: 0.88 } as const;

const rows: readonly (readonly [keyof typeof bimedix2Sizes, Quantization, string])[] = [
    ["8B", "Q4_K_M", "8 GB"],
    ["8B", "Q4_K_M", "12 GB"],
    ["8B", "Q4_K_M", "16 GB"],
    ["8B", "Q8_0", "12 GB"],
    ["8B", "Q8_0", "16 GB"],
    ["8B", "Q8_0", "24 GB"],
    ["8B", "BF16", "24 GB"],
    ["8B", "BF16", "32 GB"],
    ["70B", "Q4_K_M", "24 GB"],
    ["70B", "Q4_K_M", "2 × 24 GB"],
    ["70B", "Q4_K_M", "48 GB"],
    ["70B", "Q4_K_M", "80 GB"],
    ["70B", "Q8_0", "96 GB"],
    ["8B", "Q4_K_M", "no card, 16 GB"],
    ["8B", "Q8_0", "no card, 32 GB"],
    ["70B", "Q4_K_M", "no card, 64 GB"],
];

function deviceOf(words: string): MemoryDevice {
    const [, cards = "1", gibibytes] = /(?:(\d+) × )?(\d+) GB$/.exec(words) ?? [];
    const kind = words.startsWith("no card") ? "cpu" : "gpu";
    const totalBytes = Number(cards) * Number(gibibytes) * 2 ** 30;
    const freeBytes = freePart[kind] * totalBytes;
    if (kind === "cpu") return { kind, totalBytes, freeBytes };
    const ram = { totalBytes: 64 * 2 ** 30, freeBytes: 60e9 };
    return { kind, totalBytes, freeBytes, cards: Number(cards), ram };
}

it("is what docs/gpu.md shows", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-table-"));
    const table: string[][] = [];
    for (const [size, quantization, words] of rows) {
        const path = join(folder, `${size}-${quantization}.gguf`);
        await writeShapedModel(path, bimedix2Sizes[size], quantization);
        const { shape: model } = await inspectModelFile(path);
        const device = deviceOf(words);
        const plan = planMemory({
            model,
            usualContextTokens: 8192,
            projectorBytes,
            device,
            wanted: { conversations: "auto", contextTokens: "auto" },
        });
        expect(plan.fits).toBe(true);
        const { weights, pictures, computing, conversations } = plan.parts;
        const isWhole = plan.layers === model.layers;
        table.push([
            `${size}, ${quantization}`,
            words,
            isWhole
                ? gigabytes(weights)
                : `${gigabytes(weights)}, ${plan.layers} of ${model.layers} layers`,
            gigabytes(pictures + computing),
            gigabytes(conversations),
            `${plan.conversations}, sharing ${plan.cells.toLocaleString("en")}`,
            gigabytes(device.freeBytes - bytesOf(plan.parts)),
        ]);
    }
    await rm(folder, { recursive: true });
    const page = await readFile(join(packageRoot(), "docs", "gpu.md"), "utf8");
    const shown = page
        .split("\n")
        .filter((line) => /^\| (?:8B|70B), /.test(line))
        .map((line) =>
            line
                .split("|")
                .slice(1, -1)
                .map((cell) => cell.trim()),
        );
    expect(shown).toEqual(table);
});

function gigabytes(bytes: number): string {
    return `${(bytes / 1e9).toFixed(1)} GB`;
}
