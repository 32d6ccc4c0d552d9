import type { Token } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { ChatImage } from "../../src/ports.ts";
import type { PromptTokens } from "./prompt-tokens.ts";
import type { SequenceMemory } from "./runner.ts";
import { sharedLength } from "./shared-length.ts";

/** A picture's embeddings; `undefined` when `signal` aborts first. */
export type EmbedImage = (
    image: ChatImage,
    signal: AbortSignal,
) => Promise<Float32Array | undefined>;

/** How many positions of a prompt a sequence holds already. The last one is never counted: reading it gives the answer's first token. */
export function commonPrefix(held: readonly Token[], { tokens, images }: PromptTokens): number {
    const length = Math.min(sharedLength(held, tokens), tokens.length - 1);
    // A picture is kept whole or not at all
    const cut = images.find(({ start, end }) => length > start && length < end);
    return cut?.start ?? length;
}

/**
 * Reads a prompt into a sequence that holds its beginning, until only tokens behind its last picture
 * remain. All pictures that must be read are asked for at once, while what stands before them is read.
 *
 * @param embed Absent: prompts hold no pictures.
 * @returns the remaining tokens, at least one; `undefined` when `signal` aborts.
 */
export async function readPrompt(
    embed: EmbedImage | undefined,
    sequence: SequenceMemory,
    { tokens, images }: PromptTokens,
    signal: AbortSignal,
): Promise<readonly Token[] | undefined> {
    const unread = images.filter(({ start }) => start >= sequence.tokens.length);
    if (unread.length > 0 && embed === undefined) {
        throw new AppError("model-failed", "The model does not see.");
    }
    const encoded = unread.map(({ image }) => embed?.(image, signal));
    // One that fails while another is read is reported when its turn comes
    for (const picture of encoded) picture?.catch(() => undefined);
    for (const [index, { start, end }] of unread.entries()) {
        const before = tokens.slice(sequence.tokens.length, start);
        if (before.length > 0 && !(await sequence.read(before, signal))) return undefined;
        const embeddings = await encoded[index];
        if (embeddings === undefined || signal.aborted) return undefined;
        if (!(await sequence.see(embeddings, tokens.slice(start, end), signal))) return undefined;
    }
    return signal.aborted ? undefined : tokens.slice(sequence.tokens.length);
}
