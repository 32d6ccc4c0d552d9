import type { ReviewCheck } from "../../../src/safety/review/review.ts";

/** Answers by the check that is to find them, and look-alikes that no check may find. */
export type Cases = Readonly<
    Record<
        Exclude<ReviewCheck, "missing-referral">,
        { readonly flagged: readonly string[]; readonly fine: readonly string[] }
    >
>;
