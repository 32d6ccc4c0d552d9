import { availableParallelism } from "node:os";
import { getLlama } from "node-llama-cpp";
import { describe, expect, it } from "vitest";
import { inspectDevice, resolveThreads } from "../../../adapters/llama/device.ts";
import { createLogger } from "../../../src/log.ts";

const logger = createLogger("silent");

describe("the device", () => {
    it("is reported with its memory", async () => {
        const report = await inspectDevice("cpu", logger);
        expect(report).toMatchObject({ variant: "cpu", description: "CPU" });
        expect(report.memory.totalBytes).toBeGreaterThan(report.memory.freeBytes);
        expect(report.memory.freeBytes).toBeGreaterThan(0);
    });

    it("is one that computes, though Vulkan may be installed without a GPU", async () => {
        const { memory } = await inspectDevice("auto", logger);
        expect(memory.totalBytes).toBeGreaterThan(0);
    });

    it("is refused with a remedy where this machine has it not", async () => {
        const absent = process.platform === "darwin" ? "cuda" : "metal";
        await expect(inspectDevice(absent, logger)).rejects.toMatchObject({
            code: "config-invalid",
            remedy: expect.stringContaining("model.gpu") as string,
        });
    });

    it("leaves a core to the rest of the product", async () => {
        const llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
        const threads = resolveThreads("auto", llama);
        expect(threads).toBeGreaterThan(0);
        expect(threads).toBeLessThan(Math.max(2, availableParallelism()));
        expect(resolveThreads(7, llama)).toBe(7);
        await llama.dispose();
    });
});
