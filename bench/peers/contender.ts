import { setTimeout as sleep } from "node:timers/promises";
import type { ChatMessage, ChatModel } from "../../src/ports.ts";
import { llama3Prompt } from "./llama3-prompt.ts";
import type { LlamaServer } from "./llama-server.ts";

const restMs = 300;

/** What both sides of a benchmark are asked alike. */
export interface Question {
    /** From 0; each has a place of its own, which remembers what was read. */
    readonly conversation: number;
    readonly messages: readonly ChatMessage[];
    readonly maxTokens: number;
    readonly onText?: (piece: string) => void;
    readonly signal?: AbortSignal;
}

/** An answer and what it took. */
export interface Answer {
    readonly text: string;
    readonly tokens: {
        readonly prompt: number;
        /** Of these, remembered. */
        readonly cached: number;
        readonly generated: number;
    };
    readonly timingsMs: {
        /** From the question to the first token, for who asks; nothing tells it without `onText`. */
        readonly firstToken: number;
        /** Of this, by the contender's own clock. */
        readonly reading: number;
        /** From the first token to the last. */
        readonly generation: number;
    };
}

/** The product or its peer. */
export interface Contender {
    /** @throws when the model fails; an aborted answer of the server, too. */
    ask(question: Question): Promise<Answer>;
}

/**
 * The product's model, as the product calls it.
 *
 * @param day With another one, the conversations are those of other patients.
 */
export function productContender(model: ChatModel, day = 0): Contender {
    return {
        ask: async ({ conversation, signal, ...question }) => {
            const { text, tokens, timingsMs, droppedTurns } = await model.generate(
                { conversation: `${day} ${conversation}`, ...question },
                {
                    signal: signal ?? new AbortController().signal,
                    ...(question.onText && { onText: question.onText }),
                },
            );
            if (droppedTurns > 0) throw new Error("The conversation is longer than the context.");
            const { firstToken, total } = timingsMs;
            return {
                text,
                tokens,
                timingsMs: { firstToken, reading: firstToken, generation: total - firstToken },
            };
        },
    };
}

/**
 * llama-server on the same conversation.
 *
 * @param pictures The files of the messages' pictures, by their ids.
 * @param ignoresEnd Whether answers go on behind their end.
 */
export function serverContender(
    server: LlamaServer,
    pictures: ReadonlyMap<string, Buffer> = new Map(),
    ignoresEnd = false,
): Contender {
    return {
        ask: async ({ conversation, messages, maxTokens, onText, signal }) => {
            const prompt = llama3Prompt(messages, server.pictureMarker, pictures);
            const startedAtMs = performance.now();
            let firstTokenAtMs: number | undefined;
            const { text, tokens, timingsMs } = await server.complete({
                prompt,
                maxTokens,
                ignoresEnd,
                slot: conversation,
                ...(signal && { signal }),
                ...(onText && {
                    onText: (piece: string) => {
                        firstTokenAtMs ??= performance.now();
                        onText(piece);
                    },
                }),
            });
            return {
                text,
                tokens,
                timingsMs: {
                    firstToken: (firstTokenAtMs ?? Number.NaN) - startedAtMs,
                    reading: timingsMs.prompt,
                    generation: timingsMs.generation,
                },
            };
        },
    };
}

/** Tokens per second of one answer; the first token is a matter of the prompt. */
export function tokensPerSecond({ tokens, timingsMs }: Answer): number {
    return ((tokens.generated - 1) / timingsMs.generation) * 1000;
}

/**
 * Checks that both have read the same.
 *
 * @throws when a prompt's length differs.
 */
export function mustHaveReadTheSame(product: Answer, server: Answer): void {
    if (product.tokens.prompt === server.tokens.prompt) return;
    throw new Error(
        `The product's prompt has ${product.tokens.prompt} tokens, the server's ${server.tokens.prompt}.`,
    );
}

/**
 * Measures both, the other one first each time: what runs second finds the processor warm. Each begins
 * when the other rests: the server keeps a processor busy for a fifth of a second after an answer.
 */
export async function measureBoth<Figure>(
    index: number,
    product: () => Promise<Figure>,
    server: () => Promise<Figure>,
): Promise<{ readonly product: Figure; readonly server: Figure }> {
    const rested = async (measure: () => Promise<Figure>): Promise<Figure> => {
        await sleep(restMs);
        return measure();
    };
    if (index % 2 === 0) return { product: await rested(product), server: await rested(server) };
    const first = await rested(server);
    return { product: await rested(product), server: first };
}

/** One message of a conversation. */
export function message(
    role: ChatMessage["role"],
    text: string,
    ...images: ChatMessage["images"]
): ChatMessage {
    return { role, text, images };
}

/** For a line that people read. */
export function round(value: number): number {
    return Number(value.toPrecision(4));
}
