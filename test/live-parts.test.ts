import { mkdtemp, rm, writeFile } from "node:fs/promises";
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
