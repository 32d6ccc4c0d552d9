import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Config, inspectConfig } from "../src/config.ts";
import type { SoundConfig } from "../src/live-config.ts";
import { createLiveParts, type LiveParts } from "../src/live-parts.ts";
import { createLogger } from "../src/log.ts";
import { packageRoot } from "../src/package-root.ts";

let folder: string;
let parts: LiveParts<Config>;
let applied: string[][];
let stop: AbortController;
let following: Promise<void> | undefined;

const inspect = () => inspectConfig({ environment: {}, folder, packageRoot: packageRoot() });
const save = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-live-"));
    await save("our-rules.yaml", "rules: []\n");
    await save("clinic.yaml", "safety: { triageRules: [our-rules.yaml] }\n");
    const started = inspect() as SoundConfig;
    applied = [];
    parts = createLiveParts(started.config, {
        source: { started, inspect },
        build: (config) => Promise.resolve(config),
        onChange: (names) => void applied.push([...names]),
        logger: createLogger("silent"),
    });
    stop = new AbortController();
});

afterEach(async () => {
    stop.abort();
    await following;
    await rm(folder, { recursive: true });
});

test("what was saved while the model was being loaded holds as well", async () => {
    await save("clinic.yaml", "languages: { default: ar }\n");
    following = parts.follow(stop.signal);
    await vi.waitFor(() => expect(parts.current().defaultLanguage).toBe("ar"), 10_000);
});

test("a file that is gone changes nothing: nobody who was blocked is served meanwhile", async () => {
    await save("clinic.yaml", 'access: { block: ["telegram:7"] }\n');
    await parts.reload();
    await rm(join(folder, "clinic.yaml"));
    await parts.reload();
    expect(parts.current().access.block).toEqual(["telegram:7"]);
    expect(parts.status.faults.join()).toContain("The file is gone.");
    await save("clinic.yaml", "");
    await parts.reload();
    expect(parts.current().access.block).toEqual([]);
    expect(parts.status.faults).toEqual([]);
});

test("other rules in the same file are told of like a changed setting", async () => {
    await save("our-rules.yaml", "# Ours\nrules: []\n");
    await parts.reload();
    await parts.reload();
    expect(applied).toEqual([["safety.triageRules"]]);
});

test("a changed profile of the model waits for a restart", async () => {
    await mkdir(join(folder, "models"));
    const profile = await readFile(join(packageRoot(), "models/demo.yaml"), "utf8");
    following = parts.follow(stop.signal);
    await save("models/demo.yaml", profile.replace(/^temperature: .*$/m, "temperature: 0.123"));
    await vi.waitFor(() => expect(parts.status.afterRestart).toEqual(["model"]), 10_000);
});
