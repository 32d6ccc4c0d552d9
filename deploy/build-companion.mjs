/**
 * Builds the native part that reads pictures, for each build of llama.cpp that is installed. No GPU is
 * needed: a container's image is made where there is none, and has no compiler later.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { buildCompanion } from "../dist/adapters/llama/companion-build.js";
import { locateCompanionInputs } from "../dist/adapters/llama/companion-inputs.js";
import { packageRoot } from "../dist/src/package-root.js";

const root = packageRoot();
const builds = join(root, "node_modules", "@node-llama-cpp");
const inputs = await locateCompanionInputs(root);
const machine = `${process.platform}-${process.arch}`;

for (const variant of ["cpu", "cuda", "vulkan"]) {
    const name = variant === "cpu" ? machine : `${machine}-${variant}`;
    const folder = join(builds, name, "bins", name);
    const names = await readdir(folder).catch(() => []);
    const files = names
        .filter((file) => /^lib(llama|ggml|ggml-base)(\.[^-]+)?\.so$/.test(file))
        .sort()
        .map((file) => join(folder, file));
    if (files.length === 0) {
        if (variant === "cpu") throw new Error(`There is no build of llama.cpp in ${folder}.`);
        continue;
    }
    const libraries = { variant, folder, files };
    const path = await buildCompanion(
        inputs,
        join(root, ".cache", "companion"),
        libraries,
        () => undefined,
    );
    process.stdout.write(`${path}\n`);
}
