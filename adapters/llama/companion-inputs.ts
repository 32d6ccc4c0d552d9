import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { AppError } from "../../src/errors.ts";

/**
 * The one version of node-llama-cpp that the companion fits: it reads the memory layout of that
 * version's native objects.
 */
export const supportedNodeLlamaCpp = "3.22.1";

/** A build of llama.cpp as node-llama-cpp names it, `cpu` standing for "no GPU". */
export type CompanionVariant = "cpu" | "cuda" | "vulkan" | "metal";

/** What the companion is built from. */
export interface CompanionInputs {
    /** The C++ sources of the companion. */
    readonly nativeFolder: string;
    /** The git bundle of llama.cpp's sources that node-llama-cpp ships. */
    readonly bundlePath: string;
    /** node-llama-cpp's own native sources. */
    readonly addonFolder: string;
    readonly nodeAddonApiFolder: string;
    readonly nodeApiHeadersFolder: string;
    /** The release of llama.cpp in the bundle, for example `v0.5.0`. */
    readonly llamaCppRelease: string;
    /** Changes with everything that the built file depends on, except the variant. */
    readonly key: string;
}

/**
 * Finds what the companion is built from.
 *
 * @param packageRoot the folder that holds this product's package.json
 * @throws `companion-unavailable` when node-llama-cpp is missing or has another version.
 */
export async function locateCompanionInputs(packageRoot: string): Promise<CompanionInputs> {
    try {
        return await locate(packageRoot);
    } catch (cause) {
        if (cause instanceof AppError) throw cause;
        throw new AppError(
            "companion-unavailable",
            "A part that the companion is built from is missing from the installation.",
            { remedy: "Run `npm ci` in the program's folder.", cause },
        );
    }
}

/**
 * The version of node-llama-cpp and its folder, without loading it.
 *
 * @throws when it is not installed.
 */
export async function installedNodeLlamaCpp(
    packageRoot: string,
): Promise<{ readonly folder: string; readonly version: string }> {
    const require = createRequire(join(packageRoot, "package.json"));
    const folder = await packageFolder(require.resolve("node-llama-cpp"), "node-llama-cpp");
    return { folder, version: await packageVersion(folder) };
}

async function locate(packageRoot: string): Promise<CompanionInputs> {
    const require = createRequire(join(packageRoot, "package.json"));
    const { folder: nodeLlamaCpp, version } = await installedNodeLlamaCpp(packageRoot);
    if (version !== supportedNodeLlamaCpp) {
        throw new AppError(
            "companion-unavailable",
            `The companion fits node-llama-cpp ${supportedNodeLlamaCpp}, but ${version} is installed.`,
            { remedy: "Run `npm ci` in the program's folder to install the right version." },
        );
    }
    const nodeAddonApiFolder = dirname(require.resolve("node-addon-api"));
    const nodeApiHeadersFolder = dirname(require.resolve("node-api-headers"));
    const release = JSON.parse(
        await readFile(join(nodeLlamaCpp, "llama", "llama.cpp.info.json"), "utf8"),
    ) as { tag: string };
    const nativeFolder = join(packageRoot, "native");
    const hash = await hashFolder(nativeFolder, await packageVersion(nodeAddonApiFolder));
    return {
        nativeFolder,
        bundlePath: join(nodeLlamaCpp, "llama", "gitRelease.bundle"),
        addonFolder: join(nodeLlamaCpp, "llama", "addon"),
        nodeAddonApiFolder,
        nodeApiHeadersFolder: join(nodeApiHeadersFolder, "include"),
        llamaCppRelease: release.tag,
        key: `${version}-${release.tag}-${process.platform}-${process.arch}-${hash}`,
    };
}

async function packageFolder(file: string, name: string): Promise<string> {
    for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
        const manifest = await readFile(join(folder, "package.json"), "utf8").catch(
            () => undefined,
        );
        if (manifest !== undefined && (JSON.parse(manifest) as { name?: string }).name === name) {
            return folder;
        }
    }
    throw new Error(`the package ${name} has no package.json`);
}

async function packageVersion(folder: string): Promise<string> {
    const manifest = await readFile(join(folder, "package.json"), "utf8");
    return (JSON.parse(manifest) as { version: string }).version;
}

async function hashFolder(folder: string, extra: string): Promise<string> {
    const hash = createHash("sha256").update(extra);
    const names = (await readdir(folder)).sort();
    for (const name of names) {
        hash.update(`\0${name}\0`).update(await readFile(join(folder, name)));
    }
    return hash.digest("hex").slice(0, 12);
}
