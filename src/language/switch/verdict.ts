/** What a mention of a language says of that language. */
export interface Verdict {
    /** Or for the other language of the two. */
    readonly isFor: boolean;
    /** A request has 2; what has less needs something beside it. */
    readonly weight: number;
    /** Of a person's knowledge; many such do not add up to a request. */
    readonly isStatement?: boolean;
}

/** The language is merely spoken of. */
export const silent: Verdict = { isFor: true, weight: 0 };
/** A request where something else supports it. */
export const hint: Verdict = { isFor: true, weight: 1 };
/** A request for the language. */
export const wanted: Verdict = { isFor: true, weight: 2 };
/** A request for the other language. */
export const unwanted: Verdict = { isFor: false, weight: 2 };
