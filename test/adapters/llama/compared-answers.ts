import { expect } from "vitest";
import type { Asked } from "./asked-conversations.ts";
import type { ReferenceModel } from "./reference-model.ts";

/** Answers that were compared with those of a model without any optimisation. */
export class ComparedAnswers {
    answers = 0;
    nearTies = 0;
    promptTokens = 0;
    /** How many of the prompts' tokens were not read anew. */
    cached = 0;
    readonly #reference: ReferenceModel;

    constructor(reference: ReferenceModel) {
        this.#reference = reference;
    }

    /** Fails where an outcome is neither the reference's nor a near tie. */
    async expectEqual(asked: readonly Asked[]): Promise<void> {
        for (const { outcome, shown, cached, ...request } of asked) {
            const judgement = await this.#reference.judge(request, outcome);
            if (judgement === "different") {
                expect(outcome).toEqual(await this.#reference.answer(request));
            }
            if (judgement === "near-tie") this.nearTies += 1;
            if ("failed" in outcome) continue;
            expect(shown).toBe(outcome.text);
            this.answers += 1;
            this.promptTokens += outcome.promptTokens;
            this.cached += cached;
        }
    }
}
