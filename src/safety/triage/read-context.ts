import { type CompiledPattern, type Match, matchPattern, mayMatch } from "./match-pattern.ts";
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
    /** "my", "our" alone. */
    readonly owner: number | undefined;
    /** "he", "her": in a story, somebody of the story. */
    readonly pronoun: number | undefined;
    /** "now", "again": the past ends here. */
    readonly now: number | undefined;
    /** "has", "is": told as present, whatever the clause beside it says of the past. */
    readonly present: number | undefined;
    /** "help", "الحقوني": nobody asks out of curiosity. */
    readonly urgentCue: number | undefined;
}

/** Tells why a match says nothing about the present, or that it does. */
export type ReadContext = (match: Match, kind: ConceptKind) => ReadonlySet<ContextName>;

const hypotheticalReach = 14;
const pastReach = 12;
const presentBefore = 3;
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
            patterns
                .filter((pattern) => mayMatch(pattern, message.classIds))
                .flatMap((pattern) => matchPattern(pattern, message)),
        );
    }
    const personal = marksOf(message, [rules.me, rules.relative]);
    for (const [index, { mine }] of tokens.entries()) if (mine) personal[index] = 1;
    const told = personal.slice();
    const owners = marksOf(message, [rules.owner]);
    const pronouns = marksOf(message, [rules.pronoun]);
    for (const cue of [...(found.get("fiction") ?? []), ...(found.get("example") ?? [])]) {
        // "My favourite film" is about nobody's chest.
        for (const { first, last } of cue) if (last > first) told.fill(0, first, last + 1);
        const before = firstOf(cue) - 1;
        if (owners[before] === 1) told[before] = 0;
    }
    for (const [index, mark] of pronouns.entries()) if (mark === 1) told[index] = 0;

    const pastCues = (found.get("past") ?? []).map(firstOf);
    const present = marksOf(message, [rules.present]);
    const clauseStarts = marksOf(message, [rules.negation["new-subject"]]);
    for (const [index, { afterPause }] of tokens.entries()) if (afterPause) clauseStarts[index] = 1;
    const isPast = (first: number, last: number): boolean =>
        (segments[first] ?? 0) >= 0 &&
        pastCues.some(
            (cue) =>
                segments[cue] === segments[first] &&
                Math.abs(cue - first) <= pastReach &&
                !(isToldAsPresent(first, last) && isApart(cue, first, last)),
        );
    const isToldAsPresent = (first: number, last: number): boolean => {
        let end = first;
        while (end < last && clauseStarts[end + 1] !== 1) end += 1;
        const inClause = (at: number): boolean => segments[at] === segments[first];
        return hasNear(present, first - presentBefore, end, inClause);
    };
    /** "How do you say I can't breathe": the clause after the cue is what it is about. */
    const opensQuote = (end: number): boolean => tokens[end + 1]?.afterPause === false;
    /** Whether another clause begins between a cue and a match. */
    const isApart = (cue: number, first: number, last: number): boolean =>
        cue < first
            ? hasNear(clauseStarts, cue + 1, first, () => true)
            : hasNear(clauseStarts, last + 1, cue, () => true);
    const sentencesOf = (name: ContextName, from: number, to: number): Set<number> => {
        const sentences = new Set<number>();
        for (const match of found.get(name) ?? []) {
            const sentence = tokens[firstOf(match)]?.sentence ?? 0;
            for (let next = from; next <= to; next += 1) sentences.add(sentence + next);
        }
        return sentences;
    };
    /** One who studies a complaint may have it too: "my exam is today, my chest hurts". */
    const isExample = (first: number, last: number, isPersonal: boolean): boolean =>
        (found.get("example") ?? []).some((match) => {
            const cue = firstOf(match);
            const end = lastOf(match);
            const away = Math.abs((tokens[cue]?.sentence ?? 0) - (tokens[first]?.sentence ?? 0));
            if (!isPersonal) return away <= 1;
            return (
                away === 0 &&
                segments[cue] === segments[first] &&
                !isApart(opensQuote(end) ? end + 1 : end, first, last)
            );
        });
    const isUrgent = rules.urgentCue !== undefined && message.classIds.has(rules.urgentCue);
    const asksBefore = (first: number, sentence: number): boolean =>
        (found.get("knowledge") ?? []).some(
            (cue) => firstOf(cue) <= first + 1 && tokens[firstOf(cue)]?.sentence === sentence,
        );
    const fiction = sentencesOf("fiction", -1, 1);
    const routine = sentencesOf("routine", 0, 0);

    return (match, kind) => {
        const contexts = new Set<ContextName>();
        const first = firstOf(match);
        const last = lastOf(match);
        const sentence = tokens[first]?.sentence ?? 0;
        const own = (token: number): boolean =>
            match.some((place) => place.first <= token && token <= place.last);
        if (match.some((place) => isNegated(place.first, place.last, negatedBy, own))) {
            contexts.add("negated");
        }
        if (isDeniedAfterwards(last, message, rules.negation)) contexts.add("negated");
        if (kind !== "fact" && isPast(first, last)) contexts.add("past");
        const isNear = (marks: Uint8Array): boolean =>
            hasNear(
                marks,
                first - personalBefore,
                last + personalAfter,
                (at) => tokens[at]?.sentence === sentence,
            );
        const isPersonal = isNear(personal);
        const isOfStory = !(isToldAsPresent(first, last) ? isPersonal : isNear(told));
        const mayBeElsewhere = !isPersonal && !isUrgent;
        if (mayBeElsewhere && asksBefore(first, sentence)) contexts.add("knowledge");
        if (isOfStory && !isUrgent && fiction.has(sentence)) contexts.add("fiction");
        if (!isUrgent && isExample(first, last, !isOfStory)) contexts.add("example");
        if (kind === "disease" && routine.has(sentence)) contexts.add("routine");
        const isHypothetical = (found.get("hypothetical") ?? []).some((cue) => {
            const end = lastOf(cue);
            return (
                tokens[end]?.sentence === sentence &&
                end < first + 1 &&
                first - end <= hypotheticalReach &&
                !(isToldAsPresent(first, last) && isApart(end, first, last))
            );
        });
        if (isHypothetical) contexts.add("hypothetical");
        return contexts;
    };
}

function lastOf(match: Match): number {
    return Math.max(...match.map((place) => place.last));
}

/** Marks the tokens at which classes begin. */
function marksOf(message: Message, classIds: readonly (number | undefined)[]): Uint8Array {
    const marks = new Uint8Array(message.tokens.length);
    for (const classId of classIds) {
        if (classId === undefined) continue;
        for (const { first } of message.occurrences(classId)) marks[first] = 1;
    }
    return marks;
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
