import type { Language } from "../../message.ts";
import { wordSet } from "../clean-sample.ts";
import {
    cueOf,
    isNegated,
    isThird,
    isQuery,
    isReproach,
    isSearch,
    subjectOf,
    type Cue,
    type Subject,
} from "./cue.ts";
import { has, isAttribute, isBidding, isJoined, isUnknown, some, type Mention } from "./mention.ts";
import { isApology, isOffer, isOfOther, isThanked } from "./spoken-of.ts";
import type { Token } from "./tokens.ts";
import { isInabilityAfter, isPlain, judgeVerbless } from "./verbless.ts";
import { hint, silent, unwanted, wanted, type Verdict } from "./verdict.ts";

/** What one mention of a language says of the language to answer in. */
export interface Vote {
    readonly language: Language | "other";
    /** A request has 2; what has less needs something beside it. */
    readonly weight: number;
    /** Of a person's knowledge; many such do not add up to a request. */
    readonly isStatement: boolean;
}

/** How far the verb may stand before the name: "answer all my questions from now on in English". */
const maxReach = 14;
const articles = wordSet("the this that ال el al of");
const tellers = wordSet(`
    said told asked requested demanded قلت قلتلك قلتلكم قلتلكو قلنا طلبت طلبنا 2olt olt 2oltelak
    talabt
`);
/** What the patient may do in any language, so that asking leave for it asks for no answer. */
const writing = wordSet("write type text say tell send writing typing اكتب ektob ekteb");
const speaking = /حك|حج|كلم|هضر|هدر|7k|7ch|k[ae]?ll?[ae]?m|hder/;
const perceiving = /^(?:read|understand|follow|get|comprehend)|فهم|قر[اي]|fham|[q2]ra/;
const occasions = wordSet("لما وقت lamma lama");
const exceptions = wordSet("الا غير سوي except illa ella 8er gher ghair");
const translating = /^(?:translat|ترجم)/;
const needs = /^(?:need(?:ed)?|lazem|lazim|me[7h]tag|me[7h]taj|m7taj|لازم|[اب]?حتاج|محتاج.{0,2})$/;

/** What a mention of a language asks for; weight 0 where it merely speaks of the language. */
export function voteOf(mention: Mention): Vote {
    const language = mention.name.name?.language ?? "other";
    const near = { ...mention, before: mention.before.slice(-maxReach) };
    const { isFor, weight, isStatement = false } = isTopic(near) ? silent : judge(near);
    if (isFor) return { language, weight, isStatement };
    const other = language === "ar" ? "en" : "ar";
    return { language: other, weight: language === "other" ? 0 : weight, isStatement };
}

function isTopic(mention: Mention): boolean {
    return isAttribute(mention) && !isOffer(mention);
}

function judge(mention: Mention): Verdict {
    const { before } = mention;
    if (isOffer(mention)) return isOfOther(mention) ? silent : wanted;
    if (isException(before)) return judgeException(mention);
    const { cue, isKnown } = cueOf(before);
    const context = cue?.context ?? before;
    const isTrap = isSearch(context, cue) || some(context, "study") || some(before, "word");
    if (isTrap || isApology(mention) || isThanked(before)) return silent;
    if (isContrasted(mention)) return { isFor: false, weight: 1 };
    if (isQuery(context, cue) && !has(before.at(-1), "courtesy")) return silent;
    if (isInabilityBefore(mention, cue)) {
        return isKnown && !some(before, "person", "third") ? unwanted : silent;
    }
    const isTold = cue?.kind === "answer" || cue?.token.verb?.person === "past";
    const isSubject = (cue === undefined || isTold) && !isJoined(mention);
    if (isSubject && isInabilityAfter(mention)) return unwanted;
    if (before.at(-1)?.word === "غير" && before.at(-2)?.word === "من") return unwanted;
    return cue === undefined ? judgeVerbless(mention, isKnown) : judgeCue(mention, cue);
}

/** "Rather than Arabic", "instead of Arabic", "better than Arabic". */
function isContrasted({ name, before }: Mention): boolean {
    const last = before.filter(({ word }) => !articles.has(word)).at(-1);
    if (last?.word === "instead") return before.at(-1)?.word === "of";
    const compares = /^(?:من|min|men)$/.test(last?.word ?? "") && has(before.at(-2), "better");
    const changes = last?.word === "بدل" && name.name?.prefix === "in";
    return compares || (has(last, "against") && !changes);
}

/** "Weak in Arabic", "it is hard for me to read Arabic". */
function isInabilityBefore(mention: Mention, cue: Cue | undefined): boolean {
    const { before, isFirst } = mention;
    const at = before.findLastIndex((token) => has(token, "weak"));
    if (at === -1 || some(before.slice(at), "ask", "courtesy")) return false;
    const isReading = cue?.context.at(-1)?.word === "to" && has(cue.token, "able", "act", "light");
    const isVerb = cue?.token.verb?.kind === "able";
    if (cue !== undefined && cue.context.length > at) return isReading || isVerb;
    return isFirst || isJoined(mention);
}

/** "ما بفهم غير عربي", "nothing except Arabic". */
function isException(before: readonly Token[]): boolean {
    const negates = before.some((token) => has(token, "not") || token.verb?.negated === true);
    return negates && before.slice(-2).some(({ word }) => exceptions.has(word));
}

function judgeException({ before }: Mention): Verdict {
    const isOthers = before.some((token) => isThird(token) || has(token, "person"));
    return isOthers ? { ...hint, isStatement: true } : wanted;
}

function judgeCue(mention: Mention, cue: Cue): Verdict {
    const { after } = mention;
    const { token, kind, context, path } = cue;
    const negated = isNegated(cue);
    if (kind === "answer" && some(context, "wish")) return negated ? unwanted : wanted;
    const isYours = path.some(({ word }) => /^(?:your|you|ur)$/.test(word));
    if (kind === "wish" && isYours && !negated) return wanted;
    if (isForOthers(mention, cue)) return silent;
    const subject = subjectOf(cue);
    if (kind === "past") return judgePast(cue, subject);
    const isOnly = some([...context.slice(-3), ...path, ...onlyAfter(after)], "only");
    const knows = kind === "able" || has(token, "able") || speaking.test(token.word);
    const goesOn = mention.continuesTale && token.verb?.person === "you";
    if (goesOn || subject.of === "third" || isThird(token) || token.verb?.person === "past") {
        return { isFor: !negated, weight: knows && (isOnly || negated) ? 1 : 0, isStatement: true };
    }
    if (isReproach(context)) return some(context, "not") || negated ? wanted : unwanted;
    // "I don't need Arabic": what was offered is declined.
    if (negated) return needs.test(token.word) ? { ...unwanted, weight: 1 } : unwanted;
    if (kind !== "act" && isOfThing(mention)) return silent;
    // "كلمني عربي والله تعبانه": of the patient.
    const isDirected = /(?:ني|ن[يه]|n[iy]|li|لي)$/.test(token.word) && token.verb !== undefined;
    if (some(path, "weak") || (some(after.slice(0, 3), "weak") && !isDirected)) {
        return knows ? unwanted : silent;
    }
    const isOwn = subject.of === "own" || (subject.of === "none" && mention.continuesOwn);
    if (tellers.has(token.word)) return judgeTold(mention, cue, isOwn);
    if (subject.of === "you") return judgeAddressed(cue, subject.isWished);
    if (isOwn) return judgeOwn(mention, cue, { ...subject, isOnly, knows });
    return isOnly || subject.isWished ? wanted : judgeBidden(cue, isJoined(mention));
}

/** "Translate this to Arabic for my driver", "اكتب لك عربي", "typing Arabic all day". */
function isForOthers({ after }: Mention, { token, context, path }: Cue): boolean {
    if (translating.test(token.word)) return some(after, "person") && !some(after, "act");
    const isToYou = /^(?:لك|لكم|الك|lak|lek|lik)$/.test(path[0]?.word ?? "");
    if (isToYou && token.verb?.person === "order") return !some(context, "wish");
    const isDoing = token.word.endsWith("ing") && token.verb === undefined && context.length === 0;
    return isDoing && !some(after, "courtesy") && after.slice(0, 5).some(isUnknown);
}

/** "I know English, but": "بس" is "only" at the end and "but" before more. */
function onlyAfter(after: readonly Token[]): readonly Token[] {
    const at = after.findIndex(({ word }) => /^(?:بس|bas|bass)$/.test(word));
    return at !== -1 && after.length - at > 3 ? after.slice(0, at) : after.slice(0, 2);
}

/** "I can only read the English part of the label". */
function isOfThing(mention: Mention): boolean {
    return some(mention.after, "word") || (some(mention.after, "document") && !isJoined(mention));
}

/** "I asked for English"; not "I said it in English to the nurse". */
function judgeTold({ after }: Mention, { token, context, path }: Cue, isOwn: boolean): Verdict {
    const isPassive = some(context, "copula");
    const isTale = isPassive || path.some(({ word }) => word === "it") || some(after, "person");
    const tellsOwn = isOwn || !/^[a-z]+$/.test(token.word);
    return tellsOwn && !isTale ? wanted : silent;
}

function isNeeded(context: readonly Token[]): boolean {
    return /^(?:لازم|lazem|lazim)$/.test(context.at(-1)?.word ?? "");
}

/** What nobody is said to do: an order, mostly. */
function judgeBidden({ kind, token, context, path }: Cue, joined: boolean): Verdict {
    const person = token.verb?.person;
    // "لما احكي انجليزي": the first person looks like an order.
    if (person === "order" && context.some(({ word }) => occasions.has(word))) return silent;
    // "هل لازم اتكلم انجليزي في السفاره".
    if (person === "order" && isNeeded(context) && /^[ان]|^[ae]t/.test(token.word)) return silent;
    // "عم تحكي انجليزي": "you are speaking English".
    if (person === "you" && has(context.at(-1), "always")) return unwanted;
    if (kind === "able") return person === "you" && !perceiving.test(token.word) ? wanted : hint;
    if (kind !== "answer") return wanted;
    const isComplaint = [...context, ...path].some(({ word }) =>
        /^(?:all|كل(?:ه|ها|هم|كم)?|kol|kello)$/.test(word),
    );
    if (isComplaint && !joined && !some(context, "wish", "ask", "act", "change")) return unwanted;
    if (path.some((word) => has(word, "person") && !has(word, "filler"))) return silent;
    const isAsked = some(context, "ask", "light", "change", "courtesy") || context.some(isBidding);
    return isAsked || context.every(isPlain) ? wanted : hint;
}

/** "You replied in English"; "I would be glad if you replied in English". */
function judgePast({ context }: Cue, subject: Subject): Verdict {
    const isHoped =
        context.some(({ word }) => word === "if") || some(context, "courtesy", "ask", "wish");
    // "Can this be explained in Arabic?"
    const isPassive = subject.of === "none" && some(context, "ask") && some(context, "copula");
    if (isPassive)
        return context.every((token) => isPlain(token) || has(token, "copula")) ? wanted : silent;
    if (subject.of === "you") return isHoped ? wanted : unwanted;
    return isReproach(context) ? unwanted : silent;
}

/** What the assistant does, is asked to do or is asked whether it can do. */
function judgeAddressed({ context, token }: Cue, isWished: boolean): Verdict {
    if (isWished) return wanted;
    if (some(context, "always") || token.word.endsWith("ing")) return unwanted;
    return perceiving.test(token.word) ? hint : wanted;
}

interface OwnDoing extends Subject {
    readonly isOnly: boolean;
    readonly knows: boolean;
}

/** What the patient does, wants or knows. */
function judgeOwn(mention: Mention, cue: Cue, { isWished, isOnly, knows }: OwnDoing): Verdict {
    const { kind, context, path, token } = cue;
    const { after, isBrief } = mention;
    if (kind === "change") return some(context, "how", "ask", "wish") ? wanted : silent;
    // "Do I need to know Arabic?"
    if (context.some(({ word }) => word === "do")) return kind === "answer" ? wanted : silent;
    if (kind === "wish") return wanted;
    if (isWished) {
        return writing.has(token.word) && !some(context, "wish") ? silent : wanted;
    }
    if (!knows) return silent;
    const isBetter = some([...path, ...after.slice(0, 3)], "better");
    const isTold = some(context, "ask", "boundary") || perceiving.test(token.word);
    const isPoint = isBrief && after.length === 0 && !isTold;
    return isOnly || isBetter || isPoint ? wanted : hint;
}
