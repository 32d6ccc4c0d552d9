import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./package-root.ts";

/** The product's version, from its package.json. */
export function packageVersion(): string {
    const file: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
    const known = typeof file === "object" && file !== null && "version" in file;
    return known ? String(file.version) : "unknown";
}
