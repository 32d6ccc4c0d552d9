import { wordSet } from "../clean-sample.ts";
import {
    afterWriting,
    bothWords,
    followWords,
    inWords,
    itsLanguage,
    languageWord,
    likeWords,
    messageWord,
    ownLanguage,
    writers,
    writingInArabic,
    writingInLatin,
    writingWord,
} from "./automatic-words.ts";
import { has } from "./mention.ts";
import type { Token } from "./tokens.ts";

const eachWords = wordSet("each every everyone everybody both كل كلن كلهم kol kel koul kul");
const owners = wordSet("own their his her its");
/** "Follow me", "امشي معي". */
const goesAlong =
    /^(?:follow|keep|match|mirror|adapt|go|[اتم]?ت?تبع|تابع|[اي]?لحق|ا?مش[يو]|جار|واكب|ساير|e?[mt]?[bt]a?shi|emshi|imshi|etba3|tabe3|sayer)(?:ني|ي|ها|ni|i|ha)?$/;
const withMe = wordSet(
    "me us معي معايا وياي وراي ورايا معانا معنا ma3i m3aya ma3aya waraya wara2i wyaya",
);
/** "Go by what I write". */
const things = wordSet("what which one ما اللي الي لي elli li");
const requests = ["act", "change", "wish", "ask", "courtesy", "light", "answer"] as const;

/** Whether a word asks for something. */
export function isRequest(token: Token): boolean {
    const { verb, word } = token;
    const isBid = verb !== undefined && verb.person !== "third" && verb.person !== "past";
    return isBid || has(token, ...requests) || followWords.has(word);
}

/** Whether a word bids to answer. */
export function isAnswering(token: Token): boolean {
    const { verb, word } = token;
    const isBid =
        (verb?.kind === "act" || verb?.kind === "change") &&
        verb.person !== "third" &&
        verb.person !== "past";
    return isBid || has(token, "act", "change", "answer") || /^(?:answered|replied)$/.test(word);
}

/** "I write", "she types", "بكتب فيها". */
export function writes(words: readonly Token[]): boolean {
    return words.some(({ word }, at) => {
        const next = words[at + 1]?.word ?? "";
        if (/^(?:you|u)$/.test(word)) return /^(?:get|receive|see)$/.test(next);
        if (writers.has(word)) return writingWord.test(next);
        return writingInArabic.test(word) || writingInLatin.test(word);
    });
}

/** "Go with what I write", "answer like I write", "رد زي ما بكتب". */
export function followsWriting(words: readonly Token[]): boolean {
    return words.some((_, at) => {
        if (!comparesWriting(words, at)) return false;
        const isOpen = at === 0 && words.some(({ word }) => word === "back" || word === "reply");
        const before = words.slice(Math.max(0, at - 8), at);
        const isGoverned =
            isOpen || before.some((token) => isFollowing(token) || isAnswering(token));
        return isGoverned || (tellsBoth(words) && words.some(isRequest));
    });
}

/** "Go with", "mirror". */
export function isFollowing({ word }: Token): boolean {
    return followWords.has(word);
}

function comparesWriting(words: readonly Token[], at: number): boolean {
    const word = words[at]?.word ?? "";
    const previous = words[at - 1]?.word ?? "";
    if (ownLanguage.test(word)) return likeWords.has(previous) || previous === "مع";
    const next = words.slice(at + 1, at + 5);
    if (/^wh(?:ich|at)ever$/.test(word)) {
        return next.some(isMessage) || writes(words.slice(at + 1, at + 8));
    }
    const isLike = likeWords.has(word);
    const isIn = /^(?:باللي|بلي|بالي)$/.test(word);
    const isThing =
        isIn || (things.has(word) && (inWords.has(previous) || followWords.has(previous)));
    if (!isLike && !isThing) return false;
    const end = next.findIndex((_, index) => writes(next.slice(0, index + 1)));
    if (end === -1) return false;
    const after = words[at + end + 2];
    if (after === undefined || word === "way") return true;
    const beyond = words[at + end + 3];
    const isOfPlace = after.word === "in" && beyond !== undefined && !afterWriting.has(beyond.word);
    return (isThing || afterWriting.has(after.word)) && !isOfPlace;
}

function isMessage({ word }: Token): boolean {
    return messageWord.test(word);
}

/** "Answer each in their own language", "كل واحد رد عليه بلغته". */
export function answersEach(words: readonly Token[]): boolean {
    if (!words.some(isAnswering) || !words.some(({ word }) => eachWords.has(word))) return false;
    return words.some(({ word }, at) => {
        const isOwn = languageWord.test(word) && owners.has(words[at - 1]?.word ?? "");
        const isIts = itsLanguage.test(word) || word === "accordingly" || isSplitPronoun(words, at);
        return isOwn || isIts || /^(?:باللي|بلي|بالي|belli|bilelli)$/.test(word);
    });
}

/** "Loghet-ha", of which the hyphen makes two words. */
function isSplitPronoun(words: readonly Token[], at: number): boolean {
    const next = words[at + 1]?.word ?? "";
    return languageWord.test(words[at]?.word ?? "") && /^(?:ha|hom|o)$/.test(next);
}

/** "I change languages a lot, just keep up with me". */
export function followsPatient(words: readonly Token[]): boolean {
    if (!tellsBoth(words)) return false;
    return words.some(({ word }, at) => {
        if (goesAlong.test(word)) {
            const next = words.slice(at + 1, at + 4).map((token) => token.word);
            return /ني$|ni$/.test(word) || next.some((me) => withMe.has(me)) || comparesNext(next);
        }
        return false;
    });
}

/** "متل ما بتيجيك", "as it comes". */
function comparesNext(next: readonly string[]): boolean {
    return next.some(
        (word, at) => likeWords.has(word) && /^(?:ما|ma|it|they)$/.test(next[at + 1] ?? ""),
    );
}

/** Whether the patient tells that he writes both languages. */
function tellsBoth(words: readonly Token[]): boolean {
    const names = new Set(words.map(({ name }) => name?.language));
    const mixes = words.some(({ word }) => /^(?:languages|لغات|اللغات|lo8at|lughat)$/.test(word));
    const isBoth = words.some(({ word }) => bothWords.has(word)) || mixes;
    return isBoth || (names.has("ar") && names.has("en"));
}
