import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { getLlamaGpuTypes } from "node-llama-cpp";

const run = promisify(execFile);

/**
 * Whether `auto` would take Vulkan though there is no GPU: its library, and its driver that computes on
 * the processor, are on many machines without one. Asks another process, because one that has
 * loaded a llama.cpp for Vulkan cannot load the one for the processor beside it: their libraries
 * have the same names, and it would get a mixture of both.
 */
export async function isVulkanWithoutDevice(): Promise<boolean> {
    const [first] = await getLlamaGpuTypes("supported");
    if (first !== "vulkan") return false;
    try {
        const { stdout } = await run(
            process.execPath,
            // The library starts processes of its own with this one's options, where --input-type would fail
            ["--eval", countDevices],
            { timeout: longestProbeMs, windowsHide: true },
        );
        return Number(stdout) === 0;
    } catch {
        // A driver that ends that process would end this one
        return true;
    }
}

// A driver's first start can take long
const longestProbeMs = 60_000;

const countDevices = `(async () => {
    const { getLlama } = await import(${JSON.stringify(import.meta.resolve("node-llama-cpp"))});
    const options = { gpu: "vulkan", build: "never", skipDownload: true, progressLogs: false };
    const llama = await getLlama({ ...options, logger: () => undefined });
    const names = await llama.getGpuDeviceNames();
    process.stdout.write(String(names.length), () => process.exit(0));
})()`;
