/** Asks the model, and lets nothing of what it says through that has not been reviewed. */
import { askModel } from "./ask-model.ts";
import type { AssistantParts } from "./assistant.ts";
import { AppError } from "./errors.ts";
import { JoinedSignal } from "./joined-signal.ts";
import type { Language, ModelImage, Turn } from "./message.ts";
import type { Notices } from "./notices.ts";
import type { ChatCompletion } from "./ports.ts";
import type { Interruption } from "./queue-ports.ts";
import type { Review, ReviewSubject } from "./safety/review/review.ts";
import { createStreamReview } from "./safety/review/stream-review.ts";
import type { ScreenedQuestion } from "./screen-question.ts";

/** What the model is asked. */
export interface ModelQuestion {
    readonly question: ScreenedQuestion;
    /** The conversation with the patient's new turn. */
    readonly turns: readonly Turn[];
    /** The pictures of the new turn. */
    readonly images: readonly ModelImage[];
}

/** An answer that may be shown. */
export interface ReviewedAnswer {
    /** As the model ended it. Its own text is for nobody's eyes. */
    readonly completion: ChatCompletion;
    /** What of the answer may be shown and remembered; empty: nothing. */
    readonly words: string;
    /** What stands beneath it, before any disclaimer. */
    readonly remarks: readonly string[];
}

type Watched = Omit<ReviewSubject, "text" | "complete">;

/**
 * Asks the model; when the review rejects its answer, once more and more strictly. Shows whole
 * sentences that have passed, as they come.
 *
 * @throws `aborted` when the signal ended it with nothing to keep; what `askModel` throws.
 */
export async function answerReviewed(
    asked: ModelQuestion,
    show: (textSoFar: string) => void,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<ReviewedAnswer> {
    const { question, turns } = asked;
    const { notices, safety } = parts;
    const { language } = question.decision;
    const watched: Watched = {
        language,
        aboutImage: turns.some(({ images }) => images.length > 0),
        disposition: question.assessment.disposition,
        instructions: notices("system", language),
    };
    let tried = await tryOnce(asked, watched, show, parts, signal);
    if (tried.review.verdict === "regenerate" && !signal.aborted) {
        safety.counters.count("regenerated");
        const again = { ...asked, turns: moreStrictly(turns, language, notices) };
        tried = await tryOnce(again, watched, show, parts, signal);
    }
    const { completion, review } = tried;
    const isStopped = completion.stop === "aborted" && signal.aborted;
    if (isStopped && (review.text === "" || !byPatient(signal))) {
        throw new AppError("aborted", "The answer was cancelled.");
    }
    if (review.verdict === "regenerate") {
        safety.counters.count("replaced");
        const silent = review.findings.every((check) => check === "empty");
        const name = silent ? "answer-empty" : "answer-withheld";
        return { completion, words: "", remarks: [notices(name, language)] };
    }
    const end = isStopped ? "aborted" : completion.stop === "length" ? "length" : "end";
    return {
        completion,
        words: review.text,
        remarks: [
            ...review.notices
                // Above an urgent answer it stands already.
                .filter((name) => name !== "review-referral-urgent")
                .map((name) => notices(name, language)),
            ...endRemarks(end, language, notices),
        ],
    };
}

interface Tried {
    readonly completion: ChatCompletion;
    readonly review: Review;
}

async function tryOnce(
    { question, turns, images }: ModelQuestion,
    watched: Watched,
    show: (textSoFar: string) => void,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<Tried> {
    const { safety } = parts;
    const look = createStreamReview(safety.review, watched);
    const enough = new AbortController();
    const joined = new JoinedSignal(signal, enough.signal);
    let shown = "";
    const watch = (textSoFar: string): void => {
        const { shown: fit, stop } = look(textSoFar);
        // What would be rejected in the end need not be written to its end.
        if (stop !== undefined) enough.abort();
        if (fit === shown) return;
        shown = fit;
        show(fit);
    };
    try {
        const completion = await askModel(question, turns, images, watch, parts, joined.signal);
        await safety.limits.spend(
            question.message.conversation,
            completion.tokens.prompt - completion.tokens.cached + completion.tokens.generated,
        );
        const complete = completion.stop === "end";
        const review = safety.review({ ...watched, text: completion.text, complete });
        safety.counters.count("reviewed", { verdict: review.verdict });
        for (const check of review.findings) safety.counters.count("found", { check });
        return { completion, review };
    } finally {
        joined.release();
    }
}

function byPatient(signal: AbortSignal): boolean {
    const stopped: Interruption = "stopped";
    return signal.reason === stopped;
}

/** The patient's words with what the model must mind, for the model's eyes alone. */
function moreStrictly(turns: readonly Turn[], language: Language, notices: Notices): Turn[] {
    const last = turns.at(-1);
    if (!last) return [];
    const text = [last.text, notices("answer-again", language)].filter(Boolean).join("\n\n");
    return [...turns.slice(0, -1), { ...last, text }];
}

/** What stands beneath an answer that did not come to its end. */
function endRemarks(
    end: "end" | "length" | "aborted",
    language: Language,
    notices: Notices,
): readonly string[] {
    switch (end) {
        case "end":
            return [];
        case "length":
            return [notices("answer-cut", language)];
        case "aborted":
            return [notices("answer-stopped", language)];
    }
}
