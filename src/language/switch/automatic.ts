import { wordSet } from "../clean-sample.ts";
import { has, some } from "./mention.ts";
import type { Token } from "./tokens.ts";

const fragment = /auto|lang|lugh|lo8|log[7h]|تلقا[يئ]ي|[اأ]وتوماتيك|لغ/;
const automatic =
    /^(?:auto|[ao]u?tomati[ck](?:ally)?|(?:ال)?تلقا[يئ]ي(?:ه|ا)?|(?:ال)?اوتوماتيكي?(?:ه|ا)?)$/;
const languageWord =
    /^(?:language|lang|langue|(?:el|al|l)?(?:lugha?|lo[8g]ha?|logha|lugah|lo8a|loght|lo8t)t?i?|[بلو]?(?:ال|ل)?لغ[هت]ي?)$/;
const ownLanguage = /^(?:ب?لغتي|رسالتي|رسا[يئ]لي|كلامي|كتابتي|lughati|lo8ti|loghti)$/;
const myLanguage = /^(?:ب?لغتي|lo[g8h]+ti|lughati)$/;
const sameness = wordSet(`
    same whatever whichever whatsoever any match matches matching follow following according
    depending depends based mirror like as way each every per one
    نفس بنفس باي اي حسب بحسب زي متل مثل مهما واحده اللي التي
    nafs nefs benafs hasab 7asab ay ayy zay metel mitl
`);
const owners = wordSet("i im ive my each every");
const ownWriting =
    /^(?:writ(?:e|ing)|typ(?:e|ing)|us(?:e|ing)|speak(?:ing)?|send|text|wrote|messages?|talk)$/;
const ownWritingInArabic =
    /^(?:ب|ك|كن|عم)?[ان]?ت?(?:كتب|ستخدم|ستعمل|كلم|حدث|حكي?|حجي|هضر|هدر|بعت|رسل|سال)(?:ل?ك|ها?|كم)?$/;
const ownWritingInLatin =
    /^(?:b|ba|be|kan|ne|n|a|e)?(?:kt[oei]b|7ki|hki|tk?allem|kallem|tkalam|sta3mel|sta5dem|hder|7chi)\w{0,3}$/;
const conditions = wordSet("if when لو اذا لما law iza lamma");
const requests = ["act", "change", "wish", "ask", "courtesy", "light", "answer"] as const;

/** Whether a text in lower case has a word for a language or for automatic; rules most texts out. */
export function mayAskAutomatic(text: string): boolean {
    return fragment.test(text);
}

/** Whether a message asks to be answered in the language in which each message is written. */
export function automaticRequest(words: readonly Token[]): boolean {
    return setsAutomatic(words) || matchesOwn(words) || namesEachTwice(words);
}

function isRequest(token: Token): boolean {
    const { verb } = token;
    const isBid = verb !== undefined && verb.person !== "third" && verb.person !== "past";
    return isBid || has(token, ...requests);
}

function isAnswering({ roles, verb }: Token): boolean {
    const isBid = verb?.kind === "act" && verb.person !== "third" && verb.person !== "past";
    return isBid || roles.has("act") || roles.has("change");
}

/** "Language: auto", "set it back to auto". */
function setsAutomatic(words: readonly Token[]): boolean {
    const at = words.findIndex(({ word }) => automatic.test(word));
    if (at === -1) return false;
    const near = words.slice(Math.max(0, at - 7), at + 5);
    const isBrief = words.length <= 9;
    if (near.some(({ word }) => languageWord.test(word)))
        return isBrief || some(near, "courtesy", "change");
    return isBrief && words.every(isKnownOrAutomatic);
}

function isKnownOrAutomatic({ word, roles, verb }: Token): boolean {
    return roles.size > 0 || verb !== undefined || automatic.test(word);
}

/** "The same language I use", "حسب لغتي", "reply in my language". */
function matchesOwn(words: readonly Token[]): boolean {
    const at = words.findIndex(({ word }) => languageWord.test(word) || ownLanguage.test(word));
    if (at === -1) return false;
    const before = words.slice(Math.max(0, at - 6), at);
    const near = [...before, ...words.slice(at, at + 9)];
    if (some(before, "person", "document", "who")) return false;
    const isSame = near.some(({ word }) => sameness.has(word));
    const isOwn = near.some((token, index) => tellsOwn(token, near[index - 1]?.word ?? ""));
    const isAsked =
        words.length <= 4 || words.some(isRequest) || sameness.has(words[0]?.word ?? "");
    if (!isOwn || !isAsked) return false;
    const isAnswered = words.length <= 3 || words.some(isAnswering);
    return isSame || (isAnswered && isOfOwn(words, at) && !namesMyLanguage(words, at));
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
    if (/^(?:questions?|messages?|msg|asked|written|سؤالي?|السؤال|الرساله|رسالتي)$/.test(word))
        return previous !== "a";
    if (owners.has(previous)) {
        return ownWriting.test(word) || (previous === "my" && languageWord.test(word));
    }
    return ownWritingInArabic.test(word) || ownWritingInLatin.test(word);
}

/** "In my language", "the language I write in", "بلغة رسالتي". */
function isOfOwn(words: readonly Token[], at: number): boolean {
    const word = words[at]?.word ?? "";
    if (words[at - 1]?.word === "my" || myLanguage.test(word)) return true;
    const next = words.slice(at + 1, at + 6).map((token) => token.word);
    const isWritten = next.some((owner, index) => {
        return owners.has(owner) && ownWriting.test(next[index + 1] ?? "");
    });
    const isMessage =
        next.includes("my") && next.some((thing) => /^(?:messages?|msg)$/.test(thing));
    const isArabic = next.some(
        (thing) => ownLanguage.test(thing) || ownWritingInArabic.test(thing),
    );
    return isWritten || isMessage || isArabic;
}

/** "If I write Arabic answer Arabic, if I write English answer English". */
function namesEachTwice(words: readonly Token[]): boolean {
    const count = (language: string): number =>
        words.filter(({ name }) => name?.language === language).length;
    if (count("ar") < 2 || count("en") < 2) return false;
    return words.filter(isRequest).length >= 2 && words.some(({ word }) => conditions.has(word));
}
