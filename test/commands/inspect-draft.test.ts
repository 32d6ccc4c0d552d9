import { copyFile, mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GgmlType } from "node-llama-cpp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeDeepDemo } from "../../bench/gguf/deep-demo.ts";
import { writeGguf } from "../../bench/gguf/gguf-file.ts";
import { inspectDraftModel } from "../../src/commands/inspect-draft.ts";
import { inspectMemory } from "../../src/commands/inspect-memory.ts";
import { inspectConfig } from "../../src/config.ts";
import { packageRoot } from "../../src/package-root.ts";

const modelFile = "models/demo/bimedix2-demo.gguf";
const demo = join(packageRoot(), modelFile);
const projector = join(packageRoot(), "models/demo/bimedix2-demo.mmproj.gguf");
const draftFile = "models/small/small.gguf";

let folder: string;
beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-draft-profile-"));
    await mkdir(join(folder, dirname(draftFile)), { recursive: true });
    await writeFile(join(folder, "clinic.yaml"), "model:\n    profile: large\n");
    await writeProfile("small", { model: draftFile });
    await writeProfile("large", { model: modelFile }, "draft: small");
});
afterEach(() => rm(folder, { recursive: true }));

async function writeProfile(
    name: string,
    files?: object,
    others = "",
    mustBeAccepted = false,
): Promise<void> {
    const profile = {
        name: `The ${name} one`,
        parameters: "3 billion",
        ...(files && { files }),
        contextTokens: 2048,
        maxAnswerTokens: 256,
        temperature: 0,
        licence: { name: "CC BY-NC", notice: "Not for sale.", url: "-", mustBeAccepted },
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

test("one that is not here is named with its memory and the command that fetches it", async () => {
    const { model, draft } = configured();
    expect(await inspectDraftModel(model, draft, { canGuess: true })).toEqual({
        state: "ok",
        text: "none; where the memory has room beside the model (about 4 GB), answers come faster with The small one beside it: bimedix2 pull small",
    });
    expect((await inspectMemory(model, card)).text).not.toContain("draft");
});

test("one that is here is used, and its memory shown", async () => {
    await copyFile(demo, join(folder, draftFile));
    const { model, draft } = configured();
    expect(await inspectDraftModel(model, draft, { canGuess: true })).toMatchObject({
        state: "ok",
    });
    const whole = await inspectMemory(model, card);
    expect(whole).toMatchObject({
        state: "ok",
        text: expect.stringMatching(/; the draft model 0\.\d+; .* are left$/) as string,
        plan: { draftFits: true },
    });
    const { memory } = card;
    const tight = await inspectMemory(model, { memory: { ...memory, freeBytes: 120e6 } });
    expect(tight.text).toContain("the draft model has no room");
    expect(
        await inspectDraftModel(model, draft, { canGuess: true, plan: tight.plan }),
    ).toMatchObject({
        state: "notice",
        text: expect.stringContaining("has no room in the memory") as string,
        remedy: expect.stringMatching(/^Nothing has to be done/) as string,
    });
});

test("one with other tokens is not used, and what to do is said", async () => {
    await writeDeepDemo(join(folder, draftFile), { layers: 4, moreTokens: 32 });
    const { model, draft } = configured();
    expect(await inspectDraftModel(model, draft, { canGuess: true })).toMatchObject({
        state: "notice",
        text: expect.stringMatching(/^The small one is not used\. .* other tokens/) as string,
        remedy: expect.stringContaining("draft of the model's profile") as string,
    });
    expect((await inspectMemory(model, card)).text).not.toContain("draft");
});

async function cutDemo(path: string): Promise<void> {
    await copyFile(demo, path);
    await truncate(path, 1000);
}

test.each([
    ["a projector", () => copyFile(projector, join(folder, draftFile))],
    ["a damaged file", () => cutDemo(join(folder, draftFile))],
    ["a page of an error", () => writeFile(join(folder, draftFile), "<html>")],
])("one whose file is %s is not used, and its own profile is named", async (_, put) => {
    await put();
    const { model, draft } = configured();
    const finding = await inspectDraftModel(model, draft, { canGuess: true });
    expect(finding).toMatchObject({
        state: "notice",
        text: expect.stringMatching(/^The small one is not used\. .*small\.gguf/) as string,
        remedy: expect.stringContaining("draft model's profile") as string,
    });
    expect(finding.remedy).not.toContain("clinic.yaml");
});

test("one that cannot take guesses back is not used", async () => {
    await writeGguf(
        join(folder, draftFile),
        { "general.architecture": { string: "mamba2" }, "mamba2.block_count": { u32: 1 } },
        [{ name: "tensor", dimensions: [8], type: GgmlType.F32 }],
    );
    const { model, draft } = configured();
    expect(await inspectDraftModel(model, draft, { canGuess: true })).toMatchObject({
        state: "notice",
        text: expect.stringMatching(/mamba2, which cannot take wrong guesses back/) as string,
    });
    expect((await inspectMemory(model, card)).text).not.toContain("draft");
});

const onServer = { url: "http://127.0.0.1:8000/v1", model: "small" };

test.each([
    [
        "is misspelt",
        () => writeProfile("large", { model: modelFile }, "draft: smal"),
        /^smal is not used\. models\/large\.yaml: draft must be one of .* Did you mean small\?/,
    ],
    [
        "runs on a server",
        () => writeProfile("small", undefined, `server: ${JSON.stringify(onServer)}`),
        /^small is not used\. models\/small\.yaml is of a model on a server/,
    ],
    [
        "is faulty",
        () => writeProfile("small", { model: draftFile }, "template: none"),
        /^small is not used\. models\/small\.yaml, line \d+, column \d+: template/,
    ],
])("one whose profile %s keeps nobody from answering", async (_, change, text) => {
    await change();
    const { model, draft } = configured();
    const finding = await inspectDraftModel(model, draft, { canGuess: true });
    expect(finding).toMatchObject({
        state: "notice",
        text: expect.stringMatching(text) as string,
        remedy: expect.stringContaining("Answers come without it") as string,
    });
    expect(JSON.stringify(finding)).not.toContain("elete");
    expect((await inspectMemory(model, card)).text).not.toContain("draft");
});

test("one whose licence has not been accepted is not used, and how to accept it is said", async () => {
    await copyFile(demo, join(folder, draftFile));
    await writeProfile("small", { model: draftFile }, "", true);
    const { model, draft } = configured();
    expect(await inspectDraftModel(model, draft, { canGuess: true })).toMatchObject({
        state: "notice",
        text: expect.stringMatching(/CC BY-NC .*"Not for sale\." .*acceptLicence: true/) as string,
    });
    const accepting = "model:\n    profile: large\n    acceptLicence: true\n";
    await writeFile(join(folder, "clinic.yaml"), accepting);
    expect(configured().draft).toMatchObject({ profile: "small", name: "The small one" });
});

test("without the companion one that is here is not used; one that is not here is still named", async () => {
    const { model, draft } = configured();
    const withoutCompanion = () => inspectDraftModel(model, draft, { canGuess: false });
    expect(await withoutCompanion()).toMatchObject({ state: "ok" });
    await copyFile(demo, join(folder, draftFile));
    expect(await withoutCompanion()).toMatchObject({
        state: "notice",
        text: expect.stringContaining("companion") as string,
        remedy: expect.stringContaining("eyes") as string,
    });
});

test("the model that answers is no draft of its own", async () => {
    await writeProfile("large", { model: modelFile }, "draft: large");
    const { model, draft } = configured();
    expect(await inspectDraftModel(model, draft, { canGuess: true })).toMatchObject({
        state: "notice",
        text: expect.stringContaining("the very file of the model that answers") as string,
    });
});
