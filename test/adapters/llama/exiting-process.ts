/** Ends the process, as a crash or a second Ctrl+C does, in the middle of an answer. */
import { getLlama, type Token } from "node-llama-cpp";
import { loadCompanion } from "../../../adapters/llama/companion.ts";
import { openNativeRunner } from "../../../adapters/llama/native-runner.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { demoFiles } from "./demo-model.ts";

const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
const model = await llama.loadModel({ modelPath: demoFiles.model });
const companion = await loadCompanion({ ...companionFolders, llama });
const limits = {
    positions: 512,
    sequences: 1,
    batchTokens: 32,
    threads: 1,
    guesses: 0,
    flashAttention: true,
};
const runner = await openNativeRunner(companion, model, limits);
await runner.sequences[0]?.generate(
    model.tokenize("What should I do for a headache? ", false),
    {
        temperature: 0,
        topP: 1,
        maxTokens: 400,
        stops: new Set<Token>(),
        onToken: () => process.exit(7),
    },
    new AbortController().signal,
);
