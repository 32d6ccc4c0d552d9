import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { getLlama } from "node-llama-cpp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspectDevice, resolveThreads } from "../../../adapters/llama/device.ts";
import { askProcess } from "../../../adapters/llama/vulkan-probe.ts";
import { showDevice } from "../../../src/commands/doctor-checks.ts";
import { createLogger } from "../../../src/log.ts";
import { packageRoot } from "../../../src/package-root.ts";

const logger = createLogger("silent");

/** What `auto` opens in a process with this environment. */
async function openAuto(environment: Readonly<Record<string, string>>): Promise<unknown> {
    const script = `(async () => {
        const { getLlamaGpuTypes } = await import("node-llama-cpp");
        const { findVariantLibraries } = await import("./adapters/llama/companion-libraries.ts");
        const { openDevice } = await import("./adapters/llama/device.ts");
        const { LlamaLog } = await import("./adapters/llama/llama-log.ts");
        const { createLogger } = await import("./src/log.ts");
        const notices = [];
        const log = new LlamaLog(createLogger("silent"));
        const llama = await openDevice("auto", log, (notice) => notices.push(notice));
        const { variant, files } = await findVariantLibraries(llama);
        const supported = await getLlamaGpuTypes("supported");
        const gpu = String(llama.gpu);
        console.log(JSON.stringify({ supported, gpu, variant, files: files.join(" "), notices }));
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
        const report = await inspectDevice({ gpu: "cpu", threads: "auto" }, logger);
        expect(report).toMatchObject({ variant: "cpu", description: "CPU" });
        expect(report.memory.totalBytes).toBeGreaterThan(report.memory.freeBytes);
        expect(report.memory.freeBytes).toBeGreaterThan(0);
        expect(report.notices).toEqual([]);
    });

    it("is told by Vulkan's own process, however that ends", async () => {
        const says = (text: string, end: string) =>
            `process.stdout.write(${JSON.stringify(text)}, () => ${end})`;
        const answer = "driver 1.2\ndevices: 1\n";
        expect(await askProcess(says(answer, "process.exit(0)"))).toEqual({ hasGpu: true });
        expect(await askProcess(says(answer, "process.abort()"))).toEqual({ hasGpu: true });
        expect(await askProcess(says("\ndevices: 0\n", "process.exit(0)"))).toEqual({
            hasGpu: false,
        });
        for (const [end, failure] of [
            ["process.abort()", "was ended by SIGABRT"],
            ["process.exit(3)", "ended with the code 3"],
            ["process.exit(0)", "ended without an answer"],
        ] as const) {
            expect(await askProcess(says("", end))).toEqual({ hasGpu: false, failure });
        }
    });

    it("is shown with what is wrong", () => {
        const memory = { kind: "cpu", freeBytes: 1e9, totalBytes: 2e9 } as const;
        const device = { variant: "cpu", description: "CPU", memory } as const;
        expect(showDevice({ ...device, notices: [] }).state).toBe("ok");
        const notices = [{ message: "No GPU", remedy: "Find it." }];
        expect(showDevice({ ...device, notices })).toEqual({
            state: "notice",
            text: "CPU, 1.0 of 2.0 GB free. No GPU.",
            remedy: "Find it.",
        });
    });

    it("is refused with a remedy where this machine has it not", async () => {
        const absent = process.platform === "darwin" ? "cuda" : "metal";
        await expect(inspectDevice({ gpu: absent, threads: "auto" }, logger)).rejects.toMatchObject(
            {
                code: "config-invalid",
                remedy: expect.stringContaining("model.gpu") as string,
            },
        );
    });

    it("leaves a core to the rest of the product, and never gives more than there are", async () => {
        const llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
        const cores = availableParallelism();
        const notices: string[] = [];
        const resolve = (threads: number | "auto"): number =>
            resolveThreads(threads, llama, ({ message }) => notices.push(message));
        const threads = resolve("auto");
        expect(threads).toBeGreaterThan(0);
        expect(threads).toBeLessThan(Math.max(2, cores));
        expect(resolve(cores)).toBe(cores);
        expect(notices).toEqual([]);
        expect(resolve(cores + 1)).toBe(cores);
        expect(notices).toEqual([expect.stringContaining(`model.threads is ${cores + 1}`)]);
        await llama.dispose();
        const { notices: reported } = await inspectDevice(
            { gpu: "cpu", threads: cores + 1 },
            logger,
        );
        expect(reported).toMatchObject([{ remedy: expect.stringContaining("auto") as string }]);
    });
});

// Other systems have no Vulkan, or no other way to be shown one
describe.runIf(process.platform === "linux")(
    "the device of a machine with Vulkan but no GPU",
    () => {
        let folder: string;
        let environment: Readonly<Record<string, string>>;
        beforeEach(async () => {
            folder = await mkdtemp(join(tmpdir(), "bimedix2-device-"));
            const chromium = folderOfBrowser();
            await symlink(`${chromium}/libvulkan.so.1`, join(folder, "libvulkan.so.1"));
            environment = {
                LD_LIBRARY_PATH: folder,
                VK_DRIVER_FILES: `${chromium}/vk_swiftshader_icd.json`,
            };
        });
        afterEach(() => rm(folder, { recursive: true }));

        it("is the processor, with its own libraries, where Vulkan is installed without a GPU", async () => {
            expect(await openAuto(environment)).toMatchObject({
                supported: expect.arrayContaining(["vulkan"]) as unknown,
                gpu: expect.not.stringContaining("vulkan") as unknown,
                files: expect.not.stringContaining("vulkan") as string,
                notices: [],
            });
        });

        it("is the processor where CUDA is installed and cannot be loaded either, and says so", async () => {
            const libraries = [
                "libnvidia-ml.so.1",
                "libcuda.so.1",
                "libcudart.so.13",
                "libcublas.so.13",
                "libcublasLt.so.13",
            ];
            for (const name of libraries) await writeFile(join(folder, name), "of another driver");
            expect(await openAuto(environment)).toMatchObject({
                supported: ["cuda", "vulkan", false],
                gpu: "false",
                files: expect.not.stringMatching(/cuda|vulkan/) as string,
                notices: [
                    {
                        message: expect.stringContaining(
                            "CUDA is installed, but cannot be used",
                        ) as string,
                        remedy: expect.stringMatching(
                            /nvidia-smi.*docs.gpu\.md.* to vulkan or cpu/,
                        ) as string,
                    },
                ],
            });
        });
    },
);

/** A browser brings Vulkan's library, and a driver that computes on the processor. */
function folderOfBrowser(): string {
    const folders = [
        "/usr/lib/chromium",
        "/opt/google/chrome",
        "/snap/chromium/current/usr/lib/chromium-browser",
    ];
    const found = folders.find((folder) => existsSync(join(folder, "libvulkan.so.1")));
    if (found === undefined) throw new Error("Run npm run test:prepare, or install Google Chrome.");
    return found;
}
