import type { Token } from "node-llama-cpp";
import { describeError, type Logger } from "../../src/log.ts";
import { type Engine, tokenizeInstructions } from "./generate-answer.ts";
import type { SequenceMemory } from "./runner.ts";
import { sharedLength } from "./shared-length.ts";

// As few as a processor reads without loss: who asks meanwhile waits for a piece
const pieceTokens = 64;

/**
 * Reads what conversations will begin with while nobody asks, so that none of them need wait for it.
 * What was read lies in places that no conversation has, and is shared from there; what a model cannot
 * share is read anew for each patient who gets such a place.
 */
export class ReadingAhead {
    readonly #engine: Pick<Engine, "pool" | "tokenizer">;
    readonly #logger: Logger;
    #texts: readonly string[] = [];
    /** Their tokens, once they are needed. */
    #wanted: readonly (readonly Token[])[] | undefined;
    #abort = new AbortController();
    /** Of all readings until now; only the last one may still be going on. */
    #ended = Promise.resolve();
    #isClosed = false;

    constructor(engine: Pick<Engine, "pool" | "tokenizer">, logger: Logger) {
        this.#engine = engine;
        this.#logger = logger;
    }

    /** What is to be read from now on, the most usual first. */
    want(texts: readonly string[]): void {
        this.pause();
        this.#texts = texts;
        this.#wanted = undefined;
    }

    /** Ends what is being read after a piece; what was read until then is of use, too. */
    pause(): void {
        this.#abort.abort();
    }

    /** Reads what nobody has read. Resolves when that is done or paused; never fails. */
    resume(): Promise<void> {
        this.pause();
        if (this.#isClosed || this.#texts.length === 0) return this.#ended;
        const abort = new AbortController();
        this.#abort = abort;
        this.#ended = this.#ended
            .then(async () => await this.#read(abort.signal))
            .catch((error: unknown) => {
                // Whoever asks reads it, and is told what is wrong
                this.#logger.debug(describeError(error), "instructions could not be read ahead");
            });
        return this.#ended;
    }

    async close(): Promise<void> {
        this.#isClosed = true;
        this.pause();
        await this.#ended;
    }

    async #read(signal: AbortSignal): Promise<void> {
        if (signal.aborted) return;
        const { pool, tokenizer } = this.#engine;
        const wanted = (this.#wanted ??= this.#texts.map((text) => {
            return tokenizeInstructions(tokenizer, [{ role: "system", text, images: [] }]);
        }));
        for (const tokens of wanted) {
            if (await pool.isRead(tokens)) continue;
            if (signal.aborted) return;
            const lease = await pool.acquireFree(tokens, wanted);
            if (lease === undefined) continue;
            const { sequence } = lease;
            try {
                await sequence.keep(sharedLength(sequence.tokens, tokens));
                await sequence.share(tokens);
                await readInPieces(sequence, tokens.slice(sequence.tokens.length), signal);
            } catch (error) {
                await lease.discard();
                throw error;
            }
            lease.release();
        }
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
