import { isAppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import type { ChatCompletion, ChatImage, ChatRequest } from "../../src/ports.ts";
import { type CompletionChunk, readChunk, type TokenUsage } from "./completion-chunk.ts";
import type { TokenCalibration } from "./estimate-tokens.ts";
import { readEvents } from "./event-stream.ts";
import { fitPrompt, type FittedPrompt, type Narrowing, narrowings } from "./fit-prompt.ts";
import { type ModelServer, openCompletion, type ServerTimings } from "./model-server.ts";
import { Patience } from "./patience.ts";
import { pictureUrl } from "./picture-url.ts";
import { brokenOff, promptTooLong, silent } from "./server-failures.ts";
import { WholeCharacters } from "./whole-characters.ts";
import { unlessAborted } from "../../src/wait.ts";

/** How answers are drawn. */
export interface ServerSampling {
    readonly temperature: number;
    readonly topP: number;
    /** The greatest length of an answer. */
    readonly maxTokens: number;
}

/** What answers are made with. */
export interface ServerEngine {
    readonly server: ModelServer;
    readonly sampling: ServerSampling;
    readonly contextTokens: number;
    /** Guessed length of a picture. */
    readonly imageTokens: number;
    readonly calibration: TokenCalibration;
    readonly timings: ServerTimings;
    readonly logger: Logger;
}

/** One answer of a server while it is made. */
export class ServerAnswer {
    readonly #engine: ServerEngine;
    readonly #request: ChatRequest;
    readonly #onText: ((piece: string) => void) | undefined;
    readonly #signal: AbortSignal;
    readonly #startedAtMs = performance.now();
    readonly #characters = new WholeCharacters();
    #prompt: FittedPrompt | undefined;
    #text = "";
    #pieces = 0;
    #firstTokenAtMs: number | undefined;
    #imageMs = 0;
    #usage: TokenUsage | undefined;
    #finish: string | undefined;

    constructor(
        engine: ServerEngine,
        request: ChatRequest,
        onText: ((piece: string) => void) | undefined,
        signal: AbortSignal,
    ) {
        this.#engine = engine;
        this.#request = request;
        this.#onText = onText;
        this.#signal = signal;
    }

    /**
     * Asks, with fewer turns where the server finds the prompt too long.
     *
     * @throws `prompt-too-long`, `model-failed`, and what loading a picture throws.
     */
    async complete(): Promise<ChatCompletion> {
        for (const narrowing of narrowings) {
            const prompt = this.#fit(narrowing);
            this.#prompt = prompt;
            try {
                return this.#completion(await this.#attempt(prompt));
            } catch (error) {
                const more = !prompt.onlyLast && this.#text === "";
                if (!isAppError(error, "prompt-too-long") || !more) throw error;
                this.#engine.logger.warn(
                    { contextTokens: this.#engine.contextTokens },
                    "the model server finds a prompt too long: turns are left out",
                );
            }
        }
        throw promptTooLong();
    }

    #fit(narrowing: Narrowing): FittedPrompt {
        const { contextTokens, imageTokens, sampling, calibration } = this.#engine;
        const { messages, conversation, maxTokens } = this.#request;
        const ceiling = sampling.maxTokens;
        return fitPrompt({
            messages,
            contextTokens,
            answerTokens: Math.max(1, Math.min(maxTokens ?? ceiling, ceiling)),
            imageTokens,
            factor: calibration.factor(conversation),
            narrowing,
        });
    }

    async #attempt(prompt: FittedPrompt): Promise<ChatCompletion["stop"]> {
        const { server, timings } = this.#engine;
        if (this.#signal.aborted) return "aborted";
        const body = await this.#writeBody(prompt);
        if (body === undefined) return "aborted";
        const pictures = prompt.messages.some(({ images }) => images.length > 0);
        const patience = new Patience(this.#signal);
        patience.wait(timings.firstTextMs);
        try {
            const stream = await openCompletion(server, body, pictures, timings, patience.signal);
            for await (const data of readEvents(stream)) {
                if (data === "[DONE]") return stopOf(this.#finish ?? "stop");
                this.#take(readChunk(data));
                if (this.#signal.aborted) return "aborted";
                // A server that does not keep the limit would go on for ever
                if (this.#pieces > prompt.maxTokens) return "length";
                patience.wait(this.#text === "" ? timings.firstTextMs : timings.betweenEventsMs);
            }
            if (this.#finish === undefined) throw brokenOff();
            return stopOf(this.#finish);
        } catch (error) {
            if (this.#finish !== undefined) return stopOf(this.#finish);
            if (this.#signal.aborted) return "aborted";
            if (patience.isLost) throw silent();
            throw isAppError(error) ? error : brokenOff(error);
        } finally {
            patience.end();
        }
    }

    #take({ text, finish, usage }: CompletionChunk): void {
        this.#usage = usage ?? this.#usage;
        // vLLM's word for a request that it has dropped
        if (finish === "abort" || finish === "error") throw brokenOff();
        this.#finish = finish ?? this.#finish;
        if (text === "") return;
        this.#firstTokenAtMs ??= performance.now();
        this.#pieces += 1;
        const piece = this.#characters.take(text);
        if (piece === "") return;
        this.#text += piece;
        this.#onText?.(piece);
    }

    /** `undefined`: nobody waits any more. */
    async #writeBody({ messages, maxTokens }: FittedPrompt): Promise<string | undefined> {
        const { server, sampling } = this.#engine;
        const written: object[] = [];
        const startedAtMs = performance.now();
        for (const { role, text, images } of messages) {
            const urls: string[] = [];
            for (const image of images) {
                const url = await unlessAborted(urlOf(image), this.#signal);
                if (url === undefined) return undefined;
                urls.push(url);
            }
            written.push({ role, content: content(text, urls) });
        }
        this.#imageMs += performance.now() - startedAtMs;
        return JSON.stringify({
            model: server.model,
            messages: written,
            max_tokens: maxTokens,
            temperature: sampling.temperature,
            top_p: sampling.topP,
            stream: true,
            stream_options: { include_usage: true },
        });
    }

    #completion(stop: ChatCompletion["stop"]): ChatCompletion {
        const endedAtMs = performance.now();
        const { calibration, imageTokens } = this.#engine;
        const { conversation } = this.#request;
        const prompt = this.#prompt;
        const estimated = prompt?.estimatedTokens ?? 0;
        const expected = Math.ceil(estimated * calibration.factor(conversation));
        const images = (prompt?.messages ?? []).reduce((sum, it) => sum + it.images.length, 0);
        if (this.#usage && this.#usage.prompt > 0) {
            calibration.learn(conversation, estimated, this.#usage.prompt);
        }
        const promptTokens = this.#usage?.prompt ?? expected;
        return {
            text: this.#text,
            stop,
            droppedTurns: prompt?.droppedTurns ?? 0,
            images,
            tokens: {
                prompt: promptTokens,
                cached: this.#usage?.cached ?? 0,
                image: Math.min(images * imageTokens, promptTokens),
                generated: this.#usage?.generated ?? this.#pieces,
            },
            timingsMs: {
                image: this.#imageMs,
                firstToken: (this.#firstTokenAtMs ?? endedAtMs) - this.#startedAtMs,
                total: endedAtMs - this.#startedAtMs,
            },
        };
    }
}

function stopOf(finish: string): ChatCompletion["stop"] {
    return finish === "length" ? "length" : "end";
}

async function urlOf(image: ChatImage): Promise<string> {
    return await pictureUrl(await image.load());
}

/** Pictures before the text, as models are trained. */
function content(text: string, urls: readonly string[]): unknown {
    if (urls.length === 0) return text;
    return [
        ...urls.map((url) => ({ type: "image_url", image_url: { url } })),
        { type: "text", text },
    ];
}
