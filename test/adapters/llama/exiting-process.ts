/**
 * Ends the process with runners that nobody has closed: in the middle of an answer, as a crash or a second
 * Ctrl+C does, or, with the argument `idle`, because nothing is left to do. The second argument is the
 * number of threads.
 */
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
    threads: Number(process.argv[3]),
    guesses: 0,
    flashAttention: true,
};
await openNativeRunner(companion, model, limits);
const runner = await openNativeRunner(companion, model, limits);
const isIdle = process.argv[2] === "idle";
await runner.sequences[0]?.generate(
    model.tokenize("What should I do for a headache? ", false),
    {
        temperature: 0,
        topP: 1,
        maxTokens: isIdle ? 4 : 400,
        stops: new Set<Token>(),
        onToken: () => {
            if (!isIdle) process.exit(7);
        },
    },
    new AbortController().signal,
);
