import { expect } from "vitest";
import type { NativeRunner } from "../../../adapters/llama/companion.ts";

/** An answer, as a runner gave it. */
export interface Drawn {
    readonly tokens: readonly number[];
    /** How many tokens each step gave: several where guesses came true. */
    readonly steps: readonly number[];
}

/** How an answer is drawn. Default: 60 tokens, always the likeliest. */
export interface Drawing {
    readonly temperature?: number;
    readonly maxTokens?: number;
}

/** Answers on the sequences of a runner, one after the other. */
export class NativeAnswers {
    readonly #native: NativeRunner;
    /** What of each sequence the next prompt may go on from. */
    readonly #held = new Map<number, readonly number[]>();
    #id = 0;

    constructor(native: NativeRunner) {
        this.#native = native;
    }

    /** Answers on what a sequence holds of the prompt. */
    async ask(
        sequence: number,
        prompt: readonly number[],
        { temperature = 0, maxTokens = 60 }: Drawing = {},
    ): Promise<Drawn> {
        const position = await this.keep(sequence, this.#common(sequence, prompt));
        const drawn: number[][] = [];
        this.#held.set(sequence, prompt);
        await this.#native.generate({
            id: ++this.#id,
            sequence,
            position,
            tokens: Int32Array.from(prompt.slice(position)),
            history: Int32Array.from(prompt),
            mostTokens: maxTokens,
            stops: new Int32Array(),
            temperature,
            topP: 1,
            topK: 1000,
            seed: this.#id,
            measuresMargins: false,
            onTokens: (tokens) => drawn.push([...tokens]),
        });
        return { tokens: drawn.flat(), steps: drawn.map(({ length }) => length) };
    }

    /**
     * Forgets what lies behind the first `length` positions of a sequence.
     *
     * @returns how many it holds then.
     */
    async keep(sequence: number, length: number): Promise<number> {
        const { held } = await this.#native.trim({ id: ++this.#id, sequence, length });
        this.#held.set(sequence, (this.#held.get(sequence) ?? []).slice(0, held));
        return held;
    }

    /** Gives a sequence the first positions of another one. */
    async share(from: number, to: number, length: number): Promise<void> {
        const lengths = new Int32Array(from + 1);
        lengths[from] = length;
        const { held } = await this.#native.share({ id: ++this.#id, sequence: to, lengths });
        expect(held).toBe(length);
        this.#held.set(to, (this.#held.get(from) ?? []).slice(0, length));
    }

    /** The last token is read in any case: an answer needs what follows it. */
    #common(sequence: number, prompt: readonly number[]): number {
        const held = this.#held.get(sequence) ?? [];
        const parting = prompt.findIndex((token, index) => token !== held[index]);
        return Math.min(parting < 0 ? prompt.length : parting, prompt.length - 1);
    }
}
