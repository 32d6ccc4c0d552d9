import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of the product's package.json, found upwards from this file: the same whether it runs
 * from the sources or from the build.
 */
export function packageRoot(): string {
    let folder = dirname(fileURLToPath(import.meta.url));
    while (!existsSync(join(folder, "package.json"))) {
        const parent = dirname(folder);
        if (parent === folder) throw new Error("The installation has lost its package.json.");
        folder = parent;
    }
    return folder;
}
