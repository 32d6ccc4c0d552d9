import { expect, it } from "vitest";
import type { MemoryDevice } from "../../../adapters/llama/memory-needs.ts";
import { inspectModelFile } from "../../../adapters/llama/model-file.ts";
import { openPlan } from "../../../adapters/llama/open-plan.ts";
import { createLogger } from "../../../src/log.ts";
import { demoFiles, openDemo } from "./demo-model.ts";

const logger = createLogger("silent");
const auto = {
    contextTokens: "auto",
    usualContextTokens: 2048,
    sequences: "auto",
    logger,
} as const;

it("opens what the plan says, and tells of it", async () => {
    const model = await openDemo(auto);
    const { contextTokens, memory } = model.description;
    await model.close();
    expect(contextTokens).toBe(2048);
    // The CPU's most
    expect(memory).toMatchObject({ conversations: 4, sharedTokens: 4 * 2048 });
    expect(memory?.deviceBytes).toBeGreaterThan(4 * 2048 * 1024);
});

it("refuses what can never fit, and a context that the model does not know", async () => {
    const file = await inspectModelFile(demoFiles.model);
    const device = (freeBytes: number, others: Partial<MemoryDevice> = {}): MemoryDevice => ({
        kind: "cpu",
        freeBytes,
        totalBytes: 8e9,
        ...others,
    });
    await expect(openPlan(file, device(1e6, { kind: "gpu" }), auto)).rejects.toMatchObject({
        code: "model-out-of-memory",
        remedy: expect.stringContaining("nvidia-smi") as string,
    });
    await expect(openPlan(file, device(1e6, { totalBytes: 2e6 }), auto)).rejects.toMatchObject({
        code: "model-out-of-memory",
    });
    await expect(
        openPlan(file, device(8e9), { ...auto, contextTokens: 4096 }),
    ).rejects.toMatchObject({
        code: "config-invalid",
        remedy: expect.stringContaining("model.contextTokens") as string,
    });
    // A busy machine makes room
    expect(await openPlan(file, device(1e6), auto)).toMatchObject({ fits: false });
});
