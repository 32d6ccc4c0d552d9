/** What conversations run in. `native-runner.ts` is the fast one, `library-runner.ts` needs no compiler. */
import type { Token } from "node-llama-cpp";

/** How an answer ended. `end`: with a token that ends answers. */
export type GenerationEnd = "end" | "length" | "aborted";

/** How the tokens of one answer are drawn. */
export interface GenerationOptions {
    /** 0: always the likeliest token. */
    readonly temperature: number;
    /** 1: every token may be drawn. */
    readonly topP: number;
    readonly maxTokens: number;
    /** Tokens that end the answer, besides those that the model's file names. */
    readonly stops: ReadonlySet<Token>;
    /** Told each token in order, those that end the answer not among them. */
    readonly onToken: (token: Token) => void;
    /** Told before each token, that of the end included, by how much its logit exceeds the second best. */
    readonly onMargin?: (margin: number) => void;
}

/**
 * The place of one conversation in the model's memory. One call at a time; where one fails, only
 * `keep(0)` is promised to work.
 *
 * @throws from every method what vision-errors.ts knows, or what llama.cpp says.
 */
export interface SequenceMemory {
    /** What it holds: tokens, and placeholders where pictures stand. */
    readonly tokens: readonly Token[];
    /** Forgets what lies behind the first `length` positions; with some kinds of models, everything. */
    keep(length: number): Promise<void>;
    /** @returns `false` when `signal` aborts first; what was read until then is kept. */
    read(tokens: readonly Token[], signal: AbortSignal): Promise<boolean>;
    /**
     * Reads a picture: one row of `embeddings` and one placeholder a position.
     *
     * @returns as {@link read}.
     */
    see(
        embeddings: Float32Array,
        placeholders: readonly Token[],
        signal: AbortSignal,
    ): Promise<boolean>;
    /** Reads what is left of a prompt, at least one token, and answers. */
    generate(
        tokens: readonly Token[],
        options: GenerationOptions,
        signal: AbortSignal,
    ): Promise<GenerationEnd>;
    /**
     * Takes the most of `tokens` that another sequence of the runner can give, at no cost, in place of its
     * own, which must be a beginning of them: all that it has of them or, where layers have a window, as
     * many as that holds, from a sequence that has not left its own beginning. It keeps its own where that
     * is no more, and where a model cannot share.
     */
    share(tokens: readonly Token[]): Promise<void>;
    /** All that it holds, to go on from elsewhere; `undefined` where that is not possible. */
    save(): Promise<Uint8Array | undefined>;
    /**
     * Goes on from what `save` gave for these tokens; must be empty.
     *
     * @returns whether that was possible; otherwise it stays empty.
     */
    restore(state: Uint8Array, tokens: readonly Token[]): Promise<boolean>;
}

/** The conversations of one model. */
export interface Runner {
    readonly sequences: readonly SequenceMemory[];
    /** Positions of all sequences together. */
    readonly positions: number;
    /** Whether a sequence can take any beginning of another one, however that one has gone on. */
    readonly shares: boolean;
    /** Why the draft model is not used from the beginning; absent: it is, or there is none. */
    readonly draftFailure?: string;
    /** Ends what runs, then frees the memory. */
    close(): Promise<void>;
}
