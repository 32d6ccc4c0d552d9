import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { getLlamaGpuTypes } from "node-llama-cpp";

const run = promisify(execFile);

let answer: Promise<boolean> | undefined;

/**
 * Whether `auto` could take Vulkan though there is no GPU: its library, and its driver that computes on
 * the processor, are on many machines without one. Asks another process, once, because one that has
 * loaded a llama.cpp for Vulkan cannot load the one for the processor beside it: their libraries
 * have the same names, and it would get a mixture of both.
 *
 * @param onFailure Told when Vulkan cannot be asked; it then counts as without a GPU.
 */
export function isVulkanWithoutDevice(onFailure: (error: unknown) => void): Promise<boolean> {
    answer ??= probe().catch((error: unknown) => {
        // A driver that ends that process would end this one
        onFailure(error);
        return true;
    });
    return answer;
}

async function probe(): Promise<boolean> {
    const supported = await getLlamaGpuTypes("supported");
    if (!supported.includes("vulkan")) return false;
    if (supported[0] === "cuda" && hasNvidiaDevice()) return false;
    const { stdout } = await run(
        process.execPath,
        // The library starts processes of its own with this one's options, where --input-type would fail
        ["--eval", countDevices],
        { timeout: longestProbeMs, windowsHide: true },
    );
    // A driver may say something of its own before
    return Number(/(\d+)\s*$/.exec(stdout)?.[1] ?? 0) === 0;
}

/** Then CUDA is taken, and Vulkan is not loaded. */
function hasNvidiaDevice(): boolean {
    return process.platform !== "linux" || ["/dev/nvidiactl", "/dev/dxg"].some(existsSync);
}

// A driver's first start can take long
const longestProbeMs = 60_000;

const countDevices = `(async () => {
    const { getLlama } = await import(${JSON.stringify(import.meta.resolve("node-llama-cpp"))});
    const options = { gpu: "vulkan", build: "never", skipDownload: true, progressLogs: false };
    const llama = await getLlama({ ...options, logger: () => undefined });
    const names = await llama.getGpuDeviceNames();
    process.stdout.write("\\n" + names.length, () => process.exit(0));
})().catch((error) => {
    // It cannot be loaded here, and so is not there
    if (error?.constructor?.name === "NoBinaryFoundError") process.stdout.write("0", () => process.exit(0));
    else throw error;
})`;
