import { AnswerReading } from "./answer-reading.ts";
import type { ReviewCheck, Reviewer, ReviewSubject } from "./review.ts";

/** What may be shown of a growing answer. */
export interface Glimpse {
    /** Whole sentences that have passed, in Markdown; never shorter than before. */
    readonly shown: string;
    /** Why the model need not write on: what follows would not be shown. */
    readonly stop?: ReviewCheck;
}

/** Looks at the whole answer so far. */
export type StreamReview = (textSoFar: string) => Glimpse;

/** So many letters in the wrong language, with nothing in the right one, are enough. */
const wrongLetters = 120;
/** Unfinished text is looked through for loops each time that it has grown by this much. */
const pendingStep = 200;

/**
 * Watches one answer while it grows. Each sentence is judged once, as soon as it is complete. A
 * heading is shown with what stands beneath it, and a sentence that stood there before only when
 * something new follows it. What is shown once stays, unless the whole answer turns out unusable.
 */
export function createStreamReview(
    { partsFor }: Reviewer,
    subject: Omit<ReviewSubject, "text" | "complete">,
): StreamReview {
    const parts = partsFor(subject.instructions);
    let reading = new AnswerReading(subject, parts);
    let seen = "";
    let shown = "";
    let lookedAt = 0;
    return (textSoFar) => {
        if (!textSoFar.startsWith(seen)) {
            reading = new AnswerReading(subject, parts);
            shown = "";
            lookedAt = 0;
        }
        seen = textSoFar;
        reading.read(textSoFar);
        const { end, isWrongLanguage } = reading;
        const isFatal = end !== undefined && end !== "repetition" && end !== "special-tokens";
        if (!isWrongLanguage && !isFatal) shown = reading.preview();
        if (end !== undefined) return { shown, stop: end };
        if (isWrongLanguage && shown === "" && reading.letters >= wrongLetters)
            return { shown, stop: "wrong-language" };
        if (textSoFar.length >= lookedAt + pendingStep) {
            lookedAt = textSoFar.length;
            if (reading.isPendingStuck(textSoFar)) return { shown, stop: "repetition" };
        }
        return { shown };
    };
}
