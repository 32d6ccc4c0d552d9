/** The composition root's part for safety: the rules, the lists and the limits. */
import { join } from "node:path";
import type { SafetyParts } from "./assistant.ts";
import type { Config } from "./config.ts";
import { packageRoot } from "./package-root.ts";
import { createAccess } from "./safety/access/access.ts";
import { createReviewer } from "./safety/review/create-reviewer.ts";
import { loadReviewRules } from "./safety/review/load-review-rules.ts";
import type { Triage } from "./safety/triage/assessment.ts";
import { createTriage } from "./safety/triage/create-triage.ts";
import { loadTriageRules } from "./safety/triage/load-triage-rules.ts";
import type { Storage } from "./storage.ts";

/**
 * The red-flag screen, with the clinic's own rules.
 *
 * @throws `rules-invalid`.
 */
export async function openTriage({ triageRules }: Pick<Config, "triageRules">): Promise<Triage> {
    const folder = join(packageRoot(), "rules", "triage");
    return createTriage(await loadTriageRules(folder, triageRules));
}

/**
 * What keeps patients safe, before the model and after it.
 *
 * @throws `rules-invalid`, `config-invalid`.
 */
export async function openSafety(
    config: Config,
    { limits, counters }: Pick<Storage, "limits" | "counters">,
): Promise<SafetyParts> {
    const folder = join(packageRoot(), "rules", "review");
    return {
        triage: await openTriage(config),
        review: createReviewer(await loadReviewRules(folder)),
        access: createAccess(config.access),
        limits,
        counters,
    };
}
