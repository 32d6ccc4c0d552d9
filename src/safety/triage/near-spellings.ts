const shortestWord = 5;

/** Finds the words of a list that differ from a given one by one slip of the fingers. */
export type NearSpellings = (word: string) => readonly string[];

/**
 * Prepares a list of words for the search. A slip is one letter added, left out, replaced, or
 * exchanged with its neighbour (Damerau), in a word of at least five letters.
 */
export function createNearSpellings(words: Iterable<string>): NearSpellings {
    const byShorter = new Map<string, string[]>();
    for (const word of words) {
        if (word.length < shortestWord) continue;
        for (const shorter of [word, ...withoutOne(word)]) {
            const others = byShorter.get(shorter);
            if (others) others.push(word);
            else byShorter.set(shorter, [word]);
        }
    }
    return (word) => {
        if (word.length < shortestWord) return [];
        const found = new Set<string>();
        for (const shorter of [word, ...withoutOne(word)]) {
            for (const other of byShorter.get(shorter) ?? []) {
                if (isOneSlip(word, other)) found.add(other);
            }
        }
        return [...found];
    };
}

function withoutOne(word: string): string[] {
    return Array.from(word, (_, index) => word.slice(0, index) + word.slice(index + 1));
}

function isOneSlip(one: string, other: string): boolean {
    if (one === other) return false;
    let start = 0;
    while (start < one.length && one[start] === other[start]) start += 1;
    let end = 0;
    while (
        end < Math.min(one.length, other.length) - start &&
        one[one.length - 1 - end] === other[other.length - 1 - end]
    ) {
        end += 1;
    }
    const left = one.slice(start, one.length - end);
    const right = other.slice(start, other.length - end);
    if (left.length <= 1 && right.length <= 1) return true;
    return left.length === 2 && left === right.charAt(1) + right.charAt(0);
}
