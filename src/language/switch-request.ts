import type { Language } from "../message.ts";
import { foldArabic, wordsOf } from "./clean-sample.ts";
import {
    abilities,
    copulas,
    courtesies,
    joints,
    mentions,
    namedLanguage,
    negations,
    reproaches,
    requestWords,
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
    if (named === undefined) return undefined;
    if (!words.slice(at + 1).every((word) => courtesies.has(word))) return undefined;

    const before = words.slice(Math.max(0, at - maxReach), at);
    const core = before.filter((word) => !courtesies.has(word) && !joints.has(word));
    if (core.some((word) => mentions.has(word)) || asksForWord(before)) return undefined;
    if (copulas.has(core.at(-1) ?? "")) return undefined;

    const other = named === "ar" ? "en" : "ar";
    const negated = core.some((word) => negations.has(word));
    const reproach = core.some((word) => reproaches.has(word)) || asksWhyNot(before);
    const wanted = negated && !reproach ? other : named;

    const content = core.filter((word) => !negations.has(word));
    if (content.length === 0) return bareNameCounts || negated ? wanted : undefined;
    if (content.some((word) => requestWords.has(word))) return wanted;
    if (negated && content.some((word) => abilities.has(word))) return wanted;
    return undefined;
}

/** "How do you say … in Arabic?", "what is … in English?" */
function asksForWord(words: readonly string[]): boolean {
    const how = words.some((word) =>
        ["how", "what", "what's", "كيف", "شلون", "شو", "ازاي"].includes(word),
    );
    return (
        how &&
        words.some((word) =>
            ["say", "is", "are", "call", "write", "what's", "اقول", "نقول", "يقال", "قول"].includes(
                word,
            ),
        )
    );
}

/** "Can't you answer in Arabic?" */
function asksWhyNot(words: readonly string[]): boolean {
    const at = words.findIndex((word) =>
        ["can't", "couldn't", "won't", "cant", "don't"].includes(word),
    );
    return at !== -1 && words[at + 1] === "you";
}
