import { dispositions, type Assessment, type ScreenHints, type Triage } from "./assessment.ts";
import { createLexicon } from "./lexicon.ts";
import { type CompiledPattern, type Match, matchPattern, mayMatch } from "./match-pattern.ts";
import { type ContextRules, readContext, type ReadContext } from "./read-context.ts";
import { createReader, type Message } from "./read-message.ts";
import { dependsOn, fires, mentions } from "./rule-logic.ts";
import type { Concept, Pattern, Rule, TriageRules } from "./triage-rules.ts";

/** A pattern of a concept, kept under the classes of one of its elements. */
interface Candidate {
    readonly concept: Pick<Concept, "name" | "kind" | "evenIf">;
    readonly pattern: CompiledPattern;
}

/** Patterns by a class without which they cannot match. */
type PatternIndex = ReadonlyMap<number, readonly Candidate[]>;

/** More than any patient has facts to tell; the newest count. */
const mostEarlier = 30;

/** Prepares the screen: compiles the rules once, which takes about a second. */
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
    const indexOf = (isWanted: (concept: Concept) => boolean): PatternIndex =>
        indexPatterns(rules.concepts.filter(isWanted), compilePattern);
    const contexts = contextRules(rules, compilePattern, lexicon.classId);
    const readMessage = createReader(lexicon, rules.numbers, { filler: lexicon.classId("filler") });
    const figures = indexOf(({ kind }) => kind === "figure");
    const literal = indexOf(({ kind }) => kind !== "figure");
    const facts = indexOf(({ kind }) => kind === "fact");
    const factNames = new Set(
        rules.concepts.filter(({ kind }) => kind === "fact").map(({ name }) => name),
    );
    const ordered = rules.rules.toSorted((a, b) => severity(a) - severity(b));
    const onFacts = ordered.filter((rule) => mentions(rule, factNames));

    const conceptsIn = (
        text: string,
        wanted: PatternIndex,
        hints: ScreenHints = {},
    ): Set<string> => {
        const message = readMessage(text, hints);
        const found = new Set<string>();
        // Most messages tell nothing that is wanted: then neither is worth its time.
        let read: { readonly covered: Uint8Array; readonly context: ReadContext } | undefined;
        for (const { concept, pattern } of candidatesIn(message, wanted)) {
            if (found.has(concept.name)) continue;
            const matches = matchPattern(pattern, message);
            if (matches.length === 0) continue;
            read ??= {
                covered: coveredTokens(figures, message),
                context: readContext(message, contexts),
            };
            const { covered, context } = read;
            if (matches.some((match) => holds(match, concept, covered, context))) {
                found.add(concept.name);
            }
        }
        return found;
    };

    return (text, earlier = [], hints = {}) => {
        const found = conceptsIn(text, literal, hints);
        const alone = assess(ordered.filter((rule) => fires(rule, found)));
        if (!onFacts.some((rule) => dependsOn(rule, factNames, found))) return alone;
        const before = typeof earlier === "function" ? earlier(alone) : earlier;
        if (before.length === 0) return alone;
        for (const words of before.slice(-mostEarlier)) {
            for (const fact of conceptsIn(words, facts)) found.add(fact);
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
        present: classId("present"),
        owner: classId("owner"),
        pronoun: classId("pronoun"),
        urgentCue: classId("urgent-cue"),
    };
}

function indexPatterns(
    concepts: readonly Concept[],
    compile: (pattern: Pattern) => CompiledPattern,
): PatternIndex {
    const index = new Map<number, Candidate[]>();
    for (const concept of concepts) {
        for (const pattern of concept.patterns.map(compile)) {
            const [key] = pattern.elements
                .filter(({ range }) => range === undefined)
                .toSorted((a, b) => a.classIds.length - b.classIds.length);
            for (const classId of key?.classIds ?? []) {
                const others = index.get(classId);
                if (others) others.push({ concept, pattern });
                else index.set(classId, [{ concept, pattern }]);
            }
        }
    }
    return index;
}

/** The patterns all of whose elements occur somewhere in a message. */
function* candidatesIn({ classIds }: Message, index: PatternIndex): Generator<Candidate> {
    for (const classId of classIds) {
        for (const candidate of index.get(classId) ?? []) {
            if (mayMatch(candidate.pattern, classIds)) yield candidate;
        }
    }
}

/** The tokens that figures of speech use: "my phone died" is nobody's death. */
function coveredTokens(figures: PatternIndex, message: Message): Uint8Array {
    const covered = new Uint8Array(message.tokens.length);
    for (const { pattern } of candidatesIn(message, figures)) {
        for (const match of matchPattern(pattern, message)) {
            for (const { first, last } of match) covered.fill(1, first, last + 1);
        }
    }
    return covered;
}

function holds(
    match: Match,
    { kind, evenIf }: Candidate["concept"],
    covered: Uint8Array,
    context: ReadContext,
): boolean {
    if (match.some(({ first, last }) => covered.subarray(first, last + 1).includes(1))) {
        return false;
    }
    return [...context(match, kind)].every((name) => evenIf.includes(name));
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
