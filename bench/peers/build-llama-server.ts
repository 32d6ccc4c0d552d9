import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { availableParallelism, setPriority } from "node:os";
import { join } from "node:path";
import { exists } from "../../adapters/llama/companion-build.ts";
import { locateCompanionInputs } from "../../adapters/llama/companion-inputs.ts";
import { findVariantLibraries } from "../../adapters/llama/companion-libraries.ts";
import { withFileLock } from "../../adapters/llama/companion-lock.ts";
import { findBuildTools } from "../../adapters/llama/companion-tools.ts";
import { type GpuChoice, openDevice } from "../../adapters/llama/device.ts";
import { LlamaLog } from "../../adapters/llama/llama-log.ts";
import { createLogger } from "../../src/log.ts";
import { packageRoot } from "../../src/package-root.ts";

/** A llama-server that can be started. */
export interface BuiltServer {
    readonly path: string;
    /** The folder of libllama and of ggml's backends, which it looks for in its working folder. */
    readonly variantFolder: string;
}

/**
 * Builds llama.cpp's own server from the sources that node-llama-cpp ships, unless the cache holds
 * it, against the very libraries that the product uses with this choice of a GPU. Takes some
 * minutes the first time.
 *
 * @throws when a tool is missing or a step fails; its log is kept beside the build.
 */
export async function buildLlamaServer(gpu: GpuChoice): Promise<BuiltServer> {
    const root = packageRoot();
    const { bundlePath, llamaCppRelease } = await locateCompanionInputs(root);
    const { variant, folder, libraries } = await findLibraries(gpu);
    const recipe = join(root, "bench", "peers");
    const hash = createHash("sha256")
        .update(await readFile(join(recipe, "CMakeLists.txt")))
        .update(folder);
    const key = `${llamaCppRelease}-${variant}-${hash.digest("hex").slice(0, 12)}`;
    const cache = join(root, ".cache", "peers", key);
    const target = join(cache, "llama-server");
    const server = { path: target, variantFolder: folder };
    if (await exists(target)) return server;
    await mkdir(cache, { recursive: true });
    const waiting = (): void => console.error("Another process is building llama-server.");
    await withFileLock(join(cache, "building.lock"), waiting, async () => {
        if (await exists(target)) return;
        console.error("Building llama-server, which takes some minutes once.");
        const { generator } = await findBuildTools();
        const work = await mkdtemp(join(cache, "building-"));
        try {
            const sources = join(work, "llama.cpp");
            const build = join(work, "build");
            const run = (command: string, args: readonly string[]): Promise<void> =>
                execute(command, args, join(cache, "build.log"));
            await run("git", ["clone", "--quiet", bundlePath, sources]);
            // prettier-ignore
            await run("cmake", [
                "-S", recipe, "-B", build, ...generator, "-DCMAKE_BUILD_TYPE=Release",
                `-DLLAMA_SOURCES=${sources}`, `-DVARIANT_FOLDER=${folder}`,
                `-DVARIANT_LIBRARIES=${libraries.join(";")}`,
            ]);
            const jobs = String(availableParallelism());
            await run("cmake", ["--build", build, "--parallel", jobs]);
            await copyFile(join(build, "llama-server"), `${target}.whole`);
            await rename(`${target}.whole`, target);
        } finally {
            await rm(work, { recursive: true, force: true });
        }
    });
    return server;
}

async function findLibraries(gpu: GpuChoice): Promise<{
    readonly variant: string;
    readonly folder: string;
    readonly libraries: readonly string[];
}> {
    const llama = await openDevice(gpu, new LlamaLog(createLogger("error")));
    try {
        const { variant, folder, files } = await findVariantLibraries(llama);
        const suffix = process.platform === "darwin" ? "dylib" : "so";
        const common = join(folder, `libllama-common.${suffix}`);
        return { variant, folder, libraries: [common, ...files] };
    } finally {
        await llama.dispose();
    }
}

async function execute(command: string, args: readonly string[], logPath: string): Promise<void> {
    const log = await open(logPath, "a");
    try {
        await log.write(`\n$ ${command} ${args.join(" ")}\n`);
        const child = spawn(command, args, { stdio: ["ignore", log.fd, log.fd] });
        // The machine's other work goes first.
        if (child.pid !== undefined) setPriority(child.pid, 10);
        const code = await new Promise<number | null>((resolve, reject) => {
            child.once("error", reject).once("close", resolve);
        });
        if (code !== 0) throw new Error(`${command} failed: ${logPath} says why.`);
    } finally {
        await log.close();
    }
}
