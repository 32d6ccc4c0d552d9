import { wordSet } from "../clean-sample.ts";
import type { Token } from "./tokens.ts";
import type { Role } from "./words.ts";

/** What the rest of the message makes of a clause. */
export interface Surroundings {
    /** The clause begins or ends the message, or the message is short. */
    readonly standsOut: boolean;
    /** The message is hardly more than one sentence. */
    readonly isBrief: boolean;
    /** The sentence began as a question for something else. */
    readonly continuesQuery: boolean;
    /** The clause goes on with what someone else does: "he says Arabic words but not English". */
    readonly continuesTale: boolean;
    /** The clause goes on with what the patient does: "I was born here and speak English". */
    readonly continuesOwn: boolean;
}

/** A language's name with the words of its clause around it. */
export interface Mention extends Surroundings {
    readonly name: Token;
    /** From the name before it, or from the beginning of the clause. */
    readonly before: readonly Token[];
    /** To the next name, or to the end of the clause. */
    readonly after: readonly Token[];
    /** The first name of the clause. */
    readonly isFirst: boolean;
}

/** Words before a language's name that make of it a manner: "in Arabic". */
export const joints = wordSet(`
    in into to with using 2 at ب بال في لل ل الي علي باللغه اللغه لغه للغه
    b be bi bel bil bl fi lel lil ll l le 3al 3la
`);
const arabicArticles = wordSet("ال el al");
const articles = wordSet("the this that ال el al");
/** "The Arabic for", "the English of". */
const wordOf = wordSet("for of");
const englishName = /^(?:a.*c|e.*h|eng|arabick?|arabc|englis)$/;

/** Whether a word has one of some roles. */
export function has(token: Token | undefined, ...roles: readonly Role[]): boolean {
    return token !== undefined && roles.some((role) => token.roles.has(role));
}

/** Whether any of some words has one of some roles. */
export function some(tokens: readonly Token[], ...roles: readonly Role[]): boolean {
    return tokens.some((token) => has(token, ...roles));
}

/** Whether nothing is known of a word: it may be the very thing that is in the language. */
export function isUnknown(token: Token | undefined): boolean {
    const isKnown = token?.verb !== undefined || token?.name !== undefined;
    return token?.roles.size === 0 && !isKnown;
}

/** Whether a verb of Arabic bids or asks, where it does not tell what someone does. */
export function isBidding(token: Token | undefined): boolean {
    const person = token?.verb?.person;
    return person === "order" || person === "you" || person === "we";
}

/** Whether the last of some words is called upon: "يا دكتور". */
export function isVocative(tokens: readonly Token[]): boolean {
    return ["يا", "ya"].includes(tokens.at(-2)?.word ?? "");
}

/** Whether the name says in what language, not what of that language. */
export function isJoined({ name, before }: Mention): boolean {
    return name.name?.prefix === "in" || joints.has(before.at(-1)?.word ?? "");
}

/** Whether the name tells of what language or nation a thing is: "Arabic coffee", "دكتور انجليزي". */
export function isAttribute(mention: Mention): boolean {
    const { before, after } = mention;
    const last = before.at(-1)?.word ?? "";
    const [next] = after;
    const previous = articles.has(last) ? before.at(-2) : before.at(-1);
    if (has(next, "study", "word", "document") || (has(previous, "study") && !has(previous, "act")))
        return true;
    if (last === "the" && wordOf.has(next?.word ?? "")) return true;
    return isJoined(mention)
        ? false
        : precedesNoun(mention, previous) || follows(mention, previous);
}

/** As adjectives of English do. */
function precedesNoun({ name, after: [next] }: Mention, previous: Token | undefined): boolean {
    const isDirected = has(previous, "act", "light", "wish", "change") || isBidding(previous);
    if (isPlainEnglish(name, previous)) return true;
    if (!englishName.test(name.word)) return false;
    if (has(next, "person")) return !has(previous, "act") && !isBidding(previous);
    return isUnknown(next) && !isDirected;
}

/** "Plain English" is a way of putting it. */
function isPlainEnglish({ name }: Token, previous: Token | undefined): boolean {
    const isPlain = /^(?:plain|simple|normal|proper|laymans?)$/.test(previous?.word ?? "");
    return isPlain && name?.language === "en";
}

/** As adjectives of Arabic do. */
function follows({ name, before, after }: Mention, previous: Token | undefined): boolean {
    if (has(previous, "document")) return true;
    const isArabic =
        !englishName.test(name.word) ||
        before.some(({ verb, word }) => verb !== undefined || arabicArticles.has(word));
    if (!isArabic || previous === undefined) return false;
    if (has(previous, "person")) return !isVocative(before);
    const isAsked = some(after.slice(0, 2), "courtesy") || before.slice(-3).some(isBidding);
    return isUnknown(previous) && !isAsked;
}
