import type { Language } from "../../message.ts";
import type { Disposition } from "../triage/assessment.ts";
import type { ReadingParts } from "./reading-parts.ts";

/** What can be wrong with an answer. */
export type ReviewCheck =
    | "empty"
    | "wrong-language"
    | "special-tokens"
    | "leaked-instructions"
    | "repetition"
    | "dosing"
    | "definite-diagnosis"
    | "false-reassurance"
    | "missing-referral"
    | "harmful-advice";

/** All checks, for those who count them. */
export const reviewChecks = [
    "empty",
    "wrong-language",
    "special-tokens",
    "leaked-instructions",
    "repetition",
    "dosing",
    "definite-diagnosis",
    "false-reassurance",
    "missing-referral",
    "harmful-advice",
] as const satisfies readonly ReviewCheck[];

/** The name of a text that must stand beneath a reviewed answer. */
export type ReviewNotice =
    | "review-dose"
    | "review-diagnosis"
    | "review-repetition"
    | "review-referral-emergency"
    | "review-referral-urgent"
    | "review-referral-soon";

/** An answer and what must be known to judge it. */
export interface ReviewSubject {
    /** As the model wrote it, in Markdown. */
    readonly text: string;
    /** The language that it has to be in. */
    readonly language: Language;
    /** Whether the model had a picture before it. */
    readonly aboutImage: boolean;
    /** What the screen said of the question. */
    readonly disposition: Disposition;
    /** The system prompt, which must not be told. */
    readonly instructions: string;
    /** Whether the model came to its end; otherwise the last sentence may be half a sentence. */
    readonly complete: boolean;
}

/** What became of an answer. */
export interface Review {
    /** Everything that was found, each check once, in the order of {@link reviewChecks}. */
    readonly findings: readonly ReviewCheck[];
    /**
     * `pass`: fit as it is (perhaps without a stray token or the half sentence at its end);
     * `repaired`: sentences were taken out, or its end was cut off; `regenerate`: not usable.
     */
    readonly verdict: "pass" | "repaired" | "regenerate";
    /** What may be shown, in Markdown; empty when it must be generated anew. */
    readonly text: string;
    /** What must stand beneath the text, in this order. */
    readonly notices: readonly ReviewNotice[];
}

/** Reviews an answer. Deterministic, in time that is linear in its length. */
export interface Reviewer {
    (subject: ReviewSubject): Review;
    /** What it judges by, where the assistant has these instructions; those in use are kept ready. */
    readonly partsFor: (instructions: string) => ReadingParts;
}
