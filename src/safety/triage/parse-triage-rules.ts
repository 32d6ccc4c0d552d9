import { AppError } from "../../errors.ts";
import { readRuleFile } from "./rule-file.ts";
import { type RuleDraft, refuse, sections } from "./rule-sections.ts";
import type { Pattern, TriageRules } from "./triage-rules.ts";

/** A file of rules: its name, for faults, and its text. */
export interface NamedText {
    readonly name: string;
    readonly text: string;
}

/**
 * Reads and checks rule files; later files add to word classes, concepts and contexts of earlier
 * ones, and replace rules with the same id.
 *
 * @throws `rules-invalid` with all faults at once, one a line, as file:line and what to write.
 */
export function parseTriageRules(files: readonly NamedText[]): TriageRules {
    const draft: RuleDraft = {
        classes: new Map(),
        concepts: new Map(),
        contexts: new Map(),
        rules: new Map(),
        numbers: new Map(),
        spellings: new Map(),
        ordinary: new Set(),
        usedClasses: [],
        usedConcepts: [],
        faults: [],
    };
    for (const { name, text } of files) {
        for (const [section, node] of readRuleFile(name, text, draft.faults).entries) {
            const add = sections[section];
            if (add) add(node, draft);
            else
                refuse(
                    draft,
                    node,
                    `There is no section "${section}". Write one of: ${Object.keys(sections).join(", ")}.`,
                );
        }
    }
    const included = includeConcepts(draft);
    for (const { name, at } of draft.usedClasses) {
        if (!draft.classes.has(name) && !draft.concepts.has(name)) {
            refuse(
                draft,
                at,
                `There is no word class "${name}". Add it under "words", or correct the name.`,
            );
        }
    }
    for (const { name, at } of draft.usedConcepts) {
        if (!draft.concepts.has(name)) {
            refuse(
                draft,
                at,
                `There is no concept "${name}". Add it under "concepts", or correct the name.`,
            );
        }
    }
    if (draft.faults.length > 0) {
        const lines = draft.faults.map(({ file, line, message }) => `${file}:${line}: ${message}`);
        throw new AppError(
            "rules-invalid",
            `Some triage rules cannot be used:\n${lines.join("\n")}`,
            {
                remedy: "Correct these lines, or put back the original files.",
                faults: draft.faults,
            },
        );
    }
    const inRules = new Set(draft.usedConcepts.map(({ name }) => name));
    return {
        classes: [...draft.classes].map(([name, rest]) => ({ name, ...rest })),
        // What only other concepts are made of has become part of them.
        concepts: [...draft.concepts]
            .map(([name, rest]) => ({ name, ...rest }))
            .filter(({ name }) => inRules.has(name) || !included.has(name)),
        contexts: draft.contexts,
        rules: [...draft.rules.values()],
        numbers: draft.numbers,
        spellings: draft.spellings,
        ordinary: draft.ordinary,
    };
}

/**
 * A pattern that names a concept alone stands for all patterns of that concept. Returns the names
 * of the concepts that were put into others.
 */
function includeConcepts({ classes, concepts }: RuleDraft): ReadonlySet<string> {
    const names = new Set<string>();
    const expand = (pattern: Pattern, depth: number): Pattern[] => {
        const [element, ...others] = pattern.elements;
        const [name, ...alternatives] = element?.classes ?? [];
        if (name === undefined || others.length > 0 || alternatives.length > 0) return [pattern];
        const included = classes.has(name) ? undefined : concepts.get(name);
        // Concepts that include each other end here instead of never.
        if (!included || depth > 4) return [pattern];
        names.add(name);
        return included.patterns.flatMap((inner) => expand(inner, depth + 1));
    };
    const expanded = [...concepts].map(
        ([name, { patterns }]) =>
            [name, patterns.flatMap((pattern) => expand(pattern, 0))] as const,
    );
    for (const [name, patterns] of expanded) {
        const concept = concepts.get(name);
        if (concept) concept.patterns = patterns;
    }
    return names;
}
