/** The composition root's part for safety: the rules, the lists and the limits. */
import { join } from "node:path";
import type { SafetyParts } from "./assistant.ts";
import type { Config } from "./config.ts";
import { packageRoot } from "./package-root.ts";
import { type AccessCheck, createAccess } from "./safety/access/access.ts";
import { createAdministratorCheck } from "./safety/access/administrators.ts";
import { createReviewer } from "./safety/review/create-reviewer.ts";
import { loadReviewRules } from "./safety/review/load-review-rules.ts";
import type { ReviewRules } from "./safety/review/review-rules.ts";
import { createTriage } from "./safety/triage/create-triage.ts";
import { loadTriageRules } from "./safety/triage/load-triage-rules.ts";
import type { TriageRules } from "./safety/triage/triage-rules.ts";
import { createScreen } from "./screen-words.ts";
import { ruleFileDigests } from "./settings/rule-file-faults.ts";
import type { Storage } from "./storage.ts";

/** Administrators cannot lock themselves out. */
function createClinicAccess({ access, admins }: Pick<Config, "access" | "admins">): AccessCheck {
    const isAdministrator = createAdministratorCheck(admins);
    const check = createAccess(access);
    return (conversation) => (isAdministrator(conversation) ? "allowed" : check(conversation));
}

/** The rules before the model and after it. */
export interface SafetyRules {
    readonly triage: TriageRules;
    readonly review: ReviewRules;
}

/**
 * Reads the rules that ship, and the clinic's own.
 *
 * @throws `rules-invalid`.
 */
export async function loadSafetyRules({
    triageRules,
}: Pick<Config, "triageRules">): Promise<SafetyRules> {
    const folder = (name: string): string => join(packageRoot(), "rules", name);
    return {
        triage: await loadTriageRules(folder("triage"), triageRules),
        review: await loadReviewRules(folder("review")),
    };
}

/**
 * What keeps patients safe, before the model and after it.
 *
 * @throws `rules-invalid`, `config-invalid`.
 */
export async function openSafety(
    config: Config,
    { openLimits, counters }: Pick<Storage, "openLimits" | "counters">,
): Promise<SafetyParts> {
    return safetyParts(await compileRules(config), config, { openLimits, counters });
}

/**
 * Gives what opens the safety parts of one configuration after another. To compile the rules takes about a
 * second in which the process does nothing else, so they are compiled anew only when the clinic's own
 * have changed; the rules that ship do not change while the program runs.
 */
export function createSafetyOpener(): typeof openSafety {
    let kept: { readonly key: string; readonly rules: CompiledRules } | undefined;
    return async (config, storage) => {
        const { triageRules } = config;
        const key = JSON.stringify([triageRules, ruleFileDigests(triageRules)]);
        if (kept?.key !== key) kept = { key, rules: await compileRules(config) };
        return safetyParts(kept.rules, config, storage);
    };
}

type CompiledRules = Pick<SafetyParts, "triage" | "review">;

async function compileRules(config: Config): Promise<CompiledRules> {
    const rules = await loadSafetyRules(config);
    return {
        triage: createScreen(createTriage(rules.triage)),
        review: createReviewer(rules.review),
    };
}

function safetyParts(
    rules: CompiledRules,
    config: Config,
    { openLimits, counters }: Pick<Storage, "openLimits" | "counters">,
): SafetyParts {
    return {
        ...rules,
        access: createClinicAccess(config),
        limits: openLimits(config.limits),
        counters,
    };
}
