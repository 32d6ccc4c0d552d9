import type { Token } from "node-llama-cpp";
import { AppError, isAppError } from "../../src/errors.ts";
import { fitHistory } from "../../src/fit-history.ts";
import type { ChatCompletion, ChatImage, ChatMessage, ChatRequest } from "../../src/ports.ts";
import type { ImageEmbeddings } from "./image-embeddings.ts";
import { joinTokens, type PromptTokenizer, type PromptTokens } from "./prompt-tokens.ts";
import type { Kept } from "./open-kept.ts";
import { commonPrefix, readPrompt } from "./read-prompt.ts";
import type { SequenceMemory } from "./runner.ts";
import type { SequencePool } from "./sequence-pool.ts";
import type { SequenceNeed } from "./sequence-slot.ts";
import { sharedLength } from "./shared-length.ts";
import { type TokenBytes, TextStream } from "./stream-text.ts";
import type { VisionEncoder } from "./vision.ts";

/** How answers are drawn. */
export interface SamplingProfile {
    /** 0: always the likeliest token. */
    readonly temperature: number;
    /** 1: every token may be drawn. */
    readonly topP: number;
    /** The greatest length of an answer. */
    readonly maxTokens: number;
}

/** The loaded parts that answers are made with. */
export interface Engine {
    /** Positions of each conversation. */
    readonly contextTokens: number;
    readonly pool: SequencePool;
    /** Absent: what the model's memory has no room for is lost. */
    readonly kept?: Kept;
    readonly tokenizer: PromptTokenizer;
    readonly bytes: TokenBytes;
    readonly sampling: SamplingProfile;
    /** Told how surely each token is chosen. */
    readonly onMargin?: (margin: number) => void;
    /** Tokens that end an answer, besides those that the model's file names. */
    readonly stops: ReadonlySet<Token>;
    /** Absent: the model does not see. */
    readonly eyes?: { readonly encoder: VisionEncoder; readonly embeddings: ImageEmbeddings };
}

/**
 * Answers the last user message of a request whose pictures, if any, the engine can see.
 *
 * @throws `prompt-too-long`, `model-failed`, and what loading a picture throws.
 */
export async function generateAnswer(
    engine: Engine,
    request: ChatRequest,
    onText: ((piece: string) => void) | undefined,
    signal: AbortSignal,
): Promise<ChatCompletion> {
    const answer = new Answer(engine, request, onText);
    const lease = await engine.pool.acquire(answer.need, signal);
    if (lease === undefined) return answer.completion("aborted");
    let stop: ChatCompletion["stop"];
    try {
        stop = await answer.generate(lease.sequence, signal);
    } catch (error) {
        await lease.discard();
        if (isAppError(error)) throw error;
        throw new AppError("model-failed", "The language model failed while it answered.", {
            retryable: true,
            remedy: "If it happens again, lower model.contextTokens in clinic.yaml and look into the log.",
            cause: error,
        });
    }
    lease.release();
    return answer.completion(stop);
}

/** One answer while it is made. */
class Answer {
    readonly #engine: Engine;
    readonly #request: ChatRequest;
    readonly #prompt: PromptTokens;
    readonly #instructions: readonly Token[];
    readonly #droppedTurns: number;
    readonly #maxTokens: number;
    readonly #stream: TextStream;
    readonly #startedAtMs = performance.now();
    #firstTokenAtMs: number | undefined;
    #imageMs = 0;
    #cached = 0;
    #generated = 0;

    constructor(
        engine: Engine,
        request: ChatRequest,
        onText: ((piece: string) => void) | undefined,
    ) {
        this.#engine = engine;
        this.#request = request;
        this.#stream = new TextStream(engine.bytes, onText);
        const ceiling = engine.sampling.maxTokens;
        const wanted = Math.max(1, Math.min(request.maxTokens ?? ceiling, ceiling));
        // node-llama-cpp's own loop keeps one position free
        const contextTokens = engine.contextTokens - 1;
        const fitted = fitMessages(engine.tokenizer, request.messages, contextTokens, wanted);
        this.#prompt = fitted.prompt;
        this.#instructions = fitted.instructions;
        this.#droppedTurns = fitted.droppedTurns;
        this.#maxTokens = Math.min(wanted, contextTokens - this.#prompt.tokens.length);
    }

    get need(): SequenceNeed {
        const { conversation, cacheKey } = this.#request;
        const { tokens, images } = this.#prompt;
        const positions = tokens.length + this.#maxTokens;
        return { conversation, cacheKey, images, positions, instructions: this.#instructions };
    }

    /** Reads the prompt and generates until an end, of whatever kind. */
    async generate(sequence: SequenceMemory, signal: AbortSignal): Promise<ChatCompletion["stop"]> {
        const known = commonPrefix(sequence.tokens, this.#prompt);
        await sequence.keep(known);
        // What the clinic and the template wrote: nothing else is shared between conversations
        await sequence.share(this.#instructions);
        this.#cached = sequence.tokens.length;
        const rest = await readPrompt(this.#embedder(), sequence, this.#prompt, signal);
        if (rest === undefined) return "aborted";
        const { sampling, stops, onMargin } = this.#engine;
        const onToken = (token: Token): void => {
            this.#firstTokenAtMs ??= performance.now();
            this.#generated++;
            this.#stream.push(token);
        };
        const options = {
            ...sampling,
            maxTokens: this.#maxTokens,
            stops,
            onToken,
            ...(onMargin && { onMargin }),
        };
        return sequence.generate(rest, options, signal);
    }

    completion(stop: ChatCompletion["stop"]): ChatCompletion {
        const endedAtMs = performance.now();
        const { tokens, images } = this.#prompt;
        return {
            text: this.#stream.text,
            stop,
            droppedTurns: this.#droppedTurns,
            images: images.length,
            tokens: {
                prompt: tokens.length,
                cached: this.#cached,
                image: images.reduce((sum, { start, end }) => sum + end - start, 0),
                generated: this.#generated,
            },
            timingsMs: {
                image: this.#imageMs,
                firstToken: (this.#firstTokenAtMs ?? endedAtMs) - this.#startedAtMs,
                total: endedAtMs - this.#startedAtMs,
            },
        };
    }

    #embedder() {
        const { eyes } = this.#engine;
        if (eyes === undefined) return undefined;
        return (image: ChatImage, signal: AbortSignal): Promise<Float32Array | undefined> =>
            this.#embed(eyes.embeddings, image, signal);
    }

    async #embed(
        embeddings: ImageEmbeddings,
        image: ChatImage,
        signal: AbortSignal,
    ): Promise<Float32Array | undefined> {
        const startedAtMs = performance.now();
        try {
            return await embeddings.of(image, this.#request.cacheKey, signal);
        } finally {
            this.#imageMs += performance.now() - startedAtMs;
        }
    }
}

interface FittedPrompt {
    readonly prompt: PromptTokens;
    /** Its first tokens that say nothing of the conversation: at most those that `tokenizeInstructions` gives. */
    readonly instructions: readonly Token[];
    readonly droppedTurns: number;
}

function fitMessages(
    tokenizer: PromptTokenizer,
    messages: readonly ChatMessage[],
    contextTokens: number,
    answerTokens: number,
): FittedPrompt {
    const turns = messages.filter(({ role }) => role !== "system");
    const system = messages.filter(({ role }) => role === "system");
    const before = tokenizeSystem(tokenizer, system);
    const history = turns.map((message, index) =>
        tokenizer.message(message, turns[index - 1]?.role),
    );
    const answer = tokenizer.answer();
    const droppedTurns = fitHistory({
        fixedTokens: before.tokens.length + answer.tokens.length,
        turns: history.map(({ tokens }, index) => ({
            role: turns[index]?.role ?? "user",
            tokens: tokens.length,
        })),
        contextTokens,
        answerTokens,
    });
    const [first, ...others] = turns.slice(droppedTurns);
    const kept = first ? [tokenizer.message(first, system.at(-1)?.role)] : [];
    const rest = history.slice(droppedTurns + 1, droppedTurns + 1 + others.length);
    const prompt = joinTokens([before, ...kept, ...rest, answer]);
    const opening = tokenizer.opening("user", system.at(-1)?.role);
    const shared = before.tokens.length + sharedLength(kept[0]?.tokens ?? [], opening);
    return { prompt, instructions: prompt.tokens.slice(0, shared), droppedTurns };
}

/**
 * What prompts under the same messages of the clinic begin with: these, and what the template writes
 * before a question. A prompt has fewer of them where the question's first word makes one token with the
 * template's last characters, as a line break with the template's; patients' words come trimmed.
 */
export function tokenizeInstructions(
    tokenizer: PromptTokenizer,
    system: readonly ChatMessage[],
): readonly Token[] {
    const { tokens } = tokenizeSystem(tokenizer, system);
    return [...tokens, ...tokenizer.opening("user", system.at(-1)?.role)];
}

function tokenizeSystem(tokenizer: PromptTokenizer, system: readonly ChatMessage[]): PromptTokens {
    return joinTokens([
        tokenizer.start(system[0]?.role),
        ...system.map((message, index) => tokenizer.message(message, system[index - 1]?.role)),
    ]);
}
