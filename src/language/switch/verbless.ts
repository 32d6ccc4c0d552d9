import { wordSet } from "../clean-sample.ts";
import { isOwnSubject, isProposal } from "./cue.ts";
import { has, isJoined, isUnknown, isVocative, joints, some, type Mention } from "./mention.ts";
import type { Token } from "./tokens.ts";
import { hint, silent, unwanted, wanted, type Verdict } from "./verdict.ts";

const possessives = wordSet("my mine عندي تبعي مالتي بتاعي مستواي لغتي ta3i taba3i beta3i 3andi");

/**
 * Judges a name that no verb or wish governs.
 *
 * @param isKnown Whether all the words before the name are known.
 */
export function judgeVerbless(mention: Mention, isKnown: boolean): Verdict {
    if (isKnown && isRefusal(mention)) {
        const isTold = mention.continuesTale || mention.after[0]?.word === "yet";
        return isTold ? { ...unwanted, weight: 1 } : unwanted;
    }
    if (isKnown && isDenied(mention)) return unwanted;
    const predicate = judgePredicate(mention, isKnown);
    const last = mention.before.filter(({ word }) => !joints.has(word)).at(-1);
    if (has(last, "courtesy")) return predicate ?? wanted;
    return predicate ?? (isKnown ? judgeBare(mention) : silent);
}

/** "No English", "مو عربي"; not "it's not English", which tells what is so. */
function isRefusal({ before, isFirst }: Mention): boolean {
    const isTooMuch = /^(?:much|many)$/.test(before.at(-1)?.word ?? "");
    if (isTooMuch && before.at(-2)?.word === "too") return true;
    const at = before.findLastIndex((token) => has(token, "not"));
    const word = before[at]?.word ?? "";
    const isOthers = before.some((token) => has(token, "person") && !has(token, "filler"));
    if (at === -1 || isOthers || some(before, "copula", "document", "third", "why")) return false;
    const isInterjection = /^(?:no|لا)$/.test(word) && before[at - 1]?.word === word;
    // "No, Arabic" and "no Arabic" are the same words in Arabic.
    return !isInterjection && !(/^(?:لا|la)$/.test(word) && at === 0 && isFirst);
}

/** "Arabic no", "arabic reading no", of those who know little English. */
function isDenied({ before, after, isFirst }: Mention): boolean {
    if (!isFirst) return false;
    const [first, second] = has(after[0], "able") ? after.slice(1) : after;
    if (some(before, "person", "document", "copula")) return false;
    return /^(?:no|not|لا)$/.test(first?.word ?? "") && (second === undefined || isEnd(second));
}

function isEnd(token: Token): boolean {
    return has(token, "courtesy", "you") || /^(?:good|sir|madam)$/.test(token.word);
}

/** "العربي ما بفهمه", "الكلام الانجليزي ده مش فاهمه". */
export function isInabilityAfter({ after, before }: Mention): boolean {
    const at = after.findIndex(({ roles, verb }) => roles.has("able") || verb?.kind === "able");
    const lead = after.slice(0, Math.max(0, at));
    const isNear = at !== -1 && at <= 4;
    if (!isNear || !lead.every((token) => has(token, "filler", "not"))) return false;
    const isKnowing = /^(?:know|read|speak|write)$/.test(after[at]?.word ?? "");
    // "بالعربي انا مش فاهم": a new thought begins with its subject.
    const isTold =
        before.every((token) => isPlain(token) || has(token, "copula")) && some(before, "copula");
    if (lead.some(isOwnSubject) && !isTold && !isKnowing) return false;
    const { verb } = after[at] ?? {};
    const isOthers = verb?.person === "third" || some(before, "person", "document", "third");
    return !isOthers && (some(lead, "not") || verb?.negated === true);
}

/** "English would be better", "my Arabic is weak", "العربي عندي ضعيف". */
function judgePredicate(mention: Mention, isKnown: boolean): Verdict | undefined {
    const { before, after } = mention;
    // "Doctor, my English is bad" without the comma.
    const called = has(before[0], "person") && has(before[0], "filler") ? 1 : 0;
    const others = before.slice(called);
    const isOthers = some(others, "person", "document", "third") && !some(before, "ask");
    const isMine = [...before, ...after.slice(0, 3)].some(({ word }) => possessives.has(word));
    const isTold = some(before, "copula") && isJoined(mention);
    // "The Arabic was fine".
    if (/^(?:was|were|كان|كانت)$/.test(after[0]?.word ?? "")) return silent;
    let negated = false;
    for (const [at, token] of after.slice(0, 8).entries()) {
        if (has(token, "not")) {
            negated = true;
        } else if (isMine && isMotherTongue(after, at)) {
            return negated ? unwanted : hint;
        } else if (
            has(token, "wish") &&
            isKnown &&
            !isOthers &&
            some(after.slice(0, at), "copula")
        ) {
            return { isFor: !negated, weight: 2 };
        } else if (has(token, "weak") && (isKnown || before.length <= 2)) {
            // "English little ok".
            if (has(after[at + 1], "better")) return hint;
            return isOthers ? silent : { isFor: negated, weight: 2 };
        } else if (has(token, "better", "courtesy", "ask") && !isTold) {
            const isSaid =
                (isKnown && !isOthers) ||
                (at === 0 && has(token, "courtesy") && !some(before, "document"));
            // "If you don't mind".
            const isFor = !negated || token.word === "mind";
            return isSaid ? { isFor, weight: 2 } : undefined;
        } else if (isUnknown(token) || has(token, "third", "document")) {
            break;
        }
    }
    return negated && isMine && isKnown && !isOthers ? unwanted : undefined;
}

/** "Arabic is my language". */
function isMotherTongue(after: readonly Token[], at: number): boolean {
    const word = after[at]?.word ?? "";
    return some(after.slice(0, 2), "copula") && ["language", "tongue"].includes(word);
}

/** A clause that says hardly more than the name. */
function judgeBare(mention: Mention): Verdict {
    const { before, after, standsOut } = mention;
    if (some(before, "document", "third")) return silent;
    // "Because it is English".
    if (/^(?:لان(?:ه|ها|هم|و)?|because|cause|bcz|cuz)$/.test(before[0]?.word ?? "")) {
        return { ...unwanted, weight: 1 };
    }
    const isNegated = some(before, "not");
    if (some(before, "why")) return isNegated ? wanted : unwanted;
    const isPlainBefore = before.every((token) => isPlain(token) || has(token, "not"));
    if (isPlainBefore && isNegated) return wanted;
    if (some(before, "person") && !some(before, "you", "courtesy") && !isPlainBefore) return silent;
    if (before.at(-1)?.word.startsWith("كله") === true && !isJoined(mention)) return unwanted;
    if (isProposal(before) || some(before, "better", "ask", "courtesy")) return wanted;
    if (!isPlainBefore) return silent;
    const isJoint = isJoined(mention);
    if (saysMore(after)) return isJoint && standsOut ? hint : silent;
    if (mention.continuesQuery) return silent;
    return standsOut || isJoint ? wanted : hint;
}

/** Whether the words after a name are more than courtesies and calls upon someone. */
function saysMore(after: readonly Token[]): boolean {
    const rest = after.filter((_, at) => !isVocative(after.slice(0, at + 1)));
    const isPerson = rest.some((token) => has(token, "person") && !has(token, "filler"));
    return isPerson || rest.some(isUnknown) || some(rest, "third", "copula", "document", "word");
}

/** Whether a word says nothing of its own in a request. */
export function isPlain(token: Token): boolean {
    const fills = has(token, "filler", "ask", "courtesy", "only", "you", "boundary");
    return fills && !has(token, "copula") && !isOwnSubject(token);
}
