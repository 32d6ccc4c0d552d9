import { getLlama } from "node-llama-cpp";
import { ensureCompanion } from "../../adapters/llama/companion.ts";
import { companionFolders } from "./companion-folders.ts";

/** Prepares what all tests share, with visible progress. */
export async function setup(): Promise<void> {
    const llama = await getLlama({ gpu: false, build: "never" });
    let lastText = "";
    await ensureCompanion({
        ...companionFolders,
        llama,
        onProgress: ({ percent, text }) => {
            const line = `Preparing the tests: ${text} (${String(percent)} %)`;
            if (line !== lastText) console.log(line);
            lastText = line;
        },
    });
    await llama.dispose();
}
