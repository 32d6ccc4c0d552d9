import { randomInt } from "node:crypto";
import type { LlamaContext, LlamaContextSequence, Token } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { GenerationEnd, GenerationOptions, Runner, SequenceMemory } from "./runner.ts";

// A CPU reads slowly, and an abort waits for the chunk
const chunkTokens = 128;
const consideredTokens = 1000;

/**
 * Runs conversations with node-llama-cpp's own loop, where the companion cannot be built: slower,
 * without pictures, and with nothing kept of a conversation whose sequence another one took.
 */
export function openLibraryRunner(context: LlamaContext): Runner {
    return {
        positions: context.contextSize * context.totalSequences,
        shares: false,
        sequences: Array.from(
            { length: context.totalSequences },
            () => new LibrarySequence(context),
        ),
        close: () => context.dispose(),
    };
}

class LibrarySequence implements SequenceMemory {
    readonly #context: LlamaContext;
    #sequence: LlamaContextSequence;

    constructor(context: LlamaContext) {
        this.#context = context;
        this.#sequence = context.getSequence();
    }

    get tokens(): readonly Token[] {
        return this.#sequence.contextTokens;
    }

    async keep(length: number): Promise<void> {
        if (length > 0) {
            await this.#sequence.adaptStateToTokens(this.tokens.slice(0, length), false);
            return;
        }
        await this.#sequence.dispose();
        this.#sequence = this.#context.getSequence();
    }

    async read(tokens: readonly Token[], signal: AbortSignal): Promise<boolean> {
        for (let start = 0; start < tokens.length; start += chunkTokens) {
            if (signal.aborted) return false;
            const chunk = tokens.slice(start, start + chunkTokens);
            await this.#sequence.evaluateWithoutGeneratingNewTokens(chunk);
        }
        return true;
    }

    see(): Promise<boolean> {
        return Promise.reject(new AppError("model-failed", "The model does not see."));
    }

    async generate(
        tokens: readonly Token[],
        { temperature, topP, maxTokens, stops, onToken }: GenerationOptions,
        signal: AbortSignal,
    ): Promise<GenerationEnd> {
        if (!(await this.read(tokens.slice(0, -1), signal))) return "aborted";
        const drawn = this.#sequence.evaluate(tokens.slice(-1), {
            temperature,
            topP,
            topK: consideredTokens,
            minP: 0,
            seed: randomInt(2 ** 32),
        });
        let count = 0;
        for await (const token of drawn) {
            if (stops.has(token)) return "end";
            onToken(token);
            count += 1;
            if (signal.aborted) return "aborted";
            if (count >= maxTokens) return "length";
        }
        return "end";
    }

    share(): Promise<void> {
        return Promise.resolve();
    }

    save(): Promise<undefined> {
        return Promise.resolve(undefined);
    }

    restore(): Promise<boolean> {
        return Promise.resolve(false);
    }
}
