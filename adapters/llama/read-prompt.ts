import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { ChatImage } from "../../src/ports.ts";
import type { PromptTokens } from "./prompt-tokens.ts";

/** What reading a prompt needs of the model. */
export interface PromptReader {
    /** Tokens that are read between two looks at the signal. */
    readonly chunkTokens: number;
    /** Absent: prompts hold no pictures. */
    readonly eyes?: {
        /** A picture's embeddings; `undefined` when `signal` aborts first. */
        embed(image: ChatImage, signal: AbortSignal): Promise<Float32Array | undefined>;
        append(
            sequence: LlamaContextSequence,
            embeddings: Float32Array,
            placeholders: readonly Token[],
        ): Promise<void>;
    };
}

/**
 * Keeps what a sequence has already read of a prompt and forgets the rest of it. A picture is kept
 * whole or not at all, and the last token is never kept: evaluating it gives the answer's first.
 *
 * @returns how many positions are kept.
 */
export async function keepPrefix(
    sequence: LlamaContextSequence,
    { tokens, images }: PromptTokens,
): Promise<number> {
    await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
    const kept = sequence.nextTokenIndex;
    const cut = images.find(({ start, end }) => kept > start && kept < end);
    if (cut) await sequence.adaptStateToTokens(tokens.slice(0, cut.start), false);
    return sequence.nextTokenIndex;
}

/**
 * Reads a prompt into a sequence that holds its beginning, until only tokens for one evaluation
 * remain.
 *
 * @returns the remaining tokens, at least one; `undefined` when `signal` aborts.
 */
export async function readPrompt(
    { chunkTokens, eyes }: PromptReader,
    sequence: LlamaContextSequence,
    { tokens, images }: PromptTokens,
    signal: AbortSignal,
): Promise<Token[] | undefined> {
    for (;;) {
        if (signal.aborted) return undefined;
        const position = sequence.nextTokenIndex;
        const next = images.find(({ start }) => start >= position);
        if (next?.start === position) {
            if (eyes === undefined) throw new AppError("model-failed", "The model does not see.");
            const embeddings = await eyes.embed(next.image, signal);
            if (embeddings === undefined) return undefined;
            await eyes.append(sequence, embeddings, tokens.slice(next.start, next.end));
            continue;
        }
        const left = (next?.start ?? tokens.length) - position;
        if (next === undefined && left <= chunkTokens) return tokens.slice(position);
        const chunk = tokens.slice(position, position + Math.min(left, chunkTokens));
        await sequence.evaluateWithoutGeneratingNewTokens(chunk);
    }
}
