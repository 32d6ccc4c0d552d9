import { availableParallelism } from "node:os";
import {
    getLlama,
    getLlamaGpuTypes,
    type Llama,
    LlamaLogLevel,
    type LlamaOptions,
} from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { DeviceMemory } from "../../src/ports.ts";
import { LlamaLog } from "./llama-log.ts";
import type { MemoryDevice } from "./memory-needs.ts";
import { askVulkan } from "./vulkan-probe.ts";

/** Where the model runs, as the administrator chooses it. */
export type GpuChoice = "auto" | "cuda" | "vulkan" | "metal" | "cpu";

/** Why `auto` takes another device than the administrator may expect. */
export interface DeviceNotice {
    readonly message: string;
    readonly remedy: string;
    /** For the log. */
    readonly cause?: unknown;
}

/** What a choice leads to on this machine. */
export interface DeviceReport {
    readonly variant: "cuda" | "vulkan" | "metal" | "cpu";
    /** For example `CUDA: NVIDIA H200` or `CPU`. */
    readonly description: string;
    /** The GPU's memory, or the machine's for the CPU. */
    readonly memory: MemoryDevice;
    readonly notices: readonly DeviceNotice[];
}

const remedies: Readonly<Record<GpuChoice, string>> = {
    auto: "Use Linux with glibc, macOS or Windows, and run npm ci without leaving out optional packages.",
    cpu: "Use Linux with glibc, macOS or Windows, and run npm ci without leaving out optional packages.",
    cuda: "Install the NVIDIA driver and the CUDA runtime until nvidia-smi lists the GPU, or set model.gpu in clinic.yaml to auto.",
    vulkan: "Install the GPU's Vulkan driver until vulkaninfo lists it, or set model.gpu in clinic.yaml to auto.",
    metal: "Metal exists on Apple computers only: set model.gpu in clinic.yaml to auto.",
};

/**
 * Loads the prebuilt llama.cpp for a choice; `auto` takes the first that works of CUDA, Vulkan,
 * Metal and the CPU. Never compiles.
 *
 * @param onNotice Where what is to be said of the choice goes; default: the log.
 * @throws `config-invalid` when the chosen GPU cannot be used here.
 */
export async function openDevice(
    gpu: GpuChoice,
    log: LlamaLog,
    onNotice = writeNoticesTo(log),
): Promise<Llama> {
    if (gpu === "auto") return openAuto(log, onNotice);
    const wanted = gpu === "cpu" ? false : gpu;
    const llama = await open(gpu, wanted, log);
    const hasDevice = wanted === false || (await llama.getGpuDeviceNames()).length > 0;
    // Off Apple's computers, Metal silently becomes the CPU
    if (hasDevice && llama.gpu === wanted) return llama;
    await llama.dispose();
    throw unavailable(gpu);
}

/** Notices for the log. */
export function writeNoticesTo(log: LlamaLog): (notice: DeviceNotice) => void {
    return ({ message, remedy, cause }) =>
        log.warn({ remedy, ...(cause === undefined ? {} : describeError(cause)) }, message);
}

async function open(
    gpu: GpuChoice,
    wanted: NonNullable<LlamaOptions["gpu"]>,
    log: LlamaLog,
): Promise<Llama> {
    try {
        return await getLlama({
            gpu: wanted,
            build: "never",
            skipDownload: true,
            progressLogs: false,
            // The library would limit the configured threads to its own choice
            maxThreads: 0,
            logLevel: LlamaLogLevel.warn,
            logger: log.write,
        });
    } catch (error) {
        throw unavailable(gpu, error);
    }
}

async function openAuto(log: LlamaLog, onNotice: (notice: DeviceNotice) => void): Promise<Llama> {
    const supported = await getLlamaGpuTypes("supported");
    if (supported.includes("cuda")) {
        let cause: unknown;
        const llama = await open("cuda", "cuda", log).catch((error: unknown) => {
            cause = error instanceof AppError ? error.cause : error;
            return undefined;
        });
        if (llama?.gpu === "cuda") return withDevice(llama);
        onNotice({ ...lostCuda, cause });
        if (llama !== undefined) return llama;
    }
    const vulkan = supported.includes("vulkan") ? await askVulkan() : { hasGpu: false };
    if (vulkan.failure !== undefined) onNotice(silentVulkan(vulkan.failure));
    const empty = vulkan.hasGpu ? [] : (["vulkan"] as const);
    return withDevice(await open("auto", { type: "auto", exclude: ["cuda", ...empty] }, log));
}

/** It cannot be exchanged for another one within this process. */
async function withDevice(llama: Llama): Promise<Llama> {
    if (llama.gpu === false || (await llama.getGpuDeviceNames()).length > 0) return llama;
    const name = gpuNames[llama.gpu];
    await llama.dispose();
    throw new AppError("config-invalid", `${name} is installed, but finds no GPU.`, {
        remedy: "Restart the machine if its driver was updated, or let the container have the GPU; without one, set model.gpu in clinic.yaml to cpu.",
    });
}

/** A clinic that had a GPU yesterday shall not answer at a hundredth of its speed without knowing why. */
const lostCuda: DeviceNotice = {
    message: "CUDA is installed, but cannot be used: answers come more slowly",
    remedy: "If nvidia-smi does not list the GPU, restart the machine, or let the container have it; if it does, install the CUDA libraries that fit its driver (docs/gpu.md). To go on without CUDA, set model.gpu in clinic.yaml to vulkan or cpu.",
};

function silentVulkan(failure: string): DeviceNotice {
    return {
        message: `Vulkan is installed, but not used: the process that asked it for a GPU ${failure}`,
        remedy: "If this machine has a GPU for Vulkan, update its driver until vulkaninfo lists it. To go on without, set model.gpu in clinic.yaml to cpu.",
    };
}

function unavailable(gpu: GpuChoice, cause?: unknown): AppError {
    const message =
        gpu === "auto" || gpu === "cpu"
            ? "node-llama-cpp brings no program for this system."
            : `The model shall run on ${gpuNames[gpu]}, which cannot be used on this machine.`;
    return new AppError("config-invalid", message, { remedy: remedies[gpu], cause });
}

const gpuNames = { cuda: "CUDA", vulkan: "Vulkan", metal: "Metal" } as const;

/** The device for people, for example `CUDA: NVIDIA H200` or `CPU (2 threads)`. */
export async function describeDevice(llama: Llama, threads?: number): Promise<string> {
    if (llama.gpu !== false) {
        const names = await llama.getGpuDeviceNames();
        return `${gpuNames[llama.gpu]}: ${[...new Set(names)].join(", ")}`;
    }
    if (threads === undefined) return "CPU";
    return `CPU (${threads} ${threads === 1 ? "thread" : "threads"})`;
}

/**
 * What a choice would use, without loading a model.
 *
 * @throws `config-invalid` as {@link openDevice}.
 */
export async function inspectDevice(
    { gpu, threads }: { readonly gpu: GpuChoice; readonly threads: number | "auto" },
    logger: Logger,
): Promise<DeviceReport> {
    const notices: DeviceNotice[] = [];
    const onNotice = (notice: DeviceNotice): void => void notices.push(notice);
    const llama = await openDevice(gpu, new LlamaLog(logger), onNotice);
    try {
        resolveThreads(threads, llama, onNotice);
        return {
            notices,
            variant: llama.gpu === false ? "cpu" : llama.gpu,
            description: await describeDevice(llama),
            memory: await measureMemory(llama),
        };
    } finally {
        await llama.dispose();
    }
}

/** How much memory there is for a model: that of all GPUs together, or the machine's for the CPU. */
export async function measureMemory(llama: Llama): Promise<MemoryDevice> {
    const ram = await measureRam(llama);
    if (llama.gpu === false) return { kind: "cpu", ...ram };
    const { free, total, unifiedSize } = await llama.getVramState();
    const names = await llama.getGpuDeviceNames();
    return {
        kind: "gpu",
        freeBytes: free,
        totalBytes: total,
        cards: Math.max(1, names.length),
        ...(unifiedSize > 0 ? {} : { ram }),
    };
}

/** A container may be allowed less than the machine has. */
async function measureRam(
    llama: Llama,
): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    const { free, total } = await llama.getRamState();
    const allowed = process.constrainedMemory();
    return {
        freeBytes: Math.min(free, process.availableMemory()),
        totalBytes: allowed > 0 ? Math.min(total, allowed) : total,
    };
}

/** The memory of a GPU, as its driver tells it; `undefined` for the CPU, or when it cannot be told. */
export async function readDeviceMemory(llama: Llama): Promise<DeviceMemory | undefined> {
    if (llama.gpu === false) return undefined;
    try {
        const { used, total } = await llama.getVramState();
        return { usedBytes: used, totalBytes: total };
    } catch {
        // A figure for the administrator, nothing else depends on it.
        return undefined;
    }
}

/**
 * How many threads a CPU computation gets. `auto` leaves a core to the rest of the product: ggml's
 * threads wait for each other by spinning, so one that has no core of its own stalls all. For the same
 * reason nobody gets more than there are cores.
 *
 * @param onNotice Where it goes that the CPU, without a GPU, has less than are wanted.
 */
export function resolveThreads(
    threads: number | "auto",
    llama: Llama,
    onNotice: (notice: DeviceNotice) => void,
): number {
    const cores = availableParallelism();
    if (threads === "auto") return Math.max(1, Math.min(llama.cpuMathCores, cores - 1));
    if (threads > cores && llama.gpu === false) {
        onNotice({
            message: `model.threads is ${threads}, but there are ${cores} processors, so that ${cores} compute`,
            remedy: "Set model.threads in clinic.yaml to auto; or, if the machine has more, let the container or service use them.",
        });
    }
    return Math.min(threads, cores);
}
