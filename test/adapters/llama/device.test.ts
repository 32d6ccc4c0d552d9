import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { getLlama } from "node-llama-cpp";
import { describe, expect, it } from "vitest";
import { inspectDevice, resolveThreads } from "../../../adapters/llama/device.ts";
import { createLogger } from "../../../src/log.ts";
import { packageRoot } from "../../../src/package-root.ts";

const logger = createLogger("silent");

/** What `auto` opens in a process with this environment. */
async function openAuto(environment: Readonly<Record<string, string>>): Promise<unknown> {
    const script = `(async () => {
        const { getLlamaGpuTypes } = await import("node-llama-cpp");
        const { findVariantLibraries } = await import("./adapters/llama/companion-libraries.ts");
        const { LlamaLog, openDevice } = await import("./adapters/llama/device.ts");
        const { createLogger } = await import("./src/log.ts");
        const llama = await openDevice("auto", new LlamaLog(createLogger("silent")));
        const { variant, files } = await findVariantLibraries(llama);
        const supported = await getLlamaGpuTypes("supported");
        console.log(JSON.stringify({ supported, gpu: String(llama.gpu), variant, files: files.join(" ") }));
        process.exit(0);
    })()`;
    const loader = "./test/setup/typescript-loader.mjs";
    const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--import", loader, "--eval", script],
        { cwd: packageRoot(), env: { ...process.env, ...environment } },
    );
    return JSON.parse(stdout);
}

describe("the device", () => {
    it("is reported with its memory", async () => {
        const report = await inspectDevice("cpu", logger);
        expect(report).toMatchObject({ variant: "cpu", description: "CPU" });
        expect(report.memory.totalBytes).toBeGreaterThan(report.memory.freeBytes);
        expect(report.memory.freeBytes).toBeGreaterThan(0);
    });

    // Chromium brings Vulkan's library, and a driver that computes on the processor
    const chromium = "/usr/lib/chromium";
    it("is the processor, with its own libraries, where Vulkan is installed without a GPU", async () => {
        const folder = await mkdtemp(join(tmpdir(), "bimedix2-vulkan-"));
        try {
            await symlink(`${chromium}/libvulkan.so.1`, join(folder, "libvulkan.so.1"));
            const environment = {
                LD_LIBRARY_PATH: folder,
                VK_DRIVER_FILES: `${chromium}/vk_swiftshader_icd.json`,
            };
            expect(await openAuto(environment)).toMatchObject({
                supported: expect.arrayContaining(["vulkan"]) as unknown,
                gpu: expect.not.stringContaining("vulkan") as unknown,
                files: expect.not.stringContaining("vulkan") as string,
            });
        } finally {
            await rm(folder, { recursive: true });
        }
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
