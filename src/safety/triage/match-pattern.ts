import type { Message, Occurrence } from "./read-message.ts";

/** A pattern with the numbers of its classes in place of their names. */
export interface CompiledPattern {
    readonly elements: readonly CompiledElement[];
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
        const match = complete(start, others, places, pattern, message);
        if (match && !hasNear(match, pattern, message)) matches.push(match);
        if (matches.length >= mostMatches) break;
    }
    return matches;
}

function placesOf({ classIds, range }: CompiledElement, message: Message): Occurrence[] {
    const found = classIds.flatMap((classId) => message.occurrences(classId));
    if (range) found.push(...message.numbers(range.from, range.to));
    return classIds.length + (range ? 1 : 0) > 1 ? found.sort((a, b) => a.first - b.first) : found;
}

function complete(
    start: Occurrence,
    others: readonly CompiledElement[],
    places: readonly (readonly Occurrence[])[],
    pattern: CompiledPattern,
    message: Message,
): Match | undefined {
    const match = [start];
    for (const [index, element] of others.entries()) {
        const previous = match.at(-1) ?? start;
        let best: Occurrence | undefined;
        let bestDistance = pattern.window + 1;
        const candidates = places[index + 1] ?? [];
        for (let at = firstWithin(candidates, start.first - 40); at < candidates.length; at += 1) {
            const candidate = candidates[at];
            if (!candidate || candidate.first > start.last + 40) break;
            if (element.after && candidate.first <= previous.last) continue;
            if (match.some((taken) => overlap(taken, candidate))) continue;
            const distance = element.after
                ? distanceBetween(previous, candidate, message)
                : Math.min(...match.map((taken) => distanceBetween(taken, candidate, message)));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        if (!best) return undefined;
        match.push(best);
    }
    return match;
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
