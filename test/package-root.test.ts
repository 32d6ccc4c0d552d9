import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../src/package-root.ts";

let folder: string;

beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "bimedix2-root-")));
});

afterAll(() => {
    rmSync(folder, { recursive: true });
});

test("is the folder of package.json, from the sources", () => {
    expect(packageRoot()).toBe(join(import.meta.dirname, ".."));
});

test("is the folder of package.json, from the build", async () => {
    writeFileSync(join(folder, "package.json"), "{}");
    mkdirSync(join(folder, "dist/src"), { recursive: true });
    const built = join(folder, "dist/src/package-root.ts");
    cpSync(join(import.meta.dirname, "../src/package-root.ts"), built);
    const module = (await import(pathToFileURL(built).href)) as { packageRoot: () => string };
    expect(module.packageRoot()).toBe(folder);
});
