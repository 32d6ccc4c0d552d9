import type { Language } from "../../message.ts";
import { wordSet } from "../clean-sample.ts";
import { automaticRequest, mayAskAutomatic } from "./automatic.ts";
import { isOwnSubject } from "./cue.ts";
import { voteOf, type Vote } from "./evidence.ts";
import { has, some, type Mention, type Surroundings } from "./mention.ts";
import { mayNameLanguage } from "./names.ts";
import { clausesOf, type Clause, type Token } from "./tokens.ts";
import { isPlain } from "./verbless.ts";

/** A request, or a statement with something beside it. */
const threshold = 2;
/** In a message this short a clause of a name alone is the message's point. */
const shortMessage = 10;
/** In one this short a patient who tells what he speaks wants to be answered in it. */
const briefMessage = 7;
/** "In English or Arabic". */
const listers = wordSet("and or in w wa wala wella walla aw the او ولا ام و الي");
/** Urdu and Pashto name the same languages in requests of their own. */
const foreignLetters = /[ٹڈڑںےښړډټځڅۍ]/;
/** "In it": in the language just named. */
const pronouns = wordSet(
    "it that this فيها فيه فيو بيها بيه بها به بيهم fiyo fiha fih fiya feeha biha bih beeh",
);
const arabicPronoun = /^(?:[فب]ي?[هو]ا?|[fb][ie]+(?:yo|ha|h|ya))$/;
/** "Carry on as you are". */
const staying =
    /(?:كمل|خلي?ك|ضلك?|ابقى?|استمر)\S* (?:زي|متل|مثل|كما) ?(?:ما )?(?:[اأ]نت|هو|هي)|(?:keep|stay|continue|carry on|leave it|go on)(?: \w+)? (?:as|like) (?:you are|it is|is\b)/;
const choices = wordSet("or aw او ولا ام wala wella walla");
/** "From English to Arabic". */
const sources = wordSet("from من min men mn");

/**
 * The language in which a patient asks to be answered from now on, in English, Arabic or Arabic in
 * Latin letters; `undefined` for a message that merely speaks of a language ("how do you say
 * headache in Arabic?").
 *
 * @param sample A cleaned message.
 */
export function switchRequest(sample: string): Language | "automatic" | undefined {
    const text = sample.toLowerCase();
    if (foreignLetters.test(text)) return undefined;
    if (!mayNameLanguage(text) && !mayAskAutomatic(text)) return undefined;
    const clauses = clausesOf(text);
    const words = clauses.flatMap(({ tokens }) => tokens);
    if (staying.test(text)) return undefined;
    if (automaticRequest(words)) return "automatic";
    return words.some((word) => word.name !== undefined) ? namedRequest(clauses) : undefined;
}

function namedRequest(clauses: readonly Clause[]): Language | undefined {
    const mentions = clauses.map(({ tokens }, at) => votesIn(tokens, surroundingsOf(clauses, at)));
    const votes = [...mentions.flat(), ...referringVotes(clauses)];
    const help = clauses.some((clause) => asksWithoutName(clause.tokens)) ? 1 : 0;
    const total = (language: Vote["language"]): number => totalOf(votes, language, help);
    if (total("other") >= threshold) return undefined;
    const [arabic, english] = [total("ar"), total("en")];
    if (Math.max(arabic, english) < threshold) return undefined;
    if (arabic !== english) return arabic > english ? "ar" : "en";
    const last = votes.findLast((vote) => vote.weight >= 1)?.language;
    return last === "other" ? undefined : last;
}

/** "I like English, answer in it", "fa jawebni fiyo": of the only language named. */
function referringVotes(clauses: readonly Clause[]): Vote[] {
    const names = clauses.flatMap(({ tokens }) =>
        tokens.flatMap(({ name }) => name?.language ?? []),
    );
    const [language] = names;
    if (language === undefined || names.some((name) => name !== language)) return [];
    const isMeant = clauses.some(({ tokens }) => refersTo(tokens));
    return isMeant ? [{ language, weight: 2, isStatement: false }] : [];
}

function refersTo(tokens: readonly Token[]): boolean {
    if (tokens.some(({ name }) => name !== undefined)) return false;
    const at = tokens.findLastIndex(({ word }) => pronouns.has(word));
    const isEnd = tokens.slice(at + 1).every(isPlain);
    const isIn = arabicPronoun.test(tokens[at]?.word ?? "") || tokens[at - 1]?.word === "in";
    return (
        at > 0 && isEnd && isIn && asksWithoutName(tokens) && tokens.slice(0, at).some(isAnswering)
    );
}

function totalOf(votes: readonly Vote[], language: Vote["language"], help: number): number {
    const own = votes.filter((vote) => vote.language === language);
    const requests = own.filter((vote) => !vote.isStatement).map((vote) => vote.weight);
    const statements = own.filter((vote) => vote.isStatement).map((vote) => vote.weight);
    const total = requests.reduce((sum, weight) => sum + weight, 0) + Math.max(0, ...statements);
    return total >= 1 ? total + help : total;
}

/** "Write so she can read it", "please use that", "I can't understand": needs no name. */
function asksWithoutName(tokens: readonly Token[]): boolean {
    if (tokens.some((token) => token.name !== undefined)) return false;
    const at = tokens.findIndex((token) => isAnswering(token) || isUnderstanding(token));
    const token = tokens[at];
    if (token === undefined) return false;
    const lead = tokens.slice(0, at);
    if (isAnswering(token)) return lead.every(isPlain) && !some(lead, "how");
    if (some(tokens, "document")) return false;
    return token.verb?.negated === true || some(lead, "not");
}

function isAnswering({ word, verb }: Token): boolean {
    if (verb?.kind === "act") return verb.person !== "third" && verb.person !== "past";
    return /^(?:write|answer|reply|respond|use|talk|speak)$/.test(word);
}

function isUnderstanding({ word, verb }: Token): boolean {
    return /^(?:understand|فاهم|فهمان|fah[ei]?m)/.test(word) || verb?.kind === "able";
}

function surroundingsOf(clauses: readonly Clause[], at: number): Surroundings {
    const length = clauses.reduce((sum, { tokens }) => sum + tokens.length, 0);
    const { tokens = [], continues = false } = clauses[at] ?? {};
    const [first] = tokens;
    const earlier = continues ? (clauses[at - 1]?.tokens ?? []) : [];
    const isAdded = /^(?:and|w|و)$/.test(first?.word ?? "");
    return {
        standsOut: length <= shortMessage || at === 0 || at === clauses.length - 1,
        isBrief: length <= briefMessage,
        continuesQuery: some(earlier.slice(0, 2), "how", "who", "what"),
        continuesTale: some(earlier, "third") && has(first, "boundary"),
        continuesOwn: isAdded && earlier.slice(0, 1).some(isOwnSubject),
    };
}

function votesIn(tokens: readonly Token[], surroundings: Surroundings): Vote[] {
    const votes: Vote[] = [];
    let from = 0;
    for (const [at, name] of tokens.entries()) {
        if (name.name === undefined) continue;
        const next = tokens.findIndex((token, index) => index > at && token.name !== undefined);
        const before = tokens.slice(from, at);
        const after = tokens.slice(at + 1, next === -1 ? undefined : next);
        // The verb of "from English to Arabic" belongs to both.
        if (sources.has(before.at(-1)?.word ?? "") && next !== -1) continue;
        const mention = { ...surroundings, name, before, after, isFirst: from === 0 };
        const isTopic = votes.at(-1)?.weight === 0;
        if (!mention.isFirst && isListed(mention)) votes.pop();
        else if (isNationality(mention)) votes.push({ ...voteOf(mention), weight: 0 });
        else if (!(isTopic && goesOn(mention, tokens.slice(0, from)))) votes.push(voteOf(mention));
        // "الممرضه الفلبينيه ما تعرف عربي": the name only tells of whom the rest is.
        if (!isOfPerson(mention)) from = at + 1;
    }
    return votes;
}

/** "She is Indian", "وهي هنديه". */
function isNationality({ name, before }: Mention): boolean {
    const last = before.at(-1);
    const isSaid =
        has(last, "copula") ||
        /^[وف]?(?:هو|هي|هم|انا|ana|hiya|howa|huwe|hiye)$/.test(last?.word ?? "");
    return name.name?.language === "other" && isSaid;
}

/** "The Filipino nurse", "جارنا الانجليزي". */
function isOfPerson({ name, before, after }: Mention): boolean {
    const isNation = /^(?:ال|ي)|(?:ه|ي)$|^el/.test(name.word) && has(before.at(-1), "person");
    return (
        isNation || (name.word < "\u0600" && has(after[0], "person") && !has(after[0], "filler"))
    );
}

/** Whether a name after one that was merely spoken of is spoken of as well. */
function goesOn({ before }: Mention, earlier: readonly Token[]): boolean {
    const isAnswer = some(before, "act") || before.some(isAnswering);
    return before.length === 0 || (some(earlier, "document") && !isAnswer);
}

/** "In English or Arabic", "عربي وانجليزي": neither is asked for. */
function isListed({ name, before }: Mention): boolean {
    if (before.length === 0) return name.word.startsWith("و");
    const [first, second] = before;
    const isOr = choices.has(first?.word ?? "");
    if (isOr && before.length === 2 && has(second, "only")) return true;
    return before.every(({ word }) => listers.has(word));
}
