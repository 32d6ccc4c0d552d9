import type { ChatModel, ChatRequest } from "../../../src/ports.ts";
import { type DemoOptions, openDemo, user } from "./demo-model.ts";
import { agrees, gaveUpEarly, type Outcome, outcomeOf } from "./outcome.ts";

/**
 * How an outcome stands to what it had to be. `near-tie`: where the texts part, the likeliest two
 * tokens were so close that the last bits decided, in which llama.cpp's results differ with the batch
 * that computes them.
 */
export type Judgement = "equal" | "near-tie" | "different";

// Of logits around 10. The batch changes the difference between the best two by 0.001 in the median,
// and by 0.05 at most in 6,000 tokens
const nearTie = 0.1;

type Prompt = Pick<ChatRequest, "messages" | "maxTokens">;

/**
 * A model without any optimisation: one sequence, which is emptied before each request, so that
 * every prompt is read from nothing and every answer is computed alone, token by token.
 */
export class ReferenceModel {
    readonly #alone: ChatModel;
    /** How surely each token of the answer that is being written was chosen. */
    readonly #margins: number[];
    #asked = 0;
    #last: Promise<unknown> = Promise.resolve();

    private constructor(alone: ChatModel, margins: number[]) {
        this.#alone = alone;
        this.#margins = margins;
    }

    /** @param options How the model that it is compared with was opened. */
    static async open(options: DemoOptions = {}): Promise<ReferenceModel> {
        const margins: number[] = [];
        const onMargin = (margin: number): unknown => margins.push(margin);
        const alone = await openDemo({ ...options, sequences: 1, guesses: 0, onMargin });
        return new ReferenceModel(alone, margins);
    }

    /** What becomes of a request that is not given up. */
    answer(prompt: Prompt): Promise<Outcome> {
        return this.#oneAtATime(async () => (await this.#answerFromNothing(prompt)).outcome);
    }

    /** Compares the outcome of a request; one that was given up has to be the answer's beginning. */
    async judge(prompt: Prompt, outcome: Outcome): Promise<Judgement> {
        if (gaveUpEarly(outcome)) return outcome.text === "" ? "equal" : "different";
        return await this.#oneAtATime(async () => {
            const reference = await this.#answerFromNothing(prompt);
            if (agrees(outcome, reference.outcome)) return "equal";
            const isClose = closeWherePart(outcome, reference);
            return isClose ? "near-tie" : "different";
        });
    }

    async close(): Promise<void> {
        await this.#last;
        await this.#alone.close();
    }

    #oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
        const result = this.#last.then(work);
        this.#last = result.catch(() => undefined);
        return result;
    }

    async #answerFromNothing(prompt: Prompt): Promise<Watched> {
        // Another prompt, without a system message, leaves nothing of the one before
        await this.#ask({ messages: [user("Hello")], maxTokens: 1 });
        this.#margins.length = 0;
        const { outcome, cached, pieces } = await this.#ask(prompt);
        // The tokens that open every prompt
        if (cached > 2) throw new Error("The reference remembered a prompt.");
        return { outcome, pieces, margins: [...this.#margins] };
    }

    #ask({ messages, maxTokens }: Prompt) {
        const limit = maxTokens === undefined ? {} : { maxTokens };
        const conversation = `reference ${++this.#asked}`;
        return outcomeOf(this.#alone, { conversation, messages, ...limit });
    }
}

/** The reference's answer, and how surely each token of it was chosen. */
interface Watched {
    readonly outcome: Outcome;
    /** What was shown, token by token as far as each completes a character. */
    readonly pieces: readonly string[];
    readonly margins: readonly number[];
}

/** Whether a token was chosen hardly surely about where the texts part. */
function closeWherePart(
    outcome: Outcome,
    { outcome: reference, margins, pieces }: Watched,
): boolean {
    if ("failed" in outcome || "failed" in reference) return false;
    let same = 0;
    let text = "";
    for (const piece of pieces) {
        text += piece;
        if (!outcome.text.startsWith(text)) break;
        same += 1;
    }
    // Another token may begin with the same text: " a" where the reference has " " and "7"
    const first = Math.max(0, same - 2);
    // Pieces are fewer than tokens where a character has several
    const hidden = margins.length - pieces.length;
    return margins.slice(first, same + 1 + hidden).some((margin) => margin < nearTie);
}
