import { dispositions, type Assessment, type Triage } from "./assessment.ts";
import { createLexicon } from "./lexicon.ts";
import { matchPattern, type CompiledPattern, type Match } from "./match-pattern.ts";
import { type ContextRules, readContext } from "./read-context.ts";
import { createReader, type Message } from "./read-message.ts";
import type { Concept, Pattern, Rule, TriageRules } from "./triage-rules.ts";

interface CompiledConcept extends Omit<Concept, "patterns"> {
    readonly patterns: readonly CompiledPattern[];
}

/** More than any patient has facts to tell; the newest count. */
const mostEarlier = 30;

/** Prepares the screen: compiles the rules once, which takes some tens of milliseconds. */
export function createTriage(rules: TriageRules): Triage {
    const lexicon = createLexicon(rules);
    const compilePattern = ({ elements, atStart, without, window }: Pattern): CompiledPattern => {
        const idsOf = (names: readonly string[]): number[] =>
            names.flatMap((name) => lexicon.classId(name) ?? []);
        return {
            elements: elements.map(({ after, classes, range }) => ({
                after,
                classIds: idsOf(classes),
                ...(range && { range }),
            })),
            atStart,
            without: idsOf(without),
            window,
        };
    };
    const concepts = rules.concepts.map((concept): CompiledConcept => ({
        ...concept,
        patterns: concept.patterns.map(compilePattern),
    }));
    const contexts = contextRules(rules, compilePattern, lexicon.classId);
    const readMessage = createReader(lexicon, rules.numbers, { filler: lexicon.classId("filler") });
    const figures = concepts.filter(({ kind }) => kind === "figure");
    const literal = concepts.filter(({ kind }) => kind !== "figure");
    const facts = literal.filter(({ kind }) => kind === "fact");
    const ordered = rules.rules.toSorted((a, b) => severity(a) - severity(b));

    const conceptsIn = (text: string, wanted: readonly CompiledConcept[]): Set<string> => {
        const message = readMessage(text);
        const present = message.classIds;
        const context = readContext(message, contexts);
        const covered = coveredTokens(figures, present, message);
        const found = new Set<string>();
        for (const concept of wanted) {
            if (holds(concept, present, message, covered, context)) found.add(concept.name);
        }
        return found;
    };

    return (text, earlier = []) => {
        const found = conceptsIn(text, literal);
        for (const before of earlier.slice(-mostEarlier)) {
            for (const fact of conceptsIn(before, facts)) found.add(fact);
        }
        return assess(ordered.filter((rule) => fires(rule, found)));
    };
}

function contextRules(
    rules: TriageRules,
    compile: (pattern: Pattern) => CompiledPattern,
    classId: (name: string) => number | undefined,
): ContextRules {
    return {
        patterns: new Map(
            [...rules.contexts].map(([name, patterns]) => [name, patterns.map(compile)]),
        ),
        negation: {
            not: classId("not"),
            nothing: classId("nothing"),
            have: classId("have"),
            or: classId("or"),
            but: classId("but"),
            "new-subject": classId("new-subject"),
            know: classId("know"),
            deny: classId("deny"),
            cannot: classId("cannot"),
            filler: classId("filler"),
            "not-a-negation": classId("not-a-negation"),
        },
        me: classId("me"),
        relative: classId("relative"),
        now: classId("now"),
        urgentCue: classId("urgent-cue"),
    };
}

function canMatch({ elements }: CompiledPattern, present: ReadonlySet<number>): boolean {
    return elements.every(
        ({ classIds, range }) => range !== undefined || classIds.some((id) => present.has(id)),
    );
}

/** The tokens that figures of speech use: "my phone died" is nobody's death. */
function coveredTokens(
    figures: readonly CompiledConcept[],
    present: ReadonlySet<number>,
    message: Message,
): Uint8Array {
    const covered = new Uint8Array(message.tokens.length);
    for (const { patterns } of figures) {
        for (const pattern of patterns) {
            if (!canMatch(pattern, present)) continue;
            for (const match of matchPattern(pattern, message)) {
                for (const { first, last } of match) covered.fill(1, first, last + 1);
            }
        }
    }
    return covered;
}

function holds(
    { patterns, kind, evenIf }: CompiledConcept,
    present: ReadonlySet<number>,
    message: Message,
    covered: Uint8Array,
    context: (match: Match, kind: Concept["kind"]) => ReadonlySet<Concept["evenIf"][number]>,
): boolean {
    for (const pattern of patterns) {
        if (!canMatch(pattern, present)) continue;
        for (const match of matchPattern(pattern, message)) {
            if (match.some(({ first, last }) => covered.subarray(first, last + 1).includes(1)))
                continue;
            const contexts = context(match, kind);
            if ([...contexts].every((name) => evenIf.includes(name))) return true;
        }
    }
    return false;
}

function fires({ when }: Rule, found: ReadonlySet<string>): boolean {
    return when.some((conditions) =>
        conditions.every(
            ({ concepts, absent }) => concepts.some((concept) => found.has(concept)) !== absent,
        ),
    );
}

function severity({ disposition, crisis }: Rule): number {
    return 2 * dispositions.indexOf(disposition) + (crisis ? 0 : 1);
}

function assess(fired: readonly Rule[]): Assessment {
    return {
        disposition: fired[0]?.disposition ?? "none",
        crisis: fired.some(({ crisis }) => crisis),
        rules: fired.map(({ id }) => id),
    };
}
