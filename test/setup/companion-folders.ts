import { join } from "node:path";
import type { CompanionFolders } from "../../adapters/llama/companion.ts";

const packageRoot = join(import.meta.dirname, "..", "..");

/** The companion that the tests share: built once, by global.ts. */
export const companionFolders: CompanionFolders = {
    packageRoot,
    cacheFolder: join(packageRoot, ".cache", "companion"),
};
