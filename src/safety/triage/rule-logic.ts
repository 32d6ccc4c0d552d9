import type { Condition, Rule } from "./triage-rules.ts";

/** Whether a rule mentions any of some concepts. */
export function mentions({ when }: Rule, wanted: ReadonlySet<string>): boolean {
    return when.some((conditions) =>
        conditions.some(({ concepts }) => concepts.some((concept) => wanted.has(concept))),
    );
}

/** Whether a rule fires on what a message says. */
export function fires({ when }: Rule, found: ReadonlySet<string>): boolean {
    return when.some((conditions) => conditions.every((condition) => isMet(condition, found)));
}

/**
 * Whether it depends on `facts` that are not found yet if a rule fires: when it does not, it fires or
 * stays silent whichever of them are added.
 */
export function dependsOn(
    { when }: Rule,
    facts: ReadonlySet<string>,
    found: ReadonlySet<string>,
): boolean {
    let depends = false;
    for (const conditions of when) {
        const state = stateOf(conditions, facts, found);
        if (state === "met") return false;
        if (state === "open") depends = true;
    }
    return depends;
}

function stateOf(
    conditions: readonly Condition[],
    facts: ReadonlySet<string>,
    found: ReadonlySet<string>,
): "met" | "unmet" | "open" {
    let open = false;
    for (const condition of conditions) {
        if (isOpen(condition, facts, found)) open = true;
        else if (!isMet(condition, found)) return "unmet";
    }
    return open ? "open" : "met";
}

function isMet({ concepts, absent }: Condition, found: ReadonlySet<string>): boolean {
    return concepts.some((concept) => found.has(concept)) !== absent;
}

function isOpen(
    { concepts }: Condition,
    facts: ReadonlySet<string>,
    found: ReadonlySet<string>,
): boolean {
    return (
        !concepts.some((concept) => found.has(concept)) &&
        concepts.some((concept) => facts.has(concept))
    );
}
