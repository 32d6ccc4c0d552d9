import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import {
    copyFile,
    mkdir,
    mkdtemp,
    readdir,
    readFile,
    rename,
    rm,
    stat,
    utimes,
} from "node:fs/promises";
import { availableParallelism, setPriority } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AppError } from "../../src/errors.ts";
import { correctSources, type Correction } from "./companion-corrections.ts";
import {
    supportedNodeLlamaCpp,
    type CompanionInputs,
    type CompanionVariant,
} from "./companion-inputs.ts";
import type { VariantLibraries } from "./companion-libraries.ts";
import { withFileLock } from "./companion-lock.ts";
import { findBuildTools } from "./companion-tools.ts";

/** How far a build has come. */
export interface CompanionProgress {
    readonly step: "wait" | "sources" | "compile" | "link";
    /** Of the whole build, 0 to 100. */
    readonly percent: number;
    /** One line for people. */
    readonly text: string;
}

/** How a build is watched. */
export type OnCompanionProgress = (progress: CompanionProgress) => void;

/** An update that is undone within this time finds its build again. */
const unusedAfterMs = 30 * 24 * 3_600_000;

/** Where the built module of a variant lies, whether it exists or not. */
export function companionPath(
    inputs: CompanionInputs,
    cacheFolder: string,
    variant: CompanionVariant,
): string {
    return join(cacheFolder, inputs.key, `companion-${variant}.node`);
}

/** Whether a file exists. */
export async function exists(path: string): Promise<boolean> {
    return stat(path).then(
        () => true,
        () => false,
    );
}

/**
 * Builds the module of a variant unless the cache holds it, and resolves to its path. Two processes
 * never build at the same time, and a file in the cache is always a whole one.
 *
 * @throws `companion-unavailable` when a tool is missing or a step fails; its log is kept.
 */
export async function buildCompanion(
    inputs: CompanionInputs,
    cacheFolder: string,
    libraries: VariantLibraries,
    onProgress: OnCompanionProgress,
): Promise<string> {
    const target = companionPath(inputs, cacheFolder, libraries.variant);
    if (await exists(target)) {
        await markAsUsed(join(cacheFolder, inputs.key));
        return target;
    }
    await createFolder(join(cacheFolder, inputs.key));
    const waitForOther = () =>
        onProgress({ step: "wait", percent: 0, text: "another process is building the companion" });
    return withFileLock(join(cacheFolder, "building.lock"), waitForOther, async () => {
        if (await exists(target)) return target;
        await removeLeftovers(cacheFolder);
        const build = new Build(inputs, cacheFolder, onProgress);
        await build.run(libraries, target);
        await removeUnused(cacheFolder, inputs.key);
        return target;
    });
}

async function createFolder(path: string): Promise<void> {
    try {
        await mkdir(path, { recursive: true });
    } catch (cause) {
        throw new AppError("companion-unavailable", `The folder ${path} cannot be written to.`, {
            remedy: "Give the program's user the right to write there, or configure another folder.",
            cause,
        });
    }
}

/** Folders of builds that were killed: nobody else builds while the lock is held. */
async function removeLeftovers(cacheFolder: string): Promise<void> {
    for (const name of await readdir(cacheFolder)) {
        if (name.startsWith("building-")) {
            await rm(join(cacheFolder, name), { recursive: true, force: true });
        }
    }
}

/** For {@link removeUnused}; a folder that only others may write to stays as it is. */
async function markAsUsed(folder: string): Promise<void> {
    const now = new Date();
    await utimes(folder, now, now).catch(() => undefined);
}

/** Other versions' builds that no process has started with for a month. */
async function removeUnused(cacheFolder: string, key: string): Promise<void> {
    const builds = /^\d+\.\d+\.\d+-.+-[0-9a-f]{12}$/;
    for (const name of await readdir(cacheFolder)) {
        if (name === key || !builds.test(name)) continue;
        const folder = join(cacheFolder, name);
        const status = await stat(folder).catch(() => undefined);
        if (status === undefined || Date.now() - status.mtimeMs < unusedAfterMs) continue;
        // What cannot be removed only takes space: no reason to fail.
        await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
}

/** One build in a temporary folder of its own. */
class Build {
    readonly #inputs: CompanionInputs;
    readonly #cacheFolder: string;
    readonly #onProgress: OnCompanionProgress;
    readonly #logPath: string;

    constructor(inputs: CompanionInputs, cacheFolder: string, onProgress: OnCompanionProgress) {
        this.#inputs = inputs;
        this.#cacheFolder = cacheFolder;
        this.#onProgress = onProgress;
        this.#logPath = join(cacheFolder, "companion-build.log");
    }

    async run(libraries: VariantLibraries, target: string): Promise<void> {
        const { generator } = await findBuildTools();
        await rm(this.#logPath, { force: true });
        const folder = await mkdtemp(join(this.#cacheFolder, "building-"));
        try {
            const archive = join(this.#cacheFolder, this.#inputs.key, "libcompanion.a");
            if (!(await exists(archive))) await this.#compile(folder, archive, generator);
            await this.#link(folder, archive, libraries, target, generator);
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
        this.#onProgress({ step: "link", percent: 100, text: "the companion is ready" });
    }

    async #compile(folder: string, archive: string, generator: readonly string[]): Promise<void> {
        const inputs = this.#inputs;
        const sources = join(folder, "llama.cpp");
        this.#onProgress({ step: "sources", percent: 0, text: "unpacking llama.cpp's sources" });
        // prettier-ignore
        await this.#execute("git", [
            "-c", "advice.detachedHead=false", "clone", "--quiet", inputs.bundlePath, sources,
        ]);
        const corrections = await readFile(join(inputs.nativeFolder, "corrections.json"), "utf8");
        await correctSources(sources, JSON.parse(corrections) as Correction[]);
        const build = join(folder, "compile");
        this.#onProgress({ step: "compile", percent: 5, text: "looking at the compiler" });
        await this.#cmake(build, generator, 5, 95, "compile", {
            COMPANION_STAGE: "compile",
            LLAMA_SOURCES: sources,
            ADDON_FOLDER: inputs.addonFolder,
            NODE_ADDON_API_FOLDER: inputs.nodeAddonApiFolder,
            NODE_API_HEADERS_FOLDER: inputs.nodeApiHeadersFolder,
            NODE_LLAMA_CPP_VERSION: supportedNodeLlamaCpp,
            LLAMA_CPP_RELEASE: inputs.llamaCppRelease,
        });
        await rename(join(build, "libcompanion.a"), archive);
    }

    async #link(
        folder: string,
        archive: string,
        libraries: VariantLibraries,
        target: string,
        generator: readonly string[],
    ): Promise<void> {
        const build = join(folder, "link");
        await this.#cmake(build, generator, 95, 100, "link", {
            COMPANION_STAGE: "link",
            COMPANION_ARCHIVE: archive,
            VARIANT_FOLDER: libraries.folder,
            VARIANT_LIBRARIES: libraries.files.join(";"),
        });
        const whole = `${target}.${process.pid}`;
        await copyFile(join(build, "companion.node"), whole);
        await rename(whole, target);
    }

    async #cmake(
        buildFolder: string,
        generator: readonly string[],
        fromPercent: number,
        toPercent: number,
        step: "compile" | "link",
        variables: Record<string, string>,
    ): Promise<void> {
        const definitions = Object.entries(variables).map(([name, value]) => `-D${name}=${value}`);
        // prettier-ignore
        await this.#execute("cmake", [
            "-S", this.#inputs.nativeFolder, "-B", buildFolder, ...generator,
            "-DCMAKE_BUILD_TYPE=Release", ...definitions,
        ]);
        const jobs = String(availableParallelism());
        await this.#execute("cmake", ["--build", buildFolder, "--parallel", jobs], (line) => {
            const share = buildShare(line);
            if (share === undefined) return;
            const percent = Math.round(fromPercent + share * (toPercent - fromPercent));
            this.#onProgress({
                step,
                percent,
                text: `${step === "compile" ? "compiling" : "linking"} the companion`,
            });
        });
    }

    async #execute(
        command: string,
        args: readonly string[],
        onLine: (line: string) => void = () => undefined,
    ): Promise<void> {
        const log = createWriteStream(this.#logPath, { flags: "a" });
        log.write(`\n$ ${command} ${args.join(" ")}\n`);
        const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
        lowerPriority(child.pid);
        child.stdout.pipe(log, { end: false });
        child.stderr.pipe(log, { end: false });
        createInterface({ input: child.stdout }).on("line", onLine);
        const outcome = await new Promise<number | Error | null>((resolve) => {
            child.once("error", resolve).once("close", (code) => resolve(code));
        });
        await new Promise<void>((resolve) => log.end(resolve));
        if (outcome === 0) return;
        throw new AppError(
            "companion-unavailable",
            `Building the native part that pictures and fast answers need failed: ${command} did not succeed.`,
            {
                remedy: `The last lines of ${this.#logPath} say why.`,
                ...(outcome instanceof Error ? { cause: outcome } : {}),
            },
        );
    }
}

/** The machine's other work goes first; a system that does not allow it is no reason to fail. */
function lowerPriority(pid: number | undefined): void {
    if (pid === undefined) return;
    try {
        setPriority(pid, 10);
    } catch {
        return;
    }
}

/** The share that a line of make (`[ 12%]`) or ninja (`[3/25]`) reports, 0 to 1. */
function buildShare(line: string): number | undefined {
    const percent = /^\[\s*(\d+)%\]/.exec(line);
    if (percent) return Number(percent[1]) / 100;
    const steps = /^\[(\d+)\/(\d+)\]/.exec(line);
    return steps ? Number(steps[1]) / Number(steps[2]) : undefined;
}
