import type { Condition, Rule } from "./triage-rules.ts";

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
        const open = conditions.filter((condition) => isOpen(condition, facts, found));
        const others = conditions.filter((condition) => !open.includes(condition));
        if (!others.every((condition) => isMet(condition, found))) continue;
        if (open.length === 0) return false;
        depends = true;
    }
    return depends;
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
