import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeDeepDemo } from "../../bench/gguf/deep-demo.ts";
import { inspectDraftModel } from "../../src/commands/inspect-draft.ts";
import { inspectMemory } from "../../src/commands/inspect-memory.ts";
import { inspectConfig } from "../../src/config.ts";
import { packageRoot } from "../../src/package-root.ts";

const demo = join(packageRoot(), "models", "demo", "bimedix2-demo.gguf");
const draftFile = "models/small/small.gguf";

let folder: string;
beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-draft-profile-"));
    await mkdir(join(folder, dirname(draftFile)), { recursive: true });
    await writeFile(join(folder, "clinic.yaml"), "model:\n    profile: large\n");
    await writeProfile("small", { model: draftFile });
    await writeProfile("large", { model: "models/demo/bimedix2-demo.gguf" }, "draft: small");
});
afterEach(() => rm(folder, { recursive: true }));

async function writeProfile(name: string, files: object, others = ""): Promise<void> {
    const profile = {
        name: `The ${name} one`,
        files,
        contextTokens: 2048,
        maxAnswerTokens: 256,
        temperature: 0,
        licence: { name: "MIT", notice: "-", url: "-", mustBeAccepted: false },
    };
    const lines = Object.entries(profile).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    await writeFile(join(folder, "models", `${name}.yaml`), [...lines, others, ""].join("\n"));
}

/** The clinic's model, and its draft model. */
function configured() {
    const sources = { environment: {}, folder, packageRoot: packageRoot() };
    const { model, faults } = inspectConfig(sources);
    expect(faults).toEqual([]);
    if (model?.modelPath === undefined || model.draft === undefined) throw new Error("no draft");
    return { model, draft: model.draft };
}

const card = {
    memory: { kind: "gpu", cards: 1, totalBytes: 1e9, freeBytes: 0.9e9 },
} as const;

test("one that is not here is named with the command that fetches it", async () => {
    const { model, draft } = configured();
    expect(await inspectDraftModel(model, draft)).toEqual({
        state: "notice",
        text: "The small one is not here: with it, answers come faster.",
        remedy: "Run bimedix2 pull small.",
    });
    expect((await inspectMemory(model, card)).text).not.toContain("draft");
});

test("one that is here is used, and its memory shown", async () => {
    await copyFile(demo, join(folder, draftFile));
    const { model, draft } = configured();
    expect(await inspectDraftModel(model, draft)).toMatchObject({ state: "ok" });
    const whole = await inspectMemory(model, card);
    expect(whole).toMatchObject({
        state: "ok",
        text: expect.stringMatching(/; the draft model 0\.\d+; .* are left$/) as string,
        plan: { draftFits: true },
    });
    const { memory } = card;
    const tight = await inspectMemory(model, { memory: { ...memory, freeBytes: 120e6 } });
    expect(tight.text).toContain("the draft model has no room");
    expect(await inspectDraftModel(model, draft, tight.plan)).toMatchObject({
        state: "notice",
        text: expect.stringContaining("has no room in the memory") as string,
        remedy: expect.stringMatching(/^Nothing has to be done/) as string,
    });
});

test("one with other tokens is not used, and what to do is said", async () => {
    await writeDeepDemo(join(folder, draftFile), { layers: 4, moreTokens: 32 });
    const { model, draft } = configured();
    expect(await inspectDraftModel(model, draft)).toMatchObject({
        state: "notice",
        text: expect.stringMatching(/^The small one is not used\. .* other tokens/) as string,
        remedy: expect.stringContaining("draft of the model's profile") as string,
    });
    expect((await inspectMemory(model, card)).text).not.toContain("draft");
});

test.each([
    ["smal", "draft must be one of", "Did you mean small?"],
    ["bimedix2-4b-server", "draft must name a model that runs in this program", "delete this line"],
])("a profile that names %s as its draft model is refused", async (name, fault, advice) => {
    await writeProfile("large", { model: "models/demo/bimedix2-demo.gguf" }, `draft: ${name}`);
    const { faults } = inspectConfig({ environment: {}, folder, packageRoot: packageRoot() });
    expect(faults).toEqual([
        expect.objectContaining({
            file: "models/large.yaml",
            message: expect.stringContaining(fault) as string,
        }),
    ]);
    expect(faults[0]?.message).toContain(advice);
});
