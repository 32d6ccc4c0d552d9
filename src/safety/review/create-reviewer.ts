import type { Disposition } from "../triage/assessment.ts";
import { AnswerReading } from "./answer-reading.ts";
import { knowInstructions } from "./check-leak.ts";
import { createTokenCleaner } from "./check-tokens.ts";
import { type CompiledRules, compileRules } from "./compile-rules.ts";
import { createWordReader } from "./match-phrases.ts";
import type { ReadingParts } from "./reading-parts.ts";
import {
    type Review,
    type ReviewCheck,
    reviewChecks,
    type Reviewer,
    type ReviewNotice,
    type ReviewSubject,
} from "./review.ts";
import type { ReviewRules } from "./review-rules.ts";
import { wordsOf } from "./words.ts";

/** What must stay of an answer out of which something was taken, in letters and digits. */
const minLetters = 40;

const referralNotices: Readonly<Partial<Record<Disposition, ReviewNotice>>> = {
    emergency: "review-referral-emergency",
    urgent: "review-referral-urgent",
    soon: "review-referral-soon",
};

const rejected = { verdict: "regenerate", text: "", notices: [] } as const;

/** A reviewer that judges by these rules. */
export function createReviewer(source: ReviewRules): Reviewer {
    const rules = compileRules(source);
    const partsFor = createParts(rules);
    const readOnce = (subject: ReviewSubject): Review => {
        const reading = new AnswerReading(subject, partsFor(subject.instructions));
        return conclude(reading, reading.finish(subject.text, subject.complete), subject);
    };
    const review = (subject: ReviewSubject): Review => {
        const first = readOnce(subject);
        if (first.verdict === "regenerate" || first.text === subject.text) return first;
        // What was taken out may have been what made the rest bearable.
        const rest = readOnce({ ...subject, text: first.text, complete: true });
        return rest.verdict === "pass" ? first : { ...rejected, findings: first.findings };
    };
    return Object.assign(review, { partsFor });
}

/** A clinic's assistant has instructions in two languages; while they change there are four. */
const mostPrompts = 4;

/** What readings need, for one system prompt after another; a few are kept ready. */
function createParts(rules: CompiledRules): (instructions: string) => ReadingParts {
    const cleanTokens = createTokenCleaner(rules.tokens);
    const readWords = createWordReader(rules.vocabulary);
    const known = new Map<string, ReadingParts>();
    return (prompt) => {
        const ready = known.get(prompt);
        if (ready) return ready;
        const instructions = knowInstructions(prompt, textsOf, rules.instructionWords);
        const parts = { rules, readWords, cleanTokens, instructions };
        if (known.size >= mostPrompts) known.clear();
        known.set(prompt, parts);
        return parts;
    };
}

function textsOf(sentence: string): string[] {
    return wordsOf(sentence)
        .filter(({ kind }) => kind !== "mark")
        .map(({ text }) => text);
}

function conclude(reading: AnswerReading, kept: string, { disposition }: ReviewSubject): Review {
    const found = new Set<ReviewCheck>(reading.findings);
    const isEmpty = !/[\p{L}\p{N}]/u.test(kept);
    const hasRemoved = [...found].some((check) => check !== "special-tokens");
    const isTooLittle =
        hasRemoved && (reading.letters < minLetters || reading.wordySentences === 0);
    if (isEmpty && !hasRemoved) found.add("empty");
    if (reading.isWrongLanguage) found.add("wrong-language");
    const fatal: readonly ReviewCheck[] = [
        "empty",
        "wrong-language",
        "leaked-instructions",
        "harmful-advice",
    ];
    const isUnusable = isEmpty || isTooLittle || fatal.some((check) => found.has(check));
    const referral = referralNotices[disposition];
    if (referral !== undefined && !isUnusable && !reading.isReferred) found.add("missing-referral");
    const findings = reviewChecks.filter((check) => found.has(check));
    if (isUnusable) return { ...rejected, findings };
    const isRepaired = hasRemoved || reading.lostLetters > 0;
    return {
        findings,
        verdict: isRepaired ? "repaired" : "pass",
        text: kept,
        notices: noticesFor(found, referral),
    };
}

function noticesFor(
    found: ReadonlySet<ReviewCheck>,
    referral: ReviewNotice | undefined,
): ReviewNotice[] {
    const needsReferral = found.has("missing-referral") || found.has("false-reassurance");
    return [
        ...(needsReferral && referral !== undefined ? [referral] : []),
        ...(found.has("dosing") ? (["review-dose"] as const) : []),
        ...(found.has("definite-diagnosis") ? (["review-diagnosis"] as const) : []),
        ...(found.has("repetition") ? (["review-repetition"] as const) : []),
    ];
}
