import type { Message, Occurrence } from "./read-message.ts";

/** A pattern with the numbers of its classes in place of their names. */
export interface CompiledPattern {
    readonly elements: readonly CompiledElement[];
    readonly atStart: boolean;
    readonly without: readonly number[];
    readonly window: number;
}

/** An element of a {@link CompiledPattern}. */
export interface CompiledElement {
    readonly after: boolean;
    readonly classIds: readonly number[];
    readonly range?: { readonly from: number; readonly to: number };
}

/** Where a pattern was found: the occurrences of its elements, in the order of the pattern. */
export type Match = readonly Occurrence[];

/** More than any patient repeats one complaint. */
const mostMatches = 60;
/** Ways to complete one match; more are only needed by texts that repeat one word. */
const mostAttempts = 24;
/** In words. */
const longestPhrase = 8;

/** Whether all elements of a pattern occur somewhere in a message that has these classes. */
export function mayMatch({ elements }: CompiledPattern, classIds: ReadonlySet<number>): boolean {
    return elements.every(
        (element) => element.range !== undefined || element.classIds.some((id) => classIds.has(id)),
    );
}

/** All places of a pattern in a message, each with the nearest words that complete it. */
export function matchPattern(pattern: CompiledPattern, message: Message): Match[] {
    const [anchor, ...others] = pattern.elements;
    if (!anchor) return [];
    const places: Occurrence[][] = [];
    for (const element of [anchor, ...others]) {
        const found = placesOf(element, message);
        if (found.length === 0) return [];
        places.push(found);
    }
    const matches: Match[] = [];
    for (const start of places[0] ?? []) {
        if (pattern.atStart && !isAtStart(start.first, message)) continue;
        const match = complete(start, others, places, pattern, message);
        if (match && !hasNear(match, pattern, message)) matches.push(match);
        if (matches.length >= mostMatches) break;
    }
    return matches;
}

function isAtStart(index: number, { tokens }: Message): boolean {
    return tokens[index - 1]?.sentence !== tokens[index]?.sentence;
}

function placesOf({ classIds, range }: CompiledElement, message: Message): Occurrence[] {
    const found = classIds.flatMap((classId) => message.occurrences(classId));
    if (range) found.push(...message.numbers(range.from, range.to));
    return classIds.length + (range ? 1 : 0) > 1 ? found.sort((a, b) => a.first - b.first) : found;
}

/**
 * Completes a match with the nearest words, and takes others where those are needed elsewhere: in
 * "two boxes of tablets" the boxes are either the amount or the medicine.
 */
function complete(
    start: Occurrence,
    others: readonly CompiledElement[],
    places: readonly (readonly Occurrence[])[],
    pattern: CompiledPattern,
    message: Message,
): Match | undefined {
    const match = [start];
    let attempts = 0;
    const place = (index: number): boolean => {
        const element = others[index];
        if (!element) return true;
        attempts += 1;
        if (attempts > mostAttempts) return false;
        const candidates = near(match, element, places[index + 1] ?? [], pattern.window, message);
        for (const { candidate } of candidates) {
            match.push(candidate);
            if (place(index + 1)) return true;
            match.pop();
        }
        return false;
    };
    return place(0) ? match : undefined;
}

interface Candidate {
    readonly candidate: Occurrence;
    readonly distance: number;
}

function near(
    match: Match,
    { after }: CompiledElement,
    places: readonly Occurrence[],
    window: number,
    message: Message,
): Candidate[] {
    const first = Math.min(...match.map((taken) => taken.first));
    const last = Math.max(...match.map((taken) => taken.last));
    const previous = match.at(-1);
    const found: Candidate[] = [];
    for (
        let at = firstWithin(places, first - window - longestPhrase);
        at < places.length;
        at += 1
    ) {
        const candidate = places[at];
        if (!candidate || candidate.first > last + window) break;
        if (match.some((taken) => overlap(taken, candidate))) continue;
        if (after && previous && candidate.first <= previous.last) continue;
        const neighbours = after && previous ? [previous] : match;
        const distance = Math.min(
            ...neighbours.map((taken) => distanceBetween(taken, candidate, message)),
        );
        if (distance <= window) found.push({ candidate, distance });
    }
    return found.sort((a, b) => a.distance - b.distance);
}

/** The index of the first occurrence that begins at or after a token, by halving. */
function firstWithin(occurrences: readonly Occurrence[], token: number): number {
    let low = 0;
    let high = occurrences.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((occurrences[middle]?.first ?? 0) < token) low = middle + 1;
        else high = middle;
    }
    return low;
}

function overlap(one: Occurrence, other: Occurrence): boolean {
    return one.first <= other.last && other.first <= one.last;
}

function distanceBetween(one: Occurrence, other: Occurrence, { tokens }: Message): number {
    const [left, right] = one.first <= other.first ? [one, other] : [other, one];
    return (tokens[right.first]?.place ?? 0) - (tokens[left.last]?.place ?? 0);
}

function hasNear(match: Match, { without, window }: CompiledPattern, message: Message): boolean {
    return without.some((classId) =>
        message
            .occurrences(classId)
            .some((place) =>
                match.some((taken) => distanceBetween(taken, place, message) <= window),
            ),
    );
}
