import type { Language } from "../message.ts";
import { foldArabic, wordsOf } from "./clean-sample.ts";
import {
    abilities,
    contrasts,
    copulas,
    courtesies,
    joints,
    mentions,
    namedLanguage,
    negations,
    permissions,
    queries,
    reasons,
    reproaches,
    requestWords,
    sayings,
} from "./switch-words.ts";

/** A name of a language alone is a request only in a message that says little else. */
const maxWordsAroundBareName = 6;
/** How far the verb may stand before the name: "answer all of my questions from now on in English". */
const maxReach = 9;

const automatic =
    /\b(?:same|whatever|whichever) language\b|\bautomatic(?:ally)? language\b|\blanguage (?:that )?i (?:write|use|speak)\b|\bmy own language\b|(?:^|\s)(?:بنفس|نفس) (?:اللغه|لغتي)(?:\s|$)|(?:^|\s)باللغه التي (?:اكتب|استخدم|اتكلم|اتحدث)/;

/**
 * The language in which a patient asks to be answered from now on, in English, Arabic or Arabic in
 * Latin letters; `undefined` for a message that merely speaks of a language ("how do you say
 * headache in Arabic?").
 *
 * @param sample A cleaned message.
 */
export function switchRequest(sample: string): Language | "automatic" | undefined {
    const clauses = sample
        .split(/[.,;:!?؟،؛\n…()«»"]+/)
        .map((clause) => wordsOf(clause).map(foldArabic))
        .filter((words) => words.length > 0);
    const allWords = clauses.reduce((sum, words) => sum + words.length, 0);
    let asked: Language | "automatic" | undefined;
    for (const words of clauses) {
        const text = words.join(" ");
        if (automatic.test(text) && words.some((word) => requestWords.has(word))) {
            asked = "automatic";
        }
        asked = requestIn(words, allWords <= maxWordsAroundBareName) ?? asked;
    }
    return asked;
}

function requestIn(words: readonly string[], bareNameCounts: boolean): Language | undefined {
    const at = words.findLastIndex((word) => namedLanguage(word) !== undefined);
    const named = namedLanguage(words[at] ?? "");
    const before = words.slice(Math.max(0, at - maxReach), Math.max(0, at));
    if (named === undefined || !endsRequest(words.slice(at + 1))) return undefined;
    if (isAdjective(before.at(-1), words[at]) || isMention(before, named)) return undefined;

    const other = named === "ar" ? "en" : "ar";
    const core = coreOf(before);
    if (core.length === 0) return bareNameCounts || words.length > 1 ? named : undefined;
    const verb = core.findLastIndex((word) => requestWords.has(word));
    if (verb !== -1) return isNegated(core, verb) ? other : named;
    const ability = core.findLastIndex((word) => abilities.has(word));
    const unable = core.slice(Math.max(0, ability - 2), Math.max(0, ability)).some(isNegation);
    return unable || isNegation(core.at(-1) ?? "") ? other : undefined;
}

/** The words that carry a request: without courtesies and prepositions. */
function coreOf(words: readonly string[]): string[] {
    return words.filter((word) => !courtesies.has(word) && !joints.has(word));
}

function isNegation(word: string): boolean {
    return negations.has(word);
}

/** "Don't reply in", "reply not in"; but not "why don't you reply in". */
function isNegated(core: readonly string[], verb: number): boolean {
    if (core.some((word) => reproaches.has(word))) return false;
    const phrase = core.slice(0, verb).findLastIndex((word) => !requestWords.has(word));
    return isNegation(core[phrase] ?? "") || isNegation(core.at(-1) ?? "");
}

/** Whether the language is spoken of, not asked for. */
function isMention(before: readonly string[], named: Language): boolean {
    const core = coreOf(before);
    const listed =
        core.some((word) => (namedLanguage(word) ?? named) !== named) &&
        !before.some((word) => contrasts.has(word) || isNegation(word));
    const askedFor = before.some((word) => queries.has(word));
    return (
        listed ||
        copulas.has(core.at(-1) ?? "") ||
        core.some((word) => mentions.has(word)) ||
        (askedFor && before.some((word) => sayings.has(word))) ||
        asksLeave(before)
    );
}

/** Whether what follows the name leaves the request as it is. */
function endsRequest(after: readonly string[]): boolean {
    const reason = after.findIndex((word) => reasons.has(word));
    const rest = reason === -1 ? after : after.slice(0, reason);
    return rest.every((word) => courtesies.has(word) || word === "you");
}

/** "The Arabic coffee" has both words definite in Arabic; "the Arabic language" is a name. */
function isAdjective(before = "", name = ""): boolean {
    const definite = /^(?:ال|بال|لل)\p{L}{2}/u.test(before) && !joints.has(before);
    return definite && name.startsWith("ال") && !before.endsWith("لغه");
}

/** "Can I write in Arabic?" */
function asksLeave(words: readonly string[]): boolean {
    return words.some((word, at) => permissions.has(word) && words[at + 1] === "i");
}
