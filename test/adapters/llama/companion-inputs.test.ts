import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
    locateCompanionInputs,
    supportedNodeLlamaCpp,
} from "../../../adapters/llama/companion-inputs.ts";
import { exists } from "../../../adapters/llama/companion-build.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import manifest from "../../../package.json" with { type: "json" };

let folder: string;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "inputs-"));
    await writeFile(join(folder, "package.json"), "{}");
});

afterEach(async () => {
    await rm(folder, { recursive: true });
});

/** An installation with this version of node-llama-cpp. */
async function install(version: string): Promise<void> {
    const library = join(folder, "node_modules", "node-llama-cpp");
    await mkdir(join(library, "dist"), { recursive: true });
    await writeFile(join(library, "dist", "index.js"), "");
    const main = { name: "node-llama-cpp", version, main: "dist/index.js" };
    await writeFile(join(library, "package.json"), JSON.stringify(main));
}

test("the version that the companion fits is the one that is pinned", () => {
    expect(manifest.dependencies["node-llama-cpp"]).toBe(supportedNodeLlamaCpp);
});

test("finds everything in the project's own installation", async () => {
    const inputs = await locateCompanionInputs(companionFolders.packageRoot);
    expect(inputs.key).toContain(`${supportedNodeLlamaCpp}-${inputs.llamaCppRelease}-`);
    const { nativeFolder, bundlePath, addonFolder } = inputs;
    const { nodeAddonApiFolder, nodeApiHeadersFolder } = inputs;
    for (const path of [
        join(nativeFolder, "CMakeLists.txt"),
        bundlePath,
        join(addonFolder, "AddonContext.h"),
        join(nodeAddonApiFolder, "napi.h"),
        join(nodeApiHeadersFolder, "node_api.h"),
    ]) {
        expect(await exists(path), path).toBe(true);
    }
});

test("refuses another version of node-llama-cpp", async () => {
    await install("3.22.2");
    await expect(locateCompanionInputs(folder)).rejects.toMatchObject({
        code: "companion-unavailable",
        message: `The companion fits node-llama-cpp ${supportedNodeLlamaCpp}, but 3.22.2 is installed.`,
        remedy: expect.stringContaining("npm ci") as unknown,
    });
});

test("refuses an installation that lacks a part", async () => {
    await expect(locateCompanionInputs(folder)).rejects.toMatchObject({
        code: "companion-unavailable",
        remedy: expect.stringContaining("npm ci") as unknown,
    });
    await install(supportedNodeLlamaCpp);
    await expect(locateCompanionInputs(folder)).rejects.toMatchObject({
        code: "companion-unavailable",
    });
});
