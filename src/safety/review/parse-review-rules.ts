import { AppError } from "../../errors.ts";
import { dispositions } from "../triage/assessment.ts";
import { foldWord } from "../triage/fold-text.ts";
import { readRuleFile, type RuleFault, type RuleNode } from "../triage/rule-file.ts";
import { readPhrase } from "./read-phrase.ts";
import {
    phraseChecks,
    type PhraseRule,
    type Phrases,
    type ReviewRules,
    ruleLanguages,
} from "./review-rules.ts";

interface Draft {
    readonly words: Map<string, Phrases>;
    readonly rules: PhraseRule[];
    /** Lists of plain words: of tokens, of languages, of instructions. */
    readonly lists: Map<string, readonly string[]>;
    /** Which word classes a word class uses. */
    readonly parts: Map<string, readonly string[]>;
    readonly used: { readonly name: string; readonly at: RuleNode }[];
    readonly faults: RuleFault[];
}

const ruleKeys = [
    "id",
    "why",
    "when",
    "within",
    "find",
    "ignore",
    "unless",
    "unless-heading",
    "found",
    "fine",
];
const listNames = [
    "token-ends",
    "token-noise",
    "speakers",
    "assistant",
    "english",
    "arabic",
    "other-latin",
    "instruction-words",
] as const;
const knownSections = ["check", "words", "ignore", "rules", ...listNames];

/**
 * Reads and checks the rule files of the review.
 *
 * @throws `rules-invalid` with all faults at once, one a line, as file:line and what to write.
 */
export function parseReviewRules(
    files: readonly { readonly name: string; readonly text: string }[],
): ReviewRules {
    const draft: Draft = {
        words: new Map(),
        rules: [],
        lists: new Map(),
        parts: new Map(),
        used: [],
        faults: [],
    };
    for (const { name, text } of files) addFile(readRuleFile(name, text, draft.faults), draft);
    for (const { name, at } of draft.used) {
        if (!draft.words.has(name)) {
            refuse(
                draft,
                at,
                `There is no word class <${name}>. Add it under "words", or correct the name.`,
            );
        }
    }
    if (draft.faults.length === 0) refuseCircles(draft);
    const list = (name: (typeof listNames)[number]): readonly string[] => {
        const found = draft.lists.get(name);
        if (!found) {
            draft.faults.push({
                file: "rules/review",
                line: 1,
                message: `The list "${name}" is missing.`,
            });
        }
        return found ?? [];
    };
    const rules: ReviewRules = {
        words: draft.words,
        rules: draft.rules,
        tokens: {
            ends: list("token-ends"),
            noise: list("token-noise"),
            speakers: list("speakers"),
            assistant: list("assistant"),
        },
        languages: {
            english: list("english"),
            arabic: list("arabic"),
            otherLatin: list("other-latin"),
        },
        instructionWords: list("instruction-words"),
    };
    if (draft.faults.length > 0) {
        const lines = draft.faults.map(({ file, line, message }) => `${file}:${line}: ${message}`);
        throw new AppError(
            "rules-invalid",
            `The rules of the review cannot be used:\n${lines.join("\n")}`,
            {
                remedy: "Correct these places in the folder of rules, or put back the original files.",
                faults: draft.faults,
            },
        );
    }
    return rules;
}

function refuse({ faults }: Draft, { file, line }: RuleNode, message: string): void {
    faults.push({ file, line, message });
}

/** A word class must not be part of itself. */
function refuseCircles(draft: Draft): void {
    const whole = new Set<string>();
    const visit = (name: string, within: readonly string[]): void => {
        if (whole.has(name)) return;
        if (within.includes(name)) {
            const at = draft.used.find((use) => use.name === name)?.at;
            if (at) refuse(draft, at, `The word class <${name}> is part of itself.`);
        } else {
            for (const used of draft.parts.get(name) ?? []) visit(used, [...within, name]);
        }
        whole.add(name);
    };
    for (const name of draft.words.keys()) visit(name, []);
}

function addFile(root: RuleNode, draft: Draft): void {
    const sections = new Map(root.entries);
    for (const [name, node] of sections) {
        if (!knownSections.includes(name)) {
            refuse(
                draft,
                node,
                `There is no section "${name}". Write one of: ${knownSections.join(", ")}.`,
            );
        }
    }
    for (const [name, node] of sections.get("words")?.entries ?? []) {
        if (draft.words.has(name))
            refuse(draft, node, `The word class <${name}> is written twice.`);
        const before = draft.used.length;
        draft.words.set(name, readPhrases(node, draft));
        draft.parts.set(
            name,
            draft.used.slice(before).map((use) => use.name),
        );
    }
    for (const name of listNames) {
        const node = sections.get(name);
        if (node) draft.lists.set(name, readStrings(node, draft));
    }
    const rules = sections.get("rules");
    if (!rules) return;
    const check = phraseChecks.find((known) => known === sections.get("check")?.value);
    if (check === undefined) {
        refuse(draft, root, `Write "check:" with one of: ${phraseChecks.join(", ")}.`);
        return;
    }
    const ignore = sections.get("ignore");
    const common = ignore ? readPhrases(ignore, draft) : [];
    for (const node of rules.items ?? []) addRule(node, check, common, draft);
}

function addRule(node: RuleNode, check: PhraseRule["check"], common: Phrases, draft: Draft): void {
    const parts = new Map(node.entries);
    for (const [key, part] of parts) {
        if (!ruleKeys.includes(key))
            refuse(draft, part, `A rule has no "${key}". Write one of: ${ruleKeys.join(", ")}.`);
    }
    const id = parts.get("id")?.value;
    if (typeof id !== "string" || !/^[a-z][a-z0-9-]*$/.test(id)) {
        refuse(draft, node, 'A rule needs an "id" of small letters and hyphens.');
        return;
    }
    if (draft.rules.some((rule) => rule.id === id))
        refuse(draft, node, `The rule "${id}" is written twice.`);
    const phrases = (key: string): Phrases => {
        const part = parts.get(key);
        return part ? readPhrases(part, draft) : [];
    };
    const examples = (key: string): readonly string[] => {
        const part = parts.get(key);
        return part ? byLanguage(part, draft).flatMap((list) => readStrings(list, draft)) : [];
    };
    const find = phrases("find");
    if (find.length === 0) refuse(draft, node, `The rule "${id}" has nothing to find.`);
    const whenNode = parts.get("when");
    const when = whenNode && readStrings(whenNode, draft);
    const known = when && dispositions.filter((disposition) => when.includes(disposition));
    if (whenNode && known?.length !== when?.length) {
        refuse(draft, whenNode, `Write some of: ${dispositions.join(", ")}.`);
    }
    const within = parts.get("within")?.value ?? "sentence";
    if (within !== "sentence" && within !== "clause") {
        refuse(draft, node, 'Write "within: sentence" or "within: clause".');
        return;
    }
    draft.rules.push({
        id,
        check,
        within,
        ...(known && { when: known }),
        find,
        ignore: [...common, ...phrases("ignore")],
        unless: phrases("unless"),
        unlessHeading: phrases("unless-heading"),
        examples: { found: examples("found"), fine: examples("fine") },
    });
}

/** The lists of a section in the two languages. */
function byLanguage(node: RuleNode, draft: Draft): readonly RuleNode[] {
    const lists = node.entries;
    for (const [name, list] of lists) {
        if (!ruleLanguages.some((language) => language === name)) {
            refuse(draft, list, `Write "en:" or "ar:" here, not "${name}:".`);
        }
    }
    if (lists.length === 0) refuse(draft, node, 'Write "en:" and "ar:" here, each with a list.');
    return lists.map(([, list]) => list);
}

function readPhrases(node: RuleNode, draft: Draft): Phrases {
    return byLanguage(node, draft).flatMap((list) =>
        itemsOf(list).flatMap((item) => {
            const source = item.value;
            if (typeof source !== "string") {
                refuse(draft, item, "A phrase must be text; put it in quotes.");
                return [];
            }
            const phrase = readPhrase(source, foldWord);
            if (typeof phrase === "string") {
                refuse(draft, item, `The phrase "${source}": ${phrase}`);
                return [];
            }
            for (const { options } of phrase.steps) {
                for (const option of options) {
                    if (option.kind === "class") draft.used.push({ name: option.name, at: item });
                }
            }
            return [source];
        }),
    );
}

/** A list, or words with commas between them. */
function itemsOf(node: RuleNode): readonly RuleNode[] {
    if (typeof node.value !== "string") return node.items ?? [];
    const words = node.value.split(",").map((word) => word.trim());
    return words.filter(Boolean).map((value) => ({ ...node, value }));
}

function readStrings(node: RuleNode, draft: Draft): readonly string[] {
    const items = itemsOf(node);
    if (items.length === 0) refuse(draft, node, "Write a list here.");
    return items.flatMap((item) => {
        if (typeof item.value === "string") return [item.value];
        refuse(draft, item, "Write text here; put it in quotes.");
        return [];
    });
}
