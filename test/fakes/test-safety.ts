import { packageRoot } from "../../src/package-root.ts";
import type { SafetyParts } from "../../src/assistant.ts";
import { createReviewer } from "../../src/safety/review/create-reviewer.ts";
import { loadReviewRules } from "../../src/safety/review/load-review-rules.ts";
import { createScreen } from "../../src/screen-words.ts";
import { createTriage } from "../../src/safety/triage/create-triage.ts";
import { loadTriageRules } from "../../src/safety/triage/load-triage-rules.ts";

const triage = createScreen(createTriage(await loadTriageRules(`${packageRoot()}/rules/triage`)));
const review = createReviewer(await loadReviewRules(`${packageRoot()}/rules/review`));

/** The real screen and the real review, without lists, limits and counters. */
export function openTestSafety(changes: Partial<SafetyParts> = {}): SafetyParts {
    return {
        triage,
        review,
        access: () => "allowed",
        limits: {
            take: () => Promise.resolve({ allowed: true }),
            spend: () => Promise.resolve(),
        },
        counters: { count: () => undefined },
        ...changes,
    };
}
