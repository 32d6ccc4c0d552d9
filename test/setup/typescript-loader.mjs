import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/**
 * Lets a child process of a test run the product's TypeScript as it stands, on every supported
 * Node.js: `node --import <this file> program.ts`. The file is both the one that registers the
 * hook and the hook.
 */
if (!import.meta.url.endsWith("?hook")) register(`${import.meta.url}?hook`);

export async function load(url, context, nextLoad) {
    if (!url.startsWith("file:") || !url.endsWith(".ts")) return await nextLoad(url, context);
    const source = ts.transpileModule(await readFile(fileURLToPath(url), "utf8"), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    });
    return { format: "module", source: source.outputText, shortCircuit: true };
}
