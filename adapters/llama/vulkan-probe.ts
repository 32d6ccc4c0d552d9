import { execFile, type ExecFileException } from "node:child_process";
import { promisify } from "node:util";
import { getLlamaGpuTypes } from "node-llama-cpp";

const run = promisify(execFile);

/** What another process says of Vulkan. */
export type VulkanAnswer =
    /** `false`: `auto` would take Vulkan though there is no GPU. */
    | { readonly isUsable: boolean }
    /** It cannot be asked, and so counts as without a GPU: how that process ended, for the log. */
    | { readonly isUsable: false; readonly failure: string };

let answer: Promise<VulkanAnswer> | undefined;

/**
 * Asks whether Vulkan has a GPU: its library, and its driver that computes on the processor, are on many
 * machines without one. Asks another process, once, because one that has loaded a llama.cpp for Vulkan
 * cannot load the one for the processor beside it: their libraries have the same names, and it would
 * get a mixture of both. A driver that ends that process would end this one, too.
 */
export function askVulkan(): Promise<VulkanAnswer> {
    answer ??= probe();
    return answer;
}

async function probe(): Promise<VulkanAnswer> {
    const supported = await getLlamaGpuTypes("supported");
    return supported.includes("vulkan") ? askProcess(countDevices) : { isUsable: true };
}

/** What a process answers that runs a script, which writes `devices: ` and their number on a line. */
export async function askProcess(script: string): Promise<VulkanAnswer> {
    try {
        const { stdout } = await run(
            process.execPath,
            // The library starts processes of its own with this one's options, where --input-type would fail
            ["--eval", script],
            { timeout: longestProbeMs, windowsHide: true },
        );
        return { isUsable: (readCount(stdout) ?? 0) > 0 };
    } catch (error) {
        const { stdout, signal, code } = error as ExecFileException;
        // It may have answered before its driver failed to end
        const count = readCount(stdout ?? "");
        if (count !== undefined) return { isUsable: count > 0 };
        return { isUsable: false, failure: String(signal ?? code ?? "unknown") };
    }
}

/** A driver may say something of its own before. */
function readCount(output: string): number | undefined {
    const [, digits] = /(?:^|\n)devices: (\d+)\n/.exec(output) ?? [];
    return digits === undefined ? undefined : Number(digits);
}

// A driver's first start can take long
const longestProbeMs = 60_000;

const countDevices = `(async () => {
    const { getLlama } = await import(${JSON.stringify(import.meta.resolve("node-llama-cpp"))});
    const options = { gpu: "vulkan", build: "never", skipDownload: true, progressLogs: false };
    const llama = await getLlama({ ...options, logger: () => undefined });
    const names = await llama.getGpuDeviceNames();
    process.stdout.write("\\ndevices: " + names.length + "\\n", () => process.exit(0));
})().catch((error) => {
    // It cannot be loaded here, and so is not there
    if (error?.constructor?.name === "NoBinaryFoundError") process.stdout.write("\\ndevices: 0\\n", () => process.exit(0));
    else throw error;
})`;
