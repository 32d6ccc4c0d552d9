import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { getLlama } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findVariantLibraries } from "../../../adapters/llama/companion-libraries.ts";
import { writeDeepDemo } from "../../../bench/gguf/deep-demo.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { ask, demoFiles, openDemo, system, user } from "./demo-model.ts";

const run = promisify(execFile);

let folder: string;
let target: string;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-failing-draft-"));
    target = join(folder, "target.gguf");
    await writeDeepDemo(target, { layers: 24 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const questions = [
    "What should I do for a headache?",
    "What is diabetes?",
    "What should I do for a cough?",
];

/** Answers with a draft model whose computations fail after some, and what the log says. */
async function answerFailing(): Promise<unknown> {
    const preloaded = join(folder, "failing-card.so");
    const source = join(import.meta.dirname, "failing-card.c");
    await run("cc", ["-shared", "-fPIC", "-o", preloaded, source, "-ldl"]);
    const llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
    const { files } = await findVariantLibraries(llama);
    await llama.dispose();
    const base = files.find((file) => file.includes("libggml-base"));
    const loader = join(companionFolders.packageRoot, "test/setup/typescript-loader.mjs");
    const script = join(import.meta.dirname, "failing-draft-process.ts");
    const { stdout } = await run(
        process.execPath,
        ["--import", loader, script, target, demoFiles.model, ...questions],
        { env: { ...process.env, LD_PRELOAD: preloaded, GGML_BASE: base } },
    );
    return JSON.parse(stdout);
}

// Elsewhere nothing can be preloaded
describe.runIf(process.platform === "linux")("a draft model that fails while it guesses", () => {
    it("leaves answers as they are, and the log says so once", async () => {
        const model = await openDemo({ modelPath: target, projectorPath: undefined });
        const texts: string[] = [];
        for (const question of questions) {
            const { text } = await ask(model, question, [system("English"), user(question)]);
            texts.push(text);
        }
        await model.close();
        const reason = "llama_decode returned -3";
        const remedy = expect.stringContaining("Restart the program") as string;
        const message = "the draft model failed: answers come without the draft model, more slowly";
        expect(await answerFailing()).toEqual({
            texts,
            warnings: [[{ reason, remedy }, message]],
        });
    }, 60_000);
});
