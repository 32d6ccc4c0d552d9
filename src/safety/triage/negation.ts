import type { Message } from "./read-message.ts";

/** The classes by which negation is read, by their names in the rules. */
export interface NegationClasses {
    /** "not", "ما": denies the word or two after it. */
    readonly not: number | undefined;
    /** "no", "without", "مفيش": denies a list of things. */
    readonly nothing: number | undefined;
    /** "have", "feel", "عندي": what follows a "not" and is passed through. */
    readonly have: number | undefined;
    /** "or", "ولا": goes on with the list. */
    readonly or: number | undefined;
    /** "but", "لكن", "because": ends what is denied, and the past. */
    readonly but: number | undefined;
    /** "I", "my", "she": a new sentence begins although nobody wrote a full stop. */
    readonly "new-subject": number | undefined;
    /** "know", "think": what is denied is the knowledge alone. */
    readonly know: number | undefined;
    /** "say", "deny": a "not" within it makes a double negation. */
    readonly deny: number | undefined;
    /** "cannot": a "not" only before "say", "deny". */
    readonly cannot: number | undefined;
    /** "the", "in": passed over. */
    readonly filler: number | undefined;
    /** "not only", "no doubt", "cannot stop": no negation at all. */
    readonly "not-a-negation": number | undefined;
}

const shortReach = 3;
const longReach = 7;

/** For each token the number of the "not" that denies it, or -1. */
export function findNegation(message: Message, classes: NegationClasses): Int32Array {
    const count = message.tokens.length;
    const marks = new Map<keyof NegationClasses, Uint8Array>();
    for (const name of Object.keys(classes) as (keyof NegationClasses)[]) {
        const mark = new Uint8Array(count);
        const classId = classes[name];
        if (classId !== undefined) {
            for (const { first, last } of message.occurrences(classId)) {
                mark.fill(name === "not-a-negation" || name === "nothing" ? 2 : 1, first, last + 1);
                if (name === "nothing") mark[first] = 1;
            }
        }
        marks.set(name, mark);
    }
    const is = (name: keyof NegationClasses, index: number): boolean =>
        (marks.get(name)?.[index] ?? 0) !== 0;

    const negatedBy = new Int32Array(count).fill(-1);
    let negator = -1;
    let reach = 0;
    let denies = false;
    for (const [index, { sentence, afterPause, place }] of message.tokens.entries()) {
        if (sentence !== message.tokens[index - 1]?.sentence) reach = 0;
        const isPlain = !is("not-a-negation", index);
        const startsNothing = isPlain && marks.get("nothing")?.[index] === 1;
        if (isPlain && (is("not", index) || is("nothing", index))) {
            if (reach > 0 && denies) {
                // "I can't say I'm not": both are undone.
                reach = 0;
                denies = false;
                continue;
            }
            if (reach > 0 && is("deny", index)) {
                reach = 0;
                continue;
            }
            if (startsNothing || is("not", index)) negator = index;
            reach = is("nothing", index) ? longReach : shortReach;
            denies = false;
            negatedBy[index] = -1;
            continue;
        }
        if (is("cannot", index) && is("deny", index + 1)) {
            negator = index;
            reach = shortReach;
            denies = false;
            continue;
        }
        if (reach <= 0) continue;
        if (is("but", index) || is("know", index) || (is("new-subject", index) && !denies)) {
            reach = 0;
            continue;
        }
        if (is("deny", index)) {
            denies = true;
            reach = longReach;
            continue;
        }
        if (is("or", index)) {
            reach = longReach;
            continue;
        }
        if (denies && is("new-subject", index)) continue;
        // A comma goes on with a list only when an "or" is still to come.
        if (afterPause && !hasOrAhead(message, index, (at) => is("or", at))) {
            reach = 0;
            continue;
        }
        if (is("have", index)) {
            // "I do not have fever, I have pain": the second one begins anew.
            reach = negatedBy[index - 1] === negator && !is("filler", index - 1) ? 0 : longReach;
            continue;
        }
        negatedBy[index] = negator;
        // The "not" within a word denies it and what it is about, "مابفكر انتحر", but not the next
        // thing that is told: "مأكلتش وبترتعش".
        const isGrownTogether = index === negator + 1 && message.tokens[negator]?.place === place;
        if (isGrownTogether) reach = message.tokens[index + 1]?.text.startsWith("و") ? 0 : 1;
        else if (!is("filler", index)) reach -= 1;
    }
    return negatedBy;
}

function hasOrAhead(message: Message, start: number, isOr: (index: number) => boolean): boolean {
    const sentence = message.tokens[start]?.sentence;
    for (let index = start; index < start + 8; index += 1) {
        if (message.tokens[index]?.sentence !== sentence) return false;
        if (isOr(index)) return true;
    }
    return false;
}
