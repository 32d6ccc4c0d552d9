import type { LlamaOptions } from "../../../adapters/llama/chat-model.ts";
import { isAppError } from "../../../src/errors.ts";
import type { ChatCompletion, ChatModel, ChatRequest } from "../../../src/ports.ts";
import { openDemo, user } from "./demo-model.ts";

/** What must be the same however an answer was computed. */
export type Outcome =
    | (Pick<ChatCompletion, "text" | "stop" | "droppedTurns" | "images"> & {
          readonly promptTokens: number;
          readonly generatedTokens: number;
      })
    /** The code of the error that was thrown. */
    | { readonly failed: string };

/**
 * How an outcome stands to what it had to be. `near-tie`: the likeliest two tokens were so close
 * that the last bits decided, in which llama.cpp's results differ with the batch that computes them.
 */
export type Judgement = "equal" | "near-tie" | "different";

type Asked = Pick<ChatRequest, "messages" | "maxTokens">;

/**
 * The demonstration model without any optimisation: one sequence, which is emptied before each
 * request, so that every prompt is read from nothing and every answer is computed alone.
 */
export class ReferenceModel {
    readonly #options: Partial<LlamaOptions>;
    readonly #alone: ChatModel;
    #inCompany: ChatModel | undefined;
    #asked = 0;
    #last: Promise<unknown> = Promise.resolve();

    private constructor(alone: ChatModel, options: Partial<LlamaOptions>) {
        this.#alone = alone;
        this.#options = options;
    }

    /** @param options How the model that it is compared with was opened. */
    static async open(options: Partial<LlamaOptions> = {}): Promise<ReferenceModel> {
        return new ReferenceModel(await openDemo({ ...options, sequences: 1 }), options);
    }

    /** What becomes of a request that is not aborted. */
    answer(asked: Asked): Promise<Outcome> {
        return this.#oneAtATime(() => this.#answerFromNothing(asked));
    }

    /** Compares the outcome of a request; one that was aborted has to be the answer's beginning. */
    async judge(asked: Asked, outcome: Outcome): Promise<Judgement> {
        if (gaveUpEarly(outcome)) return outcome.text === "" ? "equal" : "different";
        if (agrees(outcome, await this.answer(asked))) return "equal";
        const others = await this.#oneAtATime(() => this.#answerInCompany(asked));
        return others.some((other) => agrees(outcome, other)) ? "near-tie" : "different";
    }

    async close(): Promise<void> {
        await this.#last;
        await this.#alone.close();
        await this.#inCompany?.close();
    }

    #oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
        const result = this.#last.then(work);
        this.#last = result.catch(() => undefined);
        return result;
    }

    async #answerFromNothing({ messages, maxTokens }: Asked): Promise<Outcome> {
        // Another prompt, without a system message, leaves nothing of the one before
        const hello = { conversation: this.#newName(), messages: [user("Hello")], maxTokens: 1 };
        await this.#alone.generate(hello, { signal: never });
        const { outcome, cached } = await outcomeOf(
            this.#alone,
            { conversation: this.#newName(), messages, ...limit(maxTokens) },
            { signal: never },
        );
        // The tokens that open every prompt
        if (cached > 2) throw new Error("The reference remembered a prompt.");
        return outcome;
    }

    /** The same in other batches: four at a time, then behind each earlier turn. */
    async #answerInCompany({ messages, maxTokens }: Asked): Promise<Outcome[]> {
        this.#inCompany ??= await openDemo({ ...this.#options, sequences: 4 });
        const model = this.#inCompany;
        const ask = async (conversation: string, earlier?: Asked): Promise<Outcome> => {
            if (earlier) {
                await outcomeOf(
                    model,
                    { conversation, ...earlier, maxTokens: 1 },
                    { signal: never },
                );
            }
            const request = { conversation, messages, ...limit(maxTokens) };
            return (await outcomeOf(model, request, { signal: never })).outcome;
        };
        const outcomes = await Promise.all(Array.from({ length: 4 }, () => ask(this.#newName())));
        const turns = messages.flatMap(({ role }, index) => (role === "user" ? [index] : []));
        for (const turn of turns.slice(0, -1)) {
            outcomes.push(await ask(this.#newName(), { messages: messages.slice(0, turn + 1) }));
        }
        return outcomes;
    }

    #newName(): string {
        return `reference ${++this.#asked}`;
    }
}

const never = new AbortController().signal;

/** Generates, and takes an error for an outcome. */
export async function outcomeOf(
    model: ChatModel,
    request: ChatRequest,
    options: Parameters<ChatModel["generate"]>[1],
): Promise<{ readonly outcome: Outcome; readonly cached: number }> {
    try {
        const { text, stop, droppedTurns, images, tokens } = await model.generate(request, options);
        const { prompt: promptTokens, generated: generatedTokens, cached } = tokens;
        const outcome = { text, stop, droppedTurns, images, promptTokens, generatedTokens };
        return { outcome, cached };
    } catch (error) {
        return { outcome: { failed: isAppError(error) ? error.code : String(error) }, cached: 0 };
    }
}

function limit(maxTokens: number | undefined): Pick<ChatRequest, "maxTokens"> {
    return maxTokens === undefined ? {} : { maxTokens };
}

/** Whoever does is not told that his request would have failed. */
function gaveUpEarly(outcome: Outcome): outcome is Exclude<Outcome, { failed: string }> {
    return !("failed" in outcome) && outcome.stop === "aborted" && outcome.generatedTokens === 0;
}

function agrees(outcome: Outcome, reference: Outcome): boolean {
    if ("failed" in outcome) return "failed" in reference && outcome.failed === reference.failed;
    if ("failed" in reference) return false;
    const { text, stop, generatedTokens, ...prompt } = reference;
    const samePrompt = Object.entries(prompt).every(
        ([key, value]) => outcome[key as keyof typeof prompt] === value,
    );
    if (outcome.stop === "aborted") {
        const isBeginning = text.startsWith(outcome.text);
        return samePrompt && isBeginning && outcome.generatedTokens <= generatedTokens;
    }
    const sameAnswer = outcome.text === text && outcome.stop === stop;
    return samePrompt && sameAnswer && outcome.generatedTokens === generatedTokens;
}
