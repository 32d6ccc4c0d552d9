import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspectCompanion } from "../../../adapters/llama/companion.ts";
import { findBuildTools } from "../../../adapters/llama/companion-tools.ts";
import { companionFolders } from "../../setup/companion-folders.ts";

const path = process.env["PATH"];
let folder: string;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tools-"));
});

afterEach(async () => {
    process.env["PATH"] = path;
    await rm(folder, { recursive: true });
});

/** Hides every program but these. */
async function leave(...commands: readonly string[]): Promise<void> {
    for (const command of commands) {
        const found = execFileSync("sh", ["-c", `command -v ${command}`], { encoding: "utf8" });
        await symlink(found.trim(), join(folder, command));
    }
    process.env["PATH"] = folder;
}

test("is content with what the README names", async () => {
    await expect(findBuildTools()).resolves.toBeDefined();
});

test.each([
    { tools: ["git", "c++", "make"], missing: "CMake is", install: /\bcmake\b/ },
    { tools: ["cmake", "c++", "make"], missing: "git is", install: /\bgit\b|xcode-select/ },
    { tools: ["git", "cmake", "make"], missing: "a C\\+\\+ compiler is", install: /\+\+|xcode/ },
    { tools: ["git", "cmake", "c++"], missing: "make or ninja is", install: /\bmake\b|xcode/ },
    { tools: [], missing: "git, CMake, a C\\+\\+ compiler, make or ninja are", install: /cmake/ },
])("names what is missing beside $tools and how to install it", async (example) => {
    await leave(...example.tools);
    await expect(findBuildTools()).rejects.toMatchObject({
        code: "companion-unavailable",
        message: expect.stringMatching(`once, and ${example.missing} missing`) as unknown,
        remedy: expect.stringMatching(example.install) as unknown,
    });
});

test("doctor's look at a machine without tools: what is built is used, the rest is explained", async () => {
    await leave();
    await expect(inspectCompanion({ ...companionFolders, variant: "cpu" })).resolves.toMatchObject({
        status: "built",
    });
    const empty = { ...companionFolders, cacheFolder: folder, variant: "cuda" } as const;
    await expect(inspectCompanion(empty)).resolves.toMatchObject({
        status: "unavailable",
        remedy: expect.stringContaining("cmake") as unknown,
    });
    process.env["PATH"] = path;
    await expect(inspectCompanion(empty)).resolves.toEqual({ status: "buildable" });
});
