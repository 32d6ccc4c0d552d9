import type { Disposition } from "./assessment.ts";

/** The letters in which a word of the lexicon is written. */
export type Script = "latin" | "arabic";

/** A word or a phrase of a word class. */
export interface Entry {
    readonly script: Script;
    /** Its words, as they are written. */
    readonly words: readonly string[];
    /** Written with "=" before it: neither stems nor typing errors are looked for. */
    readonly exact: boolean;
}

/** Words of both languages that say the same, such as `pain`. */
export interface WordClass {
    readonly name: string;
    /** A thing, not an action: only the affixes of nouns are taken off. */
    readonly noun: boolean;
    readonly entries: readonly Entry[];
}

/** A place in a pattern: one of some word classes, or a number in a range. */
export interface Element {
    /** Must stand after the element before it; otherwise the order is free. */
    readonly after: boolean;
    readonly classes: readonly string[];
    readonly range?: { readonly from: number; readonly to: number };
}

/** Elements that stand near each other in one sentence. */
export interface Pattern {
    readonly elements: readonly Element[];
    /** Whether its first element must begin the sentence. */
    readonly atStart: boolean;
    /** Classes none of which may stand near it. */
    readonly without: readonly string[];
    /** How many words an element may be away from its neighbour. */
    readonly window: number;
}

/**
 * How a concept is read: a `symptom` is felt, a `disease` is named (so questions, appointments and
 * old diagnoses name it too), a `fact` stands for longer than one message, a `figure` of speech
 * hides what it covers.
 */
export type ConceptKind = "symptom" | "disease" | "fact" | "figure";

/** Something a message can say, in whichever words and language. */
export interface Concept {
    readonly name: string;
    readonly kind: ConceptKind;
    /** Contexts that do not hide it, such as `hypothetical` for thoughts of suicide. */
    readonly evenIf: readonly ContextName[];
    readonly patterns: readonly Pattern[];
}

/** Reasons why a message names something that is not there now. */
export type ContextName =
    "negated" | "past" | "knowledge" | "fiction" | "example" | "hypothetical" | "routine";

/** The names of {@link ContextName}. */
export const contextNames: readonly ContextName[] = [
    "negated",
    "past",
    "knowledge",
    "fiction",
    "example",
    "hypothetical",
    "routine",
];

/** One of some concepts, or the absence of all of them. */
export interface Condition {
    readonly concepts: readonly string[];
    readonly absent: boolean;
}

/** What follows from what a message says. */
export interface Rule {
    readonly id: string;
    readonly disposition: Exclude<Disposition, "none">;
    readonly crisis: boolean;
    /** Alternatives; in each, all conditions must hold. */
    readonly when: readonly (readonly Condition[])[];
    /** Why, in plain language, for those who read the rules. */
    readonly reason: string;
    /** The guideline that it follows. */
    readonly source: string;
    readonly tests: { readonly fires: readonly string[]; readonly silent: readonly string[] };
}

/** All data of the screen, checked: every name that is used exists. */
export interface TriageRules {
    readonly classes: readonly WordClass[];
    readonly concepts: readonly Concept[];
    readonly rules: readonly Rule[];
    /** What shows that something is named that is not there now. */
    readonly contexts: ReadonlyMap<ContextName, readonly Pattern[]>;
    /** Words for numbers and what they are worth. */
    readonly numbers: ReadonlyMap<string, number>;
    /** Arabic words that a spelling in Latin letters may stand for. */
    readonly spellings: ReadonlyMap<string, readonly string[]>;
    /** Everyday words that are never taken for a mistyped or a romanised word of the lexicon. */
    readonly ordinary: ReadonlySet<string>;
}
