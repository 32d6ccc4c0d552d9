import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildCompanion, type CompanionProgress } from "../../../adapters/llama/companion-build.ts";
import type { CompanionInputs } from "../../../adapters/llama/companion-inputs.ts";
import type { VariantLibraries } from "../../../adapters/llama/companion-libraries.ts";

// A companion of one line, so that the steps themselves are tested. The real one is built by
// test/setup/global.ts and tested by everything that sees.
const project = `
cmake_minimum_required(VERSION 3.19)
project(small CXX)
if(COMPANION_STAGE STREQUAL "compile")
    file(APPEND "\${ADDON_FOLDER}/compiled" "x")
    file(WRITE "\${CMAKE_BINARY_DIR}/one.cpp" "int one() { return 1; }")
    add_library(companion STATIC "\${CMAKE_BINARY_DIR}/one.cpp")
else()
    file(WRITE "\${CMAKE_BINARY_DIR}/two.cpp" "int two() { return 2; }")
    add_library(companion MODULE "\${CMAKE_BINARY_DIR}/two.cpp")
    set_target_properties(companion PROPERTIES PREFIX "" SUFFIX ".node")
endif()
`;

let folder: string;
let inputs: CompanionInputs;
let cacheFolder: string;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "build-"));
    cacheFolder = join(folder, "cache");
    const nativeFolder = join(folder, "native");
    const addonFolder = join(folder, "addon");
    await mkdir(nativeFolder);
    await mkdir(addonFolder);
    await writeFile(join(nativeFolder, "CMakeLists.txt"), project);
    await writeFile(join(nativeFolder, "corrections.json"), "[]");
    inputs = {
        nativeFolder,
        addonFolder,
        bundlePath: bundle(join(folder, "sources")),
        nodeAddonApiFolder: folder,
        nodeApiHeadersFolder: folder,
        llamaCppRelease: "v0",
        key: "key",
    };
});

afterEach(async () => {
    await rm(folder, { recursive: true });
});

/** A git bundle of a repository with one file. */
function bundle(repository: string): string {
    const git = (...args: readonly string[]) =>
        execFileSync("git", [
            "-C",
            repository,
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            ...args,
        ]);
    execFileSync("git", ["init", "--quiet", repository]);
    execFileSync("sh", ["-c", `echo old > '${repository}/graph.cpp'`]);
    git("add", "graph.cpp");
    git("commit", "--quiet", "-m", "one");
    git("bundle", "create", "--quiet", `${repository}.bundle`, "HEAD");
    return `${repository}.bundle`;
}

function libraries(variant: VariantLibraries["variant"]): VariantLibraries {
    return { variant, folder, files: [] };
}

function build(
    variant: VariantLibraries["variant"] = "cpu",
    progress: CompanionProgress[] = [],
): Promise<string> {
    return buildCompanion(inputs, cacheFolder, libraries(variant), (step) => progress.push(step));
}

async function timesCompiled(): Promise<number> {
    return (await readFile(join(inputs.addonFolder, "compiled"), "utf8")).length;
}

test("compiles once, links once per variant, and shows how far it is", async () => {
    const progress: CompanionProgress[] = [];
    const path = await build("cpu", progress);
    expect(path).toBe(join(cacheFolder, "key", "companion-cpu.node"));
    expect((await readFile(path)).subarray(1, 4).toString("latin1")).toMatch(/ELF|\xfa\xed\xfe/);
    expect(new Set(progress.map(({ step }) => step))).toEqual(
        new Set(["sources", "compile", "link"]),
    );
    const percents = progress.map(({ percent }) => percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);

    const again: CompanionProgress[] = [];
    await build("cpu", again);
    expect(again).toEqual([]);
    await build("cuda");
    expect(await timesCompiled()).toBe(1);
    expect((await readdir(join(cacheFolder, "key"))).sort()).toEqual([
        "companion-cpu.node",
        "companion-cuda.node",
        "libcompanion.a",
    ]);
});

test("two builds at the same time become one", async () => {
    const progress: CompanionProgress[] = [];
    const paths = await Promise.all([build("cpu", progress), build("cpu", progress)]);
    expect(paths[0]).toBe(paths[1]);
    expect(await timesCompiled()).toBe(1);
    expect(progress.filter(({ step }) => step === "wait")).toHaveLength(1);
});

test("takes over from a build that was killed", async () => {
    await mkdir(join(cacheFolder, "building-old"), { recursive: true });
    const lock = join(cacheFolder, "building.lock");
    await writeFile(lock, "");
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(lock, longAgo, longAgo);
    await build();
    expect((await readdir(cacheFolder)).sort()).toEqual(["companion-build.log", "key"]);
});

test("removes builds of other versions that were not used for a month, and nothing else", async () => {
    const old = "3.21.0-v0.4.0-linux-x64-0123456789ab";
    const recent = "3.21.1-v0.4.0-linux-x64-0123456789ab";
    const foreign = "someone's folder";
    const longAgo = new Date(Date.now() - 40 * 24 * 3_600_000);
    for (const name of [old, recent, foreign]) {
        await mkdir(join(cacheFolder, name), { recursive: true });
        await writeFile(join(cacheFolder, name, "companion-cpu.node"), "");
        await utimes(join(cacheFolder, name), longAgo, longAgo);
    }
    // A start with that version, whose build is there.
    await buildCompanion(
        { ...inputs, key: recent },
        cacheFolder,
        libraries("cpu"),
        () => undefined,
    );
    await build();
    expect((await readdir(cacheFolder)).sort()).toEqual(
        [recent, "companion-build.log", "key", foreign].sort(),
    );
});

test("a failed build says where its log is and leaves nothing half done", async () => {
    const path = join(inputs.nativeFolder, "CMakeLists.txt");
    await writeFile(path, `message(FATAL_ERROR "no such thing")`);
    const log = join(cacheFolder, "companion-build.log");
    await expect(build()).rejects.toMatchObject({
        code: "companion-unavailable",
        remedy: expect.stringContaining(log) as unknown,
    });
    expect(await readFile(log, "utf8")).toContain("no such thing");
    expect((await readdir(cacheFolder)).sort()).toEqual(["companion-build.log", "key"]);
    expect(await readdir(join(cacheFolder, "key"))).toEqual([]);

    await writeFile(path, project);
    await expect(build()).resolves.toBeDefined();
});

test("stops before compiling when a correction does not fit the sources", async () => {
    const correction = {
        file: "graph.cpp",
        reason: "the order is wrong",
        expected: "new",
        replacement: "newer",
    };
    await writeFile(join(inputs.nativeFolder, "corrections.json"), JSON.stringify([correction]));
    await expect(build()).rejects.toMatchObject({
        code: "companion-unavailable",
        message: expect.stringContaining("graph.cpp holds a line") as unknown,
    });
    await expect(timesCompiled()).rejects.toThrow("ENOENT");
});

test("explains a cache folder that cannot be made", async () => {
    cacheFolder = join(inputs.bundlePath, "cache");
    await expect(build()).rejects.toMatchObject({
        code: "companion-unavailable",
        message: expect.stringContaining("cannot be written to") as unknown,
    });
});
