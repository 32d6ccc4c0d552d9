import type { Token } from "node-llama-cpp";
import { type Engine, tokenizeInstructions } from "./generate-answer.ts";
import type { SequenceMemory } from "./runner.ts";
import { sharedLength } from "./shared-length.ts";

// As few as a processor reads without loss: who asks meanwhile waits for a piece
const pieceTokens = 64;

/**
 * Reads what conversations will begin with, so that the first of them need not. Each text takes the
 * place of a conversation until somebody needs it, and by then all share what was read; so there are
 * never more texts than places. What was read when `signal` aborts is of use, too.
 *
 * @throws What reading throws.
 */
export async function prepareInstructions(
    { pool, tokenizer }: Pick<Engine, "pool" | "tokenizer">,
    texts: readonly string[],
    signal: AbortSignal,
): Promise<void> {
    for (const [index, text] of texts.slice(0, pool.sequences).entries()) {
        const message = { role: "system", text, images: [] } as const;
        const { tokens } = tokenizeInstructions(tokenizer, [message]);
        if (pool.longestPrefix(tokens).length === tokens.length) continue;
        const need = {
            conversation: `instructions ${index}`,
            positions: tokens.length,
            images: [],
            instructions: tokens,
        };
        const lease = await pool.acquire(need, signal);
        if (lease === undefined) return;
        const { sequence } = lease;
        try {
            await pool.reuse(sequence, sharedLength(sequence.tokens, tokens), tokens);
            await readInPieces(sequence, tokens.slice(sequence.tokens.length), signal);
        } catch (error) {
            await lease.discard();
            throw error;
        }
        lease.release();
    }
}

async function readInPieces(
    sequence: SequenceMemory,
    tokens: readonly Token[],
    signal: AbortSignal,
): Promise<void> {
    for (let start = 0; start < tokens.length; start += pieceTokens) {
        if (!(await sequence.read(tokens.slice(start, start + pieceTokens), signal))) return;
    }
}
