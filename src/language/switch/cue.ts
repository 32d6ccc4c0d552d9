import { wordSet } from "../clean-sample.ts";
import { has, isUnknown, isVocative, joints, some } from "./mention.ts";
import type { Token } from "./tokens.ts";

const kinds = ["past", "act", "answer", "change", "wish", "able", "light"] as const;
type Kind = (typeof kinds)[number];

/** The verb, noun or wish that a language's name belongs to. */
export interface Cue {
    readonly kind: Kind;
    readonly token: Token;
    /** What stands before it, and between it and the name. */
    readonly context: readonly Token[];
    readonly path: readonly Token[];
}

const ownSubjects = wordSet("i we im ive ill id ana ani e7na ehna انا اني احنا نحن");
const helpers = wordSet("do have going let like");
/** "How about", "شو رايك". */
const proposals = wordSet("about رايك");
/** What an answer of the assistant holds. */
const contents = wordSet(`
    schedule schedules dates timing timings steps instructions rules الخطه خطه المواعيد مواعيد
    الجدول جدول explanation advice details info information summary diet plan tips
    recommendations precautions warnings effects dose doses dosage directions points
    تعليمات التعليمات خطوات الخطوات نصايح النصايح النصائح نصائح ارشادات الارشادات معلومات المعلومات
    الجرعه الجرعات تفاصيل التفاصيل شرح الشرح كلام الكلام ta3limat khatawat 5atawat nasa2e7 ma3lomat
`);
const bareNot = /^(?:no|not|لا|مش|مو)$/;
const contractedNot = /^(?:can|cud|could|won|wo|would|don|do|should|is|are)n?t$/;

/** Whether the patient is the one of whom something is told. */
export function isOwnSubject({ word }: Token): boolean {
    return ownSubjects.has(word);
}

/** Whether a verb tells of a third person. */
export function isThird(token: Token): boolean {
    return token.verb?.person === "third" || has(token, "third");
}

/**
 * Finds the cue nearest to the name, and whether only known words part the two. A verb of answering
 * reaches over unknown words, every other cue does not.
 */
export function cueOf(before: readonly Token[]): { cue: Cue | undefined; isKnown: boolean } {
    let isKnown = true;
    for (const [at, token] of [...before.entries()].toReversed()) {
        const kind = token.verb?.kind ?? kinds.find((role) => token.roles.has(role));
        const governs = kind === "act" || kind === "past" || isKnown || isOfAnswer(before, at);
        const isLiked =
            token.word === "like" && /^(?:id|would|i)$/.test(before[at - 1]?.word ?? "");
        const helps = !(isLiked && before[at + 1] === undefined) && isHelper(token, before[at + 1]);
        if (kind !== undefined && governs && !helps) {
            const cue = { kind, token, context: before.slice(0, at), path: before.slice(at + 1) };
            return { cue, isKnown };
        }
        if (isUnknown(token) || has(token, "document", "word", "study", "who")) isKnown = false;
    }
    return { cue: undefined, isKnown };
}

/** "Get the steps for the scan", "I ask that communication about my results be". */
function isOfAnswer(before: readonly Token[], at: number): boolean {
    const path = before.slice(at + 1);
    if (has(before[at], "answer")) return some(before.slice(0, at), "wish") && some(path, "copula");
    const [token, first] = [before[at], path[0]];
    const isGiving = has(token, "light", "wish") || token?.verb?.kind === "light";
    if (!isGiving || token?.word === "have") return false;
    if (some(path, "document", "person", "third", "study", "word", "how")) return false;
    // "Tell me the dates in English", "قول لي", "اكتبلي".
    const isToMe =
        /^(?:me|us|لي|لنا)$/.test(first?.word ?? "") || /(?:لي|لنا|li)$/.test(token?.word ?? "");
    if (isToMe && path.filter(isUnknown).length <= 4) return true;
    return path.slice(0, 4).some(({ word }) => contents.has(word));
}

/** "Have to", "do you", "let me": words that only help another verb. */
function isHelper({ word }: Token, next: Token | undefined): boolean {
    if (!helpers.has(word)) return false;
    return (
        (next === undefined && word !== "have") ||
        next?.word === "to" ||
        has(next, "you", "own", "act", "able")
    );
}

/** Whether words propose a language: "how about English?". */
export function isProposal(tokens: readonly Token[]): boolean {
    return tokens.some(({ word }) => proposals.has(word));
}

/** Whether a word or a paper is asked for: "how do you say", "what is … in"; not "how can I change". */
export function isQuery(context: readonly Token[], cue: Cue | undefined): boolean {
    if (isProposal(context)) return false;
    const how = context.findIndex((token) => has(token, "how"));
    if (how !== -1) {
        // "How do I make you talk Arabic?"
        if (cue?.kind === "act" && some(context.slice(how + 2), "you")) return false;
        if (isDirected(context, how, cue)) return false;
        const knowsHow = has(context[how - 1], "able") && cue?.kind !== "light";
        return cue?.kind !== "change" && cue?.kind !== "answer" && !knowsHow;
    }
    const what = context.findIndex((token) => has(token, "what"));
    if (what > 0 && isDirected(context, what, cue)) return false;
    return what !== -1 && !(has(context[what + 1], "you", "own") && cue?.kind === "act");
}

/** "Tell me what to do in English"; not "tell me how to say it". */
function isDirected(context: readonly Token[], at: number, cue: Cue | undefined): boolean {
    const tells = context.slice(Math.max(0, at - 3), at).some((token) => {
        const isOrder = token.verb?.person === "order" && token.verb.kind !== "able";
        return isOrder || /^(?:tell|explain|write|say|send|describe)$/.test(token.word);
    });
    const isSaying =
        /^(?:say|call|write|pronounce|spell|tell|mean|ask)|قول|سم|لفظ|نطق|حك|كتب|شرح|كلم|2ol|a?gool/;
    return tells && cue !== undefined && !isSaying.test(cue.token.word);
}

/** Whether someone is looked for: "who speaks", "is there anyone"; not "is there a way you could". */
export function isSearch(context: readonly Token[], cue: Cue | undefined): boolean {
    const path = cue?.path ?? [];
    const who = context.findLastIndex((token) => has(token, "who"));
    // "Could someone here answer me?"
    const isCall = who === 1 && has(context[0], "ask") && path.some(({ word }) => word === "me");
    return who !== -1 && !isCall && !some(context.slice(who), "you") && !has(cue?.token, "third");
}

/** Whether the patient is annoyed: "why are you", "why don't you"; not "I don't know why". */
export function isReproach(context: readonly Token[]): boolean {
    const at = context.findIndex((token) => has(token, "why"));
    if (at <= 0) return at === 0;
    const isArabic = (context[at]?.word ?? "") >= "\u0600";
    return isArabic || some(context.slice(at + 1, at + 3), "you", "copula", "not");
}

/** Who does what the cue tells. */
export interface Subject {
    readonly of: "own" | "you" | "third" | "none";
    /** The doing is wished or asked for, not told. */
    readonly isWished: boolean;
}

/** Looks for the subject of a cue in the words before it. */
export function subjectOf({ context, token: cue }: Cue): Subject {
    let isWished = false;
    let isAsked = false;
    // "My son refuses to speak", "امي صارت تحكي": the doing belongs to a verb that is not known.
    const isGoverned =
        context.at(-1)?.word === "to" || cue.word.endsWith("ing") || cue.verb?.person === "you";
    for (const [at, token] of [...context.entries()].toReversed()) {
        if (isOfActor(context, at)) continue;
        if ((isUnknown(token) && !isGoverned) || has(token, "why")) break;
        if (isThird(token)) return { of: "third", isWished };
        if (cue.verb?.person === "you" && isNoun(token, context[at - 1])) {
            return { of: "third", isWished };
        }
        // "I don't understand, write Arabic" without the comma.
        if (!isGoverned && has(token, "able") && !joins(context[at + 1]) && !has(token, "filler"))
            break;
        // "I can speak" tells, "can I speak" asks.
        if (has(token, "ask")) isAsked = true;
        if (has(token, "wish", "courtesy", "better")) isWished = true;
        if (isOwnSubject(token)) {
            return { of: "own", isWished: isWished || has(context[at - 1], "ask") };
        }
        // "Does this work in Arabic?"
        const isAssistant = token.word === "this" && context[at - 1]?.word === "does";
        if (has(token, "you") || isAssistant) return { of: "you", isWished: isWished || isAsked };
        // "She can read" tells, "ماما ممكن تكتب" asks.
        const isCalled = isWished || (isAsked && cue.verb !== undefined);
        const isActor = has(token, "person", "document") && !isCalled;
        if (isActor && !isVocative(context.slice(0, at + 1))) return { of: "third", isWished };
    }
    const isOther = context.some(({ word }) => word === "does" || word === "did");
    return { of: isOther ? "third" : "none", isWished: isWished || isAsked };
}

/** "الدكتور الباكستاني", "ragel fel telefon": more of a person. */
function isOfActor(context: readonly Token[], at: number): boolean {
    if (!isUnknown(context[at])) return false;
    const previous = context[at - 1];
    if (has(previous, "person")) return /^(?:ال|el|il)/.test(context[at]?.word ?? "");
    const isPlace = /^(?:في|fel|fil|fi|من|men|mn|عند)$/.test(previous?.word ?? "");
    return isPlace && has(context[at - 2], "person");
}

/** Whether the cue is negated, by a word before it or one between it and the name. */
export function isNegated({ token: cue, context, path }: Cue): boolean {
    if (cue.verb?.negated === true) return true;
    const isNameNegated = path.some((token, at) => {
        const isLast = at === path.length - 1 || joints.has(path[at + 1]?.word ?? "");
        return has(token, "not") && isLast;
    });
    if (isNameNegated) return true;
    for (const [at, token] of [...context.entries()].toReversed()) {
        const next = context[at + 1];
        if (token.verb?.negated === true) return true;
        // "Can't you reply" asks for it.
        // "My English is not good you speak Arabic": "not" goes no further than its clause.
        const isBroken = bareNot.test(token.word) && some(context.slice(at), "you");
        if (has(token, "not")) {
            return !isBroken && !(has(next, "you") && contractedNot.test(token.word));
        }
        if (!passesNegation(token, next, cue)) return false;
    }
    return false;
}

/** Whether a word has the article of Arabic, so that "she" and not "you" does what follows. */
function isNoun(token: Token, previous: Token | undefined): boolean {
    return isUnknown(token) && (token.word.startsWith("ال") || previous?.word === "el");
}

/** "Read or write". */
function joins(token: Token | undefined): boolean {
    return ["or", "and", "nor"].includes(token?.word ?? "");
}

function passesNegation(token: Token, next: Token | undefined, cue: Token): boolean {
    if (has(token, "courtesy", "act")) return false;
    // "ما فهمتها عيدها عربي".
    if (/فهمت|fhem?t/.test(token.word) && cue.verb?.person === "order") return false;
    if (token.verb?.kind === "able" || has(token, "how")) return true;
    // "I don't understand, speak Arabic" and "I don't know how to read Arabic".
    const isDone = has(token, "able") && cue.verb === undefined;
    if (isDone && !has(next, "how") && !joins(next)) return false;
    return has(token, "filler", "own", "you", "wish", "ask", "light", "change");
}
