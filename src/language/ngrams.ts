/** The longest n-gram in characters; words count with a mark at each end. */
const longest = 4;
/** Longer words are typed by no one; only their beginning is looked at. */
const maxWordCharacters = 20;
/** A language shows within this many words. */
const maxWords = 60;

const edge = "_";

/**
 * The n-grams of words (one to four characters, and each word as a whole), hashed into buckets.
 * Training and detection must use the same ones.
 *
 * @param words In lower case.
 * @param bits There are `2 ** bits` buckets.
 */
export function ngramBuckets(words: readonly string[], bits: number): number[] {
    const mask = 2 ** bits - 1;
    const buckets: number[] = [];
    for (const word of words.slice(0, maxWords)) {
        const marked = edge + shorten(word) + edge;
        for (let start = 0; start < marked.length; start += 1) {
            let hash = fnvOffset;
            for (let end = start; end < Math.min(start + longest, marked.length); end += 1) {
                hash = step(hash, marked.charCodeAt(end));
                if (end > start || marked[start] !== edge) buckets.push(mix(hash) & mask);
            }
        }
        buckets.push(mix(hashWhole(marked)) & mask);
    }
    return buckets;
}

const heldKey = /(.)\1\1/u;
const everyHeldKey = /(.)\1{2,}/gu;

/** Cheerful and desperate people hold a key down: "helloooo", "plzzzz". */
function shorten(word: string): string {
    const head = word.slice(0, maxWordCharacters);
    return heldKey.test(head) ? head.replaceAll(everyHeldKey, "$1$1") : head;
}

// FNV-1a (Fowler, Noll, Vo), with a last mixing step as in MurmurHash3 to fill the low bits.
const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;
const wholeWordOffset = 0x2d358dcc;

function step(hash: number, code: number): number {
    return Math.imul(hash ^ code, fnvPrime);
}

function mix(hash: number): number {
    const folded = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return folded ^ (folded >>> 13);
}

function hashWhole(marked: string): number {
    let hash = wholeWordOffset;
    for (let at = 0; at < marked.length; at += 1) hash = step(hash, marked.charCodeAt(at));
    return hash;
}
