import { dispositions } from "./assessment.ts";
import { foldWord } from "./fold-text.ts";
import type { RuleFault, RuleNode } from "./rule-file.ts";
import {
    isName,
    type Misunderstood,
    readConditions,
    readEntries,
    readPattern,
} from "./rule-syntax.ts";
import {
    type ConceptKind,
    type Condition,
    contextNames,
    type ContextName,
    type Entry,
    type Pattern,
    type Rule,
} from "./triage-rules.ts";

/** What has been read of the rules so far. */
export interface RuleDraft {
    readonly classes: Map<string, { noun: boolean; entries: Entry[] }>;
    readonly concepts: Map<
        string,
        { kind: ConceptKind; evenIf: ContextName[]; patterns: Pattern[] }
    >;
    readonly contexts: Map<ContextName, Pattern[]>;
    readonly rules: Map<string, Rule>;
    readonly numbers: Map<string, number>;
    readonly spellings: Map<string, readonly string[]>;
    readonly ordinary: Set<string>;
    /** Names that are used, and where: checked when all files are read. */
    readonly usedClasses: { readonly name: string; readonly at: RuleNode }[];
    readonly usedConcepts: { readonly name: string; readonly at: RuleNode }[];
    readonly faults: RuleFault[];
}

/** The sections of a rule file, and what reads them into the draft. */
export const sections: Readonly<Record<string, (node: RuleNode, draft: RuleDraft) => void>> = {
    words: addWords,
    concepts: addConcepts,
    contexts: addContexts,
    rules: addRules,
    numbers: addNumbers,
    spellings: addSpellings,
    ordinary: addOrdinary,
};
const kinds: readonly ConceptKind[] = ["symptom", "disease", "fact", "figure"];

/** Notes a fault and where it is. */
export function refuse({ faults }: RuleDraft, { file, line }: RuleNode, message: string): void {
    faults.push({ file, line, message });
}

function isMisunderstood(value: object): value is Misunderstood {
    return "misunderstood" in value;
}

function checkName(draft: RuleDraft, at: RuleNode, name: string): void {
    if (!isName(name)) {
        refuse(
            draft,
            at,
            `"${name}" is no name. Write small Latin letters with dashes, such as "chest-pain".`,
        );
    }
}

function textOf(draft: RuleDraft, node: RuleNode, what: string): string {
    if (typeof node.value === "string" || typeof node.value === "number") return String(node.value);
    refuse(draft, node, `${what} is missing. Write it as a text.`);
    return "";
}

function addWords(node: RuleNode, draft: RuleDraft): void {
    for (const [name, inner] of node.entries) {
        checkName(draft, inner, name);
        const words = draft.classes.get(name) ?? { noun: false, entries: [] };
        draft.classes.set(name, words);
        for (const [key, value] of inner.entries) {
            if (key === "nouns") words.noun = value.value === true;
            else addEntries(draft, words.entries, key, value);
        }
    }
}

function addEntries(draft: RuleDraft, entries: Entry[], key: string, value: RuleNode): void {
    if (key === "en" || key === "ar") {
        const text = textOf(draft, value, "A list of words");
        entries.push(...readEntries(text, key === "en" ? "latin" : "arabic"));
    } else {
        refuse(draft, value, `There is no setting "${key}" here. Words stand under "en" or "ar".`);
    }
}

function addConcepts(node: RuleNode, draft: RuleDraft): void {
    for (const [name, inner] of node.entries) {
        checkName(draft, inner, name);
        const concept = draft.concepts.get(name) ?? { kind: "symptom", evenIf: [], patterns: [] };
        draft.concepts.set(name, concept);
        if (inner.items) {
            concept.patterns.push(...patternsOf(inner, draft));
            continue;
        }
        const entries: Entry[] = [];
        for (const [key, value] of inner.entries) {
            if (key === "patterns") concept.patterns.push(...patternsOf(value, draft));
            else if (key === "kind") concept.kind = oneOf(draft, value, kinds) ?? concept.kind;
            else if (key === "even-if") {
                for (const item of value.items ?? []) {
                    concept.evenIf.push(...[oneOf(draft, item, contextNames) ?? []].flat());
                }
            } else addEntries(draft, entries, key, value);
        }
        if (entries.length > 0) {
            const own = draft.classes.get(name) ?? { noun: false, entries: [] };
            own.entries.push(...entries);
            draft.classes.set(name, own);
            concept.patterns.push({
                elements: [{ after: false, classes: [name] }],
                atStart: false,
                without: [],
                window: 0,
            });
        }
    }
}

function oneOf<Value extends string>(
    draft: RuleDraft,
    node: RuleNode,
    values: readonly Value[],
): Value | undefined {
    const found = values.find((value) => value === node.value);
    if (found === undefined) refuse(draft, node, `Write one of: ${values.join(", ")}.`);
    return found;
}

function patternsOf(node: RuleNode, draft: RuleDraft): Pattern[] {
    if (!node.items) refuse(draft, node, 'Write patterns as a list, one a line, each after "- ".');
    return (node.items ?? []).flatMap((item) => {
        const pattern = readPattern(textOf(draft, item, "A pattern"));
        if (isMisunderstood(pattern)) {
            refuse(draft, item, pattern.misunderstood);
            return [];
        }
        for (const name of [
            ...pattern.elements.flatMap(({ classes }) => classes),
            ...pattern.without,
        ]) {
            draft.usedClasses.push({ name, at: item });
        }
        return [pattern];
    });
}

function addContexts(node: RuleNode, draft: RuleDraft): void {
    for (const [name, inner] of node.entries) {
        const context = contextNames.find((known) => known === name);
        if (!context || context === "negated") {
            refuse(
                draft,
                inner,
                `There is no context "${name}". Write one of: ${contextNames.slice(1).join(", ")}.`,
            );
            continue;
        }
        const patterns = draft.contexts.get(context) ?? [];
        patterns.push(...patternsOf(inner, draft));
        draft.contexts.set(context, patterns);
    }
}

function addRules(node: RuleNode, draft: RuleDraft): void {
    for (const item of node.items ?? []) {
        const parts = new Map(item.entries);
        const part = (name: string): RuleNode =>
            parts.get(name) ?? { ...item, value: undefined, entries: [], items: undefined };
        const id = textOf(draft, part("id"), 'The rule\'s "id"');
        checkName(draft, item, id);
        const disposition = oneOf(draft, part("disposition"), dispositions.slice(0, -1));
        const when = (part("when").items ?? []).flatMap((line) => conditionsOf(draft, line));
        if (when.length === 0) refuse(draft, item, `The rule "${id}" has no "when".`);
        const tests = new Map(part("tests").entries);
        const texts = (name: string): string[] =>
            (tests.get(name)?.items ?? []).map(({ value }) => String(value));
        draft.rules.set(id, {
            id,
            disposition: disposition === undefined || disposition === "none" ? "soon" : disposition,
            crisis: part("crisis").value === true,
            when,
            reason: textOf(draft, part("reason"), 'The rule\'s "reason"'),
            source: textOf(draft, part("source"), 'The rule\'s "source"'),
            tests: { fires: texts("fires"), silent: texts("silent") },
        });
    }
}

function conditionsOf(draft: RuleDraft, line: RuleNode): (readonly Condition[])[] {
    const conditions = readConditions(textOf(draft, line, "A condition"));
    if (isMisunderstood(conditions)) {
        refuse(draft, line, conditions.misunderstood);
        return [];
    }
    for (const { concepts } of conditions) {
        for (const name of concepts) draft.usedConcepts.push({ name, at: line });
    }
    return [conditions];
}

function addNumbers(node: RuleNode, draft: RuleDraft): void {
    for (const [value, inner] of node.entries) {
        const worth = Number(value);
        if (!Number.isFinite(worth)) refuse(draft, inner, `"${value}" is no number.`);
        for (const word of textOf(draft, inner, "A list of words").split(/[,،]/)) {
            draft.numbers.set(foldWord(word), worth);
        }
    }
}

function addSpellings(node: RuleNode, draft: RuleDraft): void {
    for (const [arabic, inner] of node.entries) {
        for (const spelling of textOf(draft, inner, "A list of spellings").split(",")) {
            const latin = spelling.trim().toLowerCase();
            draft.spellings.set(latin, [...(draft.spellings.get(latin) ?? []), arabic]);
        }
    }
}

function addOrdinary(node: RuleNode, draft: RuleDraft): void {
    for (const word of textOf(draft, node, "A list of words").split(/\s+/)) {
        draft.ordinary.add(foldWord(word));
    }
}
