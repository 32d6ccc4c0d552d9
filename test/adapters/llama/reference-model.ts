import type { LlamaOptions } from "../../../adapters/llama/chat-model.ts";
import type { ChatModel, ChatRequest } from "../../../src/ports.ts";
import { openDemo, user } from "./demo-model.ts";
import { agrees, gaveUpEarly, type Outcome, outcomeOf } from "./outcome.ts";

/**
 * How an outcome stands to what it had to be. `near-tie`: the likeliest two tokens were so close
 * that the last bits decided, in which llama.cpp's results differ with the batch that computes them.
 */
export type Judgement = "equal" | "near-tie" | "different";

type Prompt = Pick<ChatRequest, "messages" | "maxTokens">;

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

    /** What becomes of a request that is not given up. */
    answer(prompt: Prompt): Promise<Outcome> {
        return this.#oneAtATime(() => this.#answerFromNothing(prompt));
    }

    /** Compares the outcome of a request; one that was given up has to be the answer's beginning. */
    async judge(prompt: Prompt, outcome: Outcome): Promise<Judgement> {
        if (gaveUpEarly(outcome)) return outcome.text === "" ? "equal" : "different";
        if (agrees(outcome, await this.answer(prompt))) return "equal";
        const others = await this.#oneAtATime(() => this.#answerInCompany(prompt));
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

    async #answerFromNothing(prompt: Prompt): Promise<Outcome> {
        // Another prompt, without a system message, leaves nothing of the one before
        await this.#ask(this.#alone, { messages: [user("Hello")], maxTokens: 1 });
        const { outcome, cached } = await this.#ask(this.#alone, prompt);
        // The tokens that open every prompt
        if (cached > 2) throw new Error("The reference remembered a prompt.");
        return outcome;
    }

    /** The same in other batches: four at a time, then behind each earlier turn. */
    async #answerInCompany(prompt: Prompt): Promise<Outcome[]> {
        this.#inCompany ??= await openDemo({ ...this.#options, sequences: 4 });
        const model = this.#inCompany;
        const four = Array.from({ length: 4 }, () => this.#ask(model, prompt));
        const observed = await Promise.all(four);
        for (const [index, { role }] of prompt.messages.slice(0, -1).entries()) {
            if (role !== "user") continue;
            const conversation = this.#newName();
            const earlier = { messages: prompt.messages.slice(0, index + 1), maxTokens: 1 };
            await this.#ask(model, earlier, conversation);
            observed.push(await this.#ask(model, prompt, conversation));
        }
        return observed.map(({ outcome }) => outcome);
    }

    #ask(model: ChatModel, { messages, maxTokens }: Prompt, conversation = this.#newName()) {
        const limit = maxTokens === undefined ? {} : { maxTokens };
        return outcomeOf(model, { conversation, messages, ...limit });
    }

    #newName(): string {
        return `reference ${++this.#asked}`;
    }
}
