import type { Language } from "../message.ts";

/** What a message is written in. */
export interface Reading {
    /** `other`: a language that is not spoken here; `keep`: the message does not tell. */
    readonly language: Language | "other" | "keep";
    /**
     * The language's tag (BCP 47): `ar-Latn` for Arabic in Latin letters; `und` where it cannot be
     * told, `zxx` where nothing is in any language.
     */
    readonly detail: string;
    /** How likely that is, from 0 to 1. */
    readonly likelihood: number;
    /** What told, for developers: no word of the message. */
    readonly reasons: readonly string[];
}

/** One or two words are never more likely than this to be in a language that is not spoken here. */
export const mostLikelihoodOfFew = 0.8;
