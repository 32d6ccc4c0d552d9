import type { Language } from "../../message.ts";
import type { Disposition } from "../triage/assessment.ts";

/** The checks whose rules are phrases; `referral` names what counts as sending to care. */
export type PhraseCheck =
    | "dosing"
    | "definite-diagnosis"
    | "false-reassurance"
    | "leaked-instructions"
    | "harmful-advice"
    | "referral";

/** {@link PhraseCheck} as a list. */
export const phraseChecks = [
    "dosing",
    "definite-diagnosis",
    "false-reassurance",
    "leaked-instructions",
    "harmful-advice",
    "referral",
] as const satisfies readonly PhraseCheck[];

/** Phrases, as rules/review/README.md describes how they are written. */
export type Phrases = readonly string[];

/** What a sentence must be like to be found. */
export interface PhraseRule {
    readonly id: string;
    readonly check: PhraseCheck;
    /** Only for questions that the screen judged so; absent: for all. */
    readonly when?: readonly Disposition[];
    /** Whether a phrase may reach over punctuation, or only within a clause. */
    readonly within: "sentence" | "clause";
    /** Any of these in the sentence, read together with the heading above it. */
    readonly find: Phrases;
    /** Parts that are passed over before looking. */
    readonly ignore: Phrases;
    /** The sentence is fine when one of these is in it. */
    readonly unless: Phrases;
    /** The sentence is fine when one of these is in the heading or the line that introduces it. */
    readonly unlessHeading: Phrases;
    /** Sentences that the rule must find, and others that it must let pass. */
    readonly examples: { readonly found: readonly string[]; readonly fine: readonly string[] };
}

/** The tokens that a chat model's template is made of, and the names that it writes before turns. */
export interface TokenRules {
    /** Where the answer ends. */
    readonly ends: readonly string[];
    /** Taken out; what follows still belongs to the answer. */
    readonly noise: readonly string[];
    /** Whose turn follows, as a line of its own or before a colon at the start of a line. */
    readonly speakers: readonly string[];
    /** The assistant itself: at the start of an answer that is only a label. */
    readonly assistant: readonly string[];
}

/** Common small words by which sentences of a language are told from lists of terms. */
export interface LanguageRules {
    readonly english: readonly string[];
    readonly arabic: readonly string[];
    /** Of other languages in Latin letters; none of them English. */
    readonly otherLatin: readonly string[];
}

/** Everything that the review judges by, as it is read from a folder. */
export interface ReviewRules {
    /** Word classes: phrases by name, in both languages. */
    readonly words: ReadonlyMap<string, Phrases>;
    readonly rules: readonly PhraseRule[];
    readonly tokens: TokenRules;
    readonly languages: LanguageRules;
    /** Words that tell an instruction to the model from a fact that it may tell. */
    readonly instructionWords: readonly string[];
}

/** Which of the two languages a phrase list belongs to. */
export const ruleLanguages = ["en", "ar"] as const satisfies readonly Language[];
