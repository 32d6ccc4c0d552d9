import { getLlama, type Llama, type LlamaModel, type Token } from "node-llama-cpp";
import { type Companion, loadCompanion } from "../../../adapters/llama/companion.ts";
import { LlamaLog } from "../../../adapters/llama/llama-log.ts";
import type { SequenceMemory } from "../../../adapters/llama/runner.ts";
import { createLogger } from "../../../src/log.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { demoFiles } from "./demo-model.ts";

export const never = new AbortController().signal;

/** How a native runner of the demonstration model is opened. */
export const limits = {
    positions: 512,
    sequences: 2,
    batchTokens: 32,
    threads: 1,
    guesses: 0,
    flashAttention: true,
};

export const opening = "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n";
export const ending = "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
export const headache = `${opening}What should I do for a headache?${ending}`;
export const fever = `${opening}What should I do for a fever?${ending}`;

/** The demonstration model and the companion, which runners are opened with. */
export class RunnerSetup {
    readonly model: LlamaModel;
    readonly companion: Companion;
    readonly #llama: Llama;

    private constructor(llama: Llama, model: LlamaModel, companion: Companion) {
        this.#llama = llama;
        this.model = model;
        this.companion = companion;
    }

    static async start(): Promise<RunnerSetup> {
        const llama = await getLlama({
            gpu: false,
            build: "never",
            maxThreads: 1,
            logger: new LlamaLog(createLogger("silent")).write,
        });
        const model = await llama.loadModel({ modelPath: demoFiles.model });
        const companion = await loadCompanion({ ...companionFolders, llama });
        return new RunnerSetup(llama, model, companion);
    }

    loadModel(modelPath: string): Promise<LlamaModel> {
        return this.#llama.loadModel({ modelPath });
    }

    tokensOf(text: string): readonly Token[] {
        return this.model.tokenize(text, true);
    }

    close(): Promise<void> {
        return this.#llama.dispose();
    }
}

/** An answer, as a sequence gave it. */
export interface Answered {
    readonly end: string;
    readonly tokens: readonly Token[];
}

/** Answers a prompt on a sequence, always with the likeliest token. */
export async function answer(
    sequence: SequenceMemory,
    prompt: readonly Token[],
    { maxTokens = 100, signal = never, onToken = (): void => undefined } = {},
): Promise<Answered> {
    const tokens: Token[] = [];
    const options = {
        temperature: 0,
        topP: 1,
        maxTokens,
        stops: new Set<Token>(),
        onToken: (token: Token) => {
            tokens.push(token);
            onToken();
        },
    };
    return { end: await sequence.generate(prompt, options, signal), tokens };
}
