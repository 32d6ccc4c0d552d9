import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, GgufInsights, type Llama, readGgufFileInfo } from "node-llama-cpp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deviceParts } from "../../../adapters/llama/memory-needs.ts";
import { inspectModelFile } from "../../../adapters/llama/model-file.ts";
import { bimedix2Sizes } from "../../../bench/gguf/llama-model.ts";
import { demoFiles } from "./demo-model.ts";
import { writeShapedModel } from "./shaped-model.ts";

const device = { kind: "cpu", freeBytes: 1e12, totalBytes: 1e12 } as const;

let folder: string;
let llama: Llama;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-memory-"));
    llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
});
afterAll(async () => {
    await llama.dispose();
    await rm(folder, { recursive: true });
});

/** What llama.cpp reserves for a model, which it lays out without loading it. */
async function reserved(path: string, cells: number, batchTokens: number, flashAttention: boolean) {
    const insights = await GgufInsights.from(await readGgufFileInfo(path), llama);
    const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers: 0 });
    const context = await insights.estimateContextResourceRequirementsV2({
        contextSize: cells,
        batchSize: batchTokens,
        sequences: 1,
        modelGpuLayers: 0,
        flashAttention,
    });
    return { weights: weights.cpuRam, context: context.cpuRam };
}

it.each(["8B", "70B"] as const)("reckons what llama.cpp reserves for BiMediX2 %s", async (size) => {
    const path = join(folder, `${size}.gguf`);
    await writeShapedModel(path, bimedix2Sizes[size], "Q4_K_M");
    await expectReckoned(path);
});

it("reckons what llama.cpp reserves for the demonstration model", async () => {
    await expectReckoned(demoFiles.model);
});

async function expectReckoned(path: string): Promise<void> {
    const { shape: model } = await inspectModelFile(path);
    for (const [cells, batchTokens, flashAttention] of [
        [4096, 512, true],
        [65_536, 512, true],
        [65_536, 128, true],
        [4096, 128, false],
        [65_536, 128, false],
    ] as const) {
        const { weights, conversations, computing } = deviceParts({
            model,
            projectorBytes: 0,
            batchTokens,
            batchOutputs: batchTokens,
            cells,
            layers: model.layers,
            device,
            flashAttention,
        });
        const real = await reserved(path, cells, batchTokens, flashAttention);
        const place = `${cells} cells, ${batchTokens} a batch, flash attention ${flashAttention}`;
        expect(weights / real.weights, place).toBeCloseTo(1, 2);
        expect((conversations + computing) / real.context, place).toBeGreaterThan(0.98);
        expect((conversations + computing) / real.context, place).toBeLessThan(1.05);
    }
}
