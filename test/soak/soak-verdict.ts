import type { Outcome } from "../adapters/llama/outcome.ts";
import type { Judgement, ReferenceModel } from "../adapters/llama/reference-model.ts";
import type { AskedQuestion } from "./soak-patient.ts";

/** An answer that needs a look, with all that is needed to ask for it again; nobody's real words. */
export interface Finding extends Omit<AskedQuestion, "messages" | "pieces"> {
    readonly judgement: Judgement;
    /** Each one's role, text, and pictures by their ids. */
    readonly messages: readonly string[];
    /** What the reference answered when it was asked once more. */
    readonly reference: Outcome;
}

/** What was seen of all answers. */
export interface SoakVerdict {
    readonly answers: number;
    readonly tokens: number;
    /** Answers that patients gave up. */
    readonly givenUp: number;
    readonly failed: number;
    /**
     * Answers in which a secret stands that their conversation does not hold, and that a model that
     * knows of no other conversation does not tell either.
     */
    readonly crossTalk: number;
    /** Such answers that it gives as well: the model took one name for another. */
    readonly mistaken: number;
    /** Complete answers to questions for a secret that the conversation holds. */
    readonly secretsAskedFor: number;
    /** Of these, those that tell it. */
    readonly secretsTold: number;
    /** Answers that were compared with the reference's. */
    readonly compared: number;
    readonly nearTies: number;
    readonly different: number;
    /** Positions of all prompts, and of these, those that the model still knew. */
    readonly promptTokens: number;
    readonly cachedTokens: number;
}

/** Judges answers while they come. */
export class SoakJudge {
    readonly #secrets: ReadonlySet<string>;
    readonly #reference: ReferenceModel;
    readonly #compares: () => boolean;
    readonly #onFinding: (finding: Finding) => void;
    readonly #count = {
        answers: 0,
        tokens: 0,
        givenUp: 0,
        failed: 0,
        crossTalk: 0,
        mistaken: 0,
        secretsAskedFor: 0,
        secretsTold: 0,
        compared: 0,
        nearTies: 0,
        different: 0,
        promptTokens: 0,
        cachedTokens: 0,
    };

    /**
     * @param compares Whether the next answer is compared with the reference's.
     * @param onFinding Told of answers that are not the reference's, or hold another's secret.
     */
    constructor(
        secrets: readonly string[],
        reference: ReferenceModel,
        compares: () => boolean,
        onFinding: (finding: Finding) => void,
    ) {
        this.#secrets = new Set(secrets);
        this.#reference = reference;
        this.#compares = compares;
        this.#onFinding = onFinding;
    }

    async judge(asked: AskedQuestion): Promise<void> {
        const { messages, known, asksForSecret, outcome, shown, cached } = asked;
        const count = this.#count;
        if ("failed" in outcome) {
            count.failed += 1;
            return;
        }
        count.answers += 1;
        count.tokens += outcome.generatedTokens;
        if (outcome.stop === "aborted") count.givenUp += 1;
        count.promptTokens += outcome.promptTokens;
        count.cachedTokens += cached;
        const said = secretsIn(`${outcome.text} ${shown}`, this.#secrets);
        const isForeign = said.some((secret) => secret !== known);
        if (asksForSecret && known !== undefined && outcome.stop === "end") {
            count.secretsAskedFor += 1;
            if (said.includes(known)) count.secretsTold += 1;
        }
        if (shown !== outcome.text) count.different += 1;
        const compares = this.#compares();
        if (!compares && !isForeign) return;
        count.compared += 1;
        const judgement = await this.#reference.judge({ messages }, outcome);
        if (judgement === "near-tie") count.nearTies += 1;
        if (judgement === "different") count.different += 1;
        if (isForeign && judgement === "equal" && shown === outcome.text) count.mistaken += 1;
        else if (isForeign) count.crossTalk += 1;
        if (isForeign || judgement === "different") await this.#report(asked, judgement);
    }

    async #report({ messages, ...asked }: AskedQuestion, judgement: Judgement): Promise<void> {
        const { pieces: _, ...rest } = asked;
        const reference = await this.#reference.answer({ messages });
        const written = messages.map(
            ({ role, text, images }) => `${role}: ${text} ${images.map(({ id }) => id).join(" ")}`,
        );
        this.#onFinding({ ...rest, judgement, messages: written, reference });
    }

    verdict(): SoakVerdict {
        return { ...this.#count };
    }
}

/** The secrets that stand in a text as whole words. */
function secretsIn(text: string, secrets: ReadonlySet<string>): string[] {
    return text.split(/[^\p{L}\p{M}]+/u).filter((word) => secrets.has(word));
}
