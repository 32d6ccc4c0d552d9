import { matchPattern, type CompiledPattern, type Match } from "./match-pattern.ts";
import { findNegation, type NegationClasses } from "./negation.ts";
import type { Message } from "./read-message.ts";
import { contextNames, type ConceptKind, type ContextName } from "./triage-rules.ts";

/** What contexts are read by: patterns of the rules, and classes that the reader knows by name. */
export interface ContextRules {
    readonly patterns: ReadonlyMap<ContextName, readonly CompiledPattern[]>;
    readonly negation: NegationClasses;
    /** "I", "my", "عندي". */
    readonly me: number | undefined;
    /** "father", "my baby". */
    readonly relative: number | undefined;
    /** "now", "again": the past ends here. */
    readonly now: number | undefined;
    /** "help", "الحقوني": nobody asks out of curiosity. */
    readonly urgentCue: number | undefined;
}

/** Tells why a match says nothing about the present, or that it does. */
export type ReadContext = (match: Match, kind: ConceptKind) => ReadonlySet<ContextName>;

const hypotheticalReach = 14;
const pastReach = 12;
const personalBefore = 4;
const personalAfter = 3;

/** Reads the contexts of a message once; the answer is then asked for each match. */
export function readContext(message: Message, rules: ContextRules): ReadContext {
    const { tokens } = message;
    const negatedBy = findNegation(message, rules.negation);
    const segments = segmentsOf(message, rules);
    const found = new Map<ContextName, Match[]>();
    for (const name of contextNames) {
        const patterns = rules.patterns.get(name) ?? [];
        found.set(
            name,
            patterns.flatMap((pattern) => matchPattern(pattern, message)),
        );
    }
    const personal = new Uint8Array(tokens.length);
    for (const classId of [rules.me, rules.relative]) {
        if (classId === undefined) continue;
        for (const { first } of message.occurrences(classId)) personal[first] = 1;
    }
    for (const [index, { mine }] of tokens.entries()) if (mine) personal[index] = 1;

    const pastCues = (found.get("past") ?? []).map(firstOf);
    const isPast = (first: number): boolean =>
        (segments[first] ?? 0) >= 0 &&
        pastCues.some(
            (cue) => segments[cue] === segments[first] && Math.abs(cue - first) <= pastReach,
        );
    const sentencesOf = (name: ContextName, from: number, to: number): Set<number> => {
        const sentences = new Set<number>();
        for (const match of found.get(name) ?? []) {
            const sentence = tokens[firstOf(match)]?.sentence ?? 0;
            for (let next = from; next <= to; next += 1) sentences.add(sentence + next);
        }
        return sentences;
    };
    const isUrgent = rules.urgentCue !== undefined && message.classIds.has(rules.urgentCue);
    const asksBefore = (first: number, sentence: number): boolean =>
        (found.get("knowledge") ?? []).some(
            (cue) => firstOf(cue) <= first + 1 && tokens[firstOf(cue)]?.sentence === sentence,
        );
    const fiction = sentencesOf("fiction", -1, 1);
    const example = sentencesOf("example", -1, 1);
    const routine = sentencesOf("routine", 0, 0);

    return (match, kind) => {
        const contexts = new Set<ContextName>();
        const first = firstOf(match);
        const last = Math.max(...match.map((place) => place.last));
        const sentence = tokens[first]?.sentence ?? 0;
        const own = (token: number): boolean =>
            match.some((place) => place.first <= token && token <= place.last);
        if (match.some((place) => isNegated(place.first, place.last, negatedBy, own))) {
            contexts.add("negated");
        }
        if (isDeniedAfterwards(last, message, rules.negation)) contexts.add("negated");
        if (kind !== "fact" && isPast(first)) contexts.add("past");
        const isPersonal = hasNear(
            personal,
            first - personalBefore,
            last + personalAfter,
            (at) => tokens[at]?.sentence === sentence,
        );
        const mayBeElsewhere = !isPersonal && !isUrgent;
        if (mayBeElsewhere && asksBefore(first, sentence)) contexts.add("knowledge");
        if (mayBeElsewhere && fiction.has(sentence)) contexts.add("fiction");
        if (!isUrgent && example.has(sentence)) contexts.add("example");
        if (kind === "disease" && routine.has(sentence)) contexts.add("routine");
        const isHypothetical = (found.get("hypothetical") ?? []).some((cue) => {
            const end = Math.max(...cue.map((place) => place.last));
            return (
                tokens[end]?.sentence === sentence &&
                end < first + 1 &&
                first - end <= hypotheticalReach
            );
        });
        if (isHypothetical) contexts.add("hypothetical");
        return contexts;
    };
}

function firstOf(match: Match): number {
    return Math.min(...match.map((place) => place.first));
}

function isNegated(
    first: number,
    last: number,
    negatedBy: Int32Array,
    own: (token: number) => boolean,
): boolean {
    for (let index = first; index <= last; index += 1) {
        const negator = negatedBy[index] ?? -1;
        // The "not" of "not breathing" belongs to the complaint itself.
        if (negator >= 0 && !own(negator)) return true;
    }
    return false;
}

/** "Fever: none", "حرارة مافي": what is denied stands before. */
function isDeniedAfterwards(last: number, message: Message, { nothing }: NegationClasses): boolean {
    if (nothing === undefined) return false;
    const next = message.tokens[last + 1];
    if (next?.sentence !== message.tokens[last]?.sentence) return false;
    const denial = message.occurrences(nothing).find(({ first }) => first === last + 1);
    if (!denial) return false;
    const after = message.tokens[denial.last + 1];
    return after === undefined || after.sentence !== next?.sentence || after.afterPause;
}

/** Numbers the parts of a message within which the past holds; parts about now are negative. */
function segmentsOf({ tokens, occurrences }: Message, rules: ContextRules): Int32Array {
    const starts = new Uint8Array(tokens.length);
    const mark = (classId: number | undefined, value: number): void => {
        if (classId === undefined) return;
        for (const { first } of occurrences(classId)) starts[first] = value;
    };
    mark(rules.negation.but, 1);
    mark(rules.now, 2);
    const segments = new Int32Array(tokens.length);
    let segment = 0;
    let isNow = false;
    for (const [index, { sentence }] of tokens.entries()) {
        if (starts[index] !== 0 || sentence !== tokens[index - 1]?.sentence) {
            segment += 1;
            isNow = starts[index] === 2;
        }
        segments[index] = isNow ? -segment : segment;
    }
    return segments;
}

function hasNear(
    marks: Uint8Array,
    from: number,
    to: number,
    counts: (index: number) => boolean,
): boolean {
    for (let index = Math.max(0, from); index <= Math.min(to, marks.length - 1); index += 1) {
        if (marks[index] === 1 && counts(index)) return true;
    }
    return false;
}
