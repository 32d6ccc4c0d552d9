import { isAppError } from "../../../src/errors.ts";
import type { ChatCompletion, ChatModel, ChatRequest } from "../../../src/ports.ts";

/** What must be the same however an answer was computed. */
export type Outcome = Answered | { readonly failed: string };

/** The outcome of a request that did not fail. */
export type Answered = Pick<ChatCompletion, "text" | "stop" | "droppedTurns" | "images"> & {
    readonly promptTokens: number;
    readonly generatedTokens: number;
};

/** When a patient gives an answer up. */
export type GivingUp =
    | { readonly when: "before" }
    /** After so many turns of the event loop. */
    | { readonly when: "waiting"; readonly ticks: number }
    /** When so many pieces of the answer have been shown. */
    | { readonly when: "shown"; readonly pieces: number };

/** An outcome, and how it came about. */
export interface Observed {
    readonly outcome: Outcome;
    /** The pieces of text that were shown, in one. */
    readonly shown: string;
    readonly pieces: readonly string[];
    /** Positions of the prompt that the model still knew. */
    readonly cached: number;
}

/** Asks, perhaps without waiting for the end, and takes an error's code for an outcome. */
export async function outcomeOf(
    model: ChatModel,
    request: ChatRequest,
    givesUp?: GivingUp,
): Promise<Observed> {
    const controller = new AbortController();
    if (givesUp?.when === "before") controller.abort();
    let shown = "";
    const pieces: string[] = [];
    const onText = (piece: string): void => {
        shown += piece;
        pieces.push(piece);
        if (givesUp?.when === "shown" && pieces.length === givesUp.pieces) controller.abort();
    };
    const answer = model.generate(request, { signal: controller.signal, onText });
    const observed = answer.then(
        (completion) => ({
            outcome: answered(completion),
            shown,
            pieces,
            cached: completion.tokens.cached,
        }),
        (error: unknown) => {
            const failed = isAppError(error) ? error.code : String(error);
            return { outcome: { failed }, shown, pieces, cached: 0 };
        },
    );
    if (givesUp?.when === "waiting") {
        for (let tick = 0; tick < givesUp.ticks; tick++) await new Promise(setImmediate);
        controller.abort();
    }
    return await observed;
}

function answered({ text, stop, droppedTurns, images, tokens }: ChatCompletion): Answered {
    const { prompt: promptTokens, generated: generatedTokens } = tokens;
    return { text, stop, droppedTurns, images, promptTokens, generatedTokens };
}

/** Whoever gives up before the first token is not told that the request would have failed. */
export function gaveUpEarly(outcome: Outcome): outcome is Answered {
    return !("failed" in outcome) && outcome.stop === "aborted" && outcome.generatedTokens === 0;
}

/** Whether an outcome is that of the reference, or the beginning of it that was waited for. */
export function agrees(outcome: Outcome, reference: Outcome): boolean {
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
