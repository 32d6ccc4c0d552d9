import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";

/**
 * Lets a child process of a test run the product's TypeScript as it stands, on every supported
 * Node.js: `node --import <this file> program.ts`. The file is both the one that registers the
 * hook and the hook.
 */
if (!import.meta.url.endsWith("?hook")) register(`${import.meta.url}?hook`);

/** Compiled files by the hash of their source: children start without loading the compiler. */
const cache = fileURLToPath(new URL("../../.cache/typescript-loader/", import.meta.url));

export async function load(url, context, nextLoad) {
    if (!url.startsWith("file:") || !url.endsWith(".ts")) return await nextLoad(url, context);
    const text = await readFile(fileURLToPath(url), "utf8");
    const cached = `${cache}${createHash("sha256").update(text).digest("hex")}.js`;
    const source = await readFile(cached, "utf8").catch(() => compile(text, cached));
    return { format: "module", source, shortCircuit: true };
}

async function compile(text, target) {
    const { default: ts } = await import("typescript");
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    const source = ts.transpileModule(text, { compilerOptions }).outputText;
    await mkdir(cache, { recursive: true });
    const draft = `${target}.${process.pid}`;
    await writeFile(draft, source);
    await rename(draft, target);
    return source;
}
