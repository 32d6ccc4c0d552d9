import {
    automaticWord,
    bothWords,
    conditionWords,
    developments,
    fixedWords,
    itsLanguage,
    languageWord,
    likeWords,
    likewiseWords,
    messageWord,
    myLanguage,
    ownLanguage,
    samenessWords,
    writers,
    writingInArabic,
    writingInLatin,
    writingWord,
} from "./automatic-words.ts";
import { has, some } from "./mention.ts";
import {
    answersEach,
    followsPatient,
    followsWriting,
    isAnswering,
    isFollowing,
    isRequest,
    writes,
} from "./own-writing.ts";
import type { Token } from "./tokens.ts";

const fragment = /auto|lang|lugh|lo8|log[7h]|lo3|lu8|تلقا[يئ]ي|توماتيك|لغ/;
const comparison =
    /\b(?:like|as|how|way|what(?:ever)?|which(?:ever)?|one) (?:i|we|he|she|the|im)\b|mirror|(?:with|follow|mirror|match) me|[زم][يت]ل? ?ما|مثل ما|حسب|كما |كلامي|كتابتي|رسا[لئي]|(?:zay|zey|m[ei]?te?l|kif|kima) ?ma|[7h]a?sa?b/;
const following =
    /repl|answer|respon|follow|mirror|match|write back|talk|\bgo |stick|رد|جاوب|جوب|كلم|حكي|امشي|تابع|تبع|خلي|r[aou]d|j[ae]?wb|j[ae]we?b|gaw|emshi|imshi/;
/** Whether a text in lower case has words for such a request; rules most texts out. */
export function mayAskAutomatic(text: string): boolean {
    return fragment.test(text) || (comparison.test(text) && following.test(text));
}

/** Whether a message asks to be answered in the language in which each message is written. */
export function automaticRequest(words: readonly Token[]): boolean {
    return (
        setsAutomatic(words) ||
        matchesOwn(words) ||
        answersEach(words) ||
        followsWriting(words) ||
        followsPatient(words) ||
        refusesFixed(words) ||
        namesEach(words)
    );
}

/** "Language: auto", "set it back to auto". */
function setsAutomatic(words: readonly Token[]): boolean {
    const at = words.findIndex(({ word }) => automaticWord.test(word));
    if (at === -1) return false;
    const near = words.slice(Math.max(0, at - 7), at + 5);
    const isBrief = words.length <= 9;
    if (near.some((_, index) => isLanguage(near, index)))
        return isBrief || (isBidding(near) && !some(near, "document", "person"));
    const isLike = likeWords.has(words[at + 1]?.word ?? "");
    return isBrief && (isLike || words.every(isKnownOrAutomatic));
}

function isBidding(words: readonly Token[]): boolean {
    return some(words, "courtesy", "change", "ask", "act", "light");
}

/** Whether a word means the language of the answers; not "Arabic language", "language delay". */
function isLanguage(words: readonly Token[], at: number): boolean {
    if (!languageWord.test(words[at]?.word ?? "")) return false;
    return !developments.has(words[at + 1]?.word ?? "");
}

function isKnownOrAutomatic({ word, roles, verb }: Token): boolean {
    return roles.size > 0 || verb !== undefined || automaticWord.test(word);
}

/** "The same language I use", "حسب لغتي", "reply in my language". */
function matchesOwn(words: readonly Token[]): boolean {
    const at = words.findIndex((token, index) => {
        const isNamed =
            words[index - 1]?.name !== undefined || words[index + 1]?.name !== undefined;
        return (isLanguage(words, index) && !isNamed) || ownLanguage.test(token.word);
    });
    if (at === -1) return false;
    const before = words.slice(Math.max(0, at - 6), at);
    const near = [...before, ...words.slice(at, at + 9)];
    const isOwnWriting = isOfOwn(words, at);
    const isAny = /^(?:same|any|whatever|whichever|نفس|بنفس|اي|باي|ay|nafs)$/.test(
        words[at - 1]?.word ?? "",
    );
    const isPaper = before.some((token) => has(token, "document") && !isFollowing(token));
    const isAnotherWho = some(before, "person") && !(isOwnWriting && words.some(isAnswering));
    const isOthers = isPaper || isAnotherWho || some(before, "who");
    if ((isOthers && !(isAny && words.some(isAnswering))) || saysItIsOwn(words, at)) return false;
    const isSame = near.some(({ word }) => samenessWords.has(word));
    const isOwn = near.some((token, index) => tellsOwn(token, near[index - 1]?.word ?? ""));
    const isAsked =
        words.length <= 4 || words.some(isRequest) || samenessWords.has(words[0]?.word ?? "");
    if (!isAsked || !(isOwn || isOwnWriting)) return false;
    const isAnswered = words.length <= 3 || words.some(isAnswering) || words.some(isFollowing);
    return isSame || (isAnswered && isOwnWriting && !namesMyLanguage(words, at));
}

/** "I put Arabic as my language". */
function saysItIsOwn(words: readonly Token[], at: number): boolean {
    return words[at - 2]?.word === "as" && words[at - 3]?.name !== undefined;
}

/** "My language, Arabic", "Arabic is my language". */
function namesMyLanguage(words: readonly Token[], at: number): boolean {
    const isNamed = ({ name }: Token): boolean => name !== undefined;
    const isSaidBefore = words[at - 2]?.roles.has("copula") === true;
    return (
        words.slice(at + 1, at + 4).some(isNamed) ||
        (isSaidBefore && words.slice(at - 3, at).some(isNamed))
    );
}

function tellsOwn({ word }: Token, previous: string): boolean {
    if (word === "me" || word === "mine" || ownLanguage.test(word)) return true;
    if (messageWord.test(word)) return previous !== "a";
    if (writers.has(previous)) {
        return writingWord.test(word) || (previous === "my" && languageWord.test(word));
    }
    return writingInArabic.test(word) || writingInLatin.test(word);
}

/** "In my language", "the language I write in", "بلغة رسالتي". */
function isOfOwn(words: readonly Token[], at: number): boolean {
    const word = words[at]?.word ?? "";
    if (words[at - 1]?.word === "my" || myLanguage.test(word)) return true;
    const around = words.slice(Math.max(0, at - 4), at + 2);
    const isIts = itsLanguage.test(word) || /^(?:ha|o)$/.test(words[at + 1]?.word ?? "");
    if (isIts && around.some((token) => messageWord.test(token.word))) return true;
    const next = words.slice(at + 1, at + 6).map((token) => token.word);
    const isOfMessage = next.some((thing) => messageWord.test(thing) || ownLanguage.test(thing));
    return isOfMessage || writes(words.slice(at + 1, at + 6));
}

/** "No fixed language", "don't stick to one language"; not "stop forcing Arabic". */
function refusesFixed(words: readonly Token[]): boolean {
    return words.some(({ word, verb }, at) => {
        if (!fixedWords.test(word)) return false;
        const near = words.slice(Math.max(0, at - 4), at + 6);
        const isRefused =
            verb?.negated === true || /^م.*ش$/.test(word) || isRefusedBefore(words, at);
        const isOfLanguage = near.some((_, index) => isLanguage(near, index));
        return isRefused && isOfLanguage && !near.some(({ name }) => name !== undefined);
    });
}

function isRefusedBefore(words: readonly Token[], at: number): boolean {
    const before = words.slice(Math.max(0, at - 4), at);
    return some(before, "not") && !some(before, "person", "document", "how");
}

/** "If I write Arabic answer Arabic, if I write English answer English". */
function namesEach(words: readonly Token[]): boolean {
    const names = words.flatMap(({ name }) => (name === undefined ? [] : [name.language]));
    const arabic = names.filter((name) => name === "ar").length;
    const english = names.filter((name) => name === "en").length;
    if (arabic === 0 || english === 0 || arabic + english < names.length) return false;
    const bids = words.filter(isRequest).length;
    const isConditional = words.some(({ word }) => conditionWords.has(word));
    if (arabic >= 2 && english >= 2) {
        const isPaired = names.length === 4 && names[0] === names[1];
        const isOfSome = some(words, "document", "person");
        return isConditional ? bids >= 2 || isPaired : isPaired && words.length <= 12 && !isOfSome;
    }
    if (!words.some(isAnswering)) return false;
    // "If I write Arabic answer in Arabic, otherwise English".
    if (names.length === 3 && names[0] === names[1]) {
        return isConditional && words.some(({ word }) => likewiseWords.has(word));
    }
    // "Sometimes I write in Arabic and sometimes in English, answer each in its own".
    const isMixed = words.some(({ word }) => bothWords.has(word)) && writes(words);
    const last = words.findLastIndex(({ name }) => name !== undefined);
    return isMixed && words.slice(last).some(({ word }) => samenessWords.has(word));
}
