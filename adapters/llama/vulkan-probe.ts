import { execFile, type ExecFileException } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What another process says of Vulkan; `failure`: that it cannot be asked, and how that process ended. */
export interface VulkanAnswer {
    readonly hasGpu: boolean;
    readonly failure?: string;
}

let answer: Promise<VulkanAnswer> | undefined;

/**
 * Asks whether Vulkan has a GPU: its library, and its driver that computes on the processor, are on many
 * machines without one. Asks another process, once, because one that has loaded a llama.cpp for Vulkan
 * cannot load the one for the processor beside it: their libraries have the same names, and it would
 * get a mixture of both. A driver that ends that process would end this one, too.
 */
export function askVulkan(): Promise<VulkanAnswer> {
    answer ??= askProcess(countDevices);
    return answer;
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
        const count = readCount(stdout);
        return count === undefined
            ? { hasGpu: false, failure: "ended without an answer" }
            : { hasGpu: count > 0 };
    } catch (error) {
        const { stdout, killed, signal, code } = error as ExecFileException;
        // It may have answered before its driver failed to end
        const count = readCount(stdout ?? "");
        if (count !== undefined) return { hasGpu: count > 0 };
        const end = signal ? `was ended by ${signal}` : `ended with the code ${code}`;
        const failure = killed ? `gave no answer in ${longestProbeMs / 1000} seconds` : end;
        return { hasGpu: false, failure };
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
