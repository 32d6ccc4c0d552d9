/**
 * What keeps the assistant from being abused, and what is counted of its safety. All processes of a
 * clinic share both. Nothing here ever holds who wrote what: conversations are hashed, labels are
 * fixed words.
 */
import type { ConversationKey } from "./message.ts";

/** How much is answered. An absent number, or 0: no limit. */
export interface LimitSettings {
    /** For each conversation; in a group, for each person. */
    readonly patient: {
        readonly questionsPerMinute?: number;
        readonly questionsPerHour?: number;
        readonly questionsPerDay?: number;
        readonly messagesPerMinute?: number;
        /** Tokens of prompts and answers together. */
        readonly tokensPerDay?: number;
    };
    /** For all conversations together. */
    readonly clinic: {
        readonly questionsPerHour?: number;
        readonly tokensPerDay?: number;
    };
}

/** Whether something is within the limits. */
export type Allowance =
    | { readonly allowed: true }
    | {
          readonly allowed: false;
          /** Whose limit it is. */
          readonly scope: "patient" | "clinic";
          readonly reason: "rate" | "daily-cost";
          /** When it will be allowed again, unless the limit is used up by then. */
          readonly retryAfterMs: number;
          /** Whether the patient has been told already. `false` once a window: who gets it tells them. */
          readonly told: boolean;
      };

/**
 * Limits of use. The caller sees to it that they never stand before an emergency, a crisis or a
 * command: those must not be put to `take`.
 *
 * A window begins with what is counted first and ends a minute, an hour or 24 hours later; a day has
 * nothing to do with midnight. So up to twice the limit may fall around the end of a window.
 */
export interface Limits {
    /**
     * Counts a message that came, or a question that is about to be answered. What is refused uses up
     * nothing of the longer windows. While the store is away, everything is allowed: care comes
     * first. Waits for half a second at most and never fails.
     */
    take(conversation: ConversationKey, kind: "message" | "question"): Promise<Allowance>;
    /**
     * Books what an answer cost. The limit is looked at before an answer: the one that goes over it
     * is still given. Never fails; while the store is away nothing is booked.
     */
    spend(conversation: ConversationKey, tokens: number): Promise<void>;
}

/** All that is counted: what each counter means, and the words that its labels may have. */
export const counterCatalogue = {
    screened: {
        meaning: "Messages that the red-flag screen has judged.",
        labels: {
            disposition: ["emergency", "urgent", "soon", "self-care", "none"],
            crisis: ["yes", "no"],
        },
    },
    reviewed: {
        meaning: "Answers of the model that were reviewed.",
        labels: { verdict: ["pass", "repaired", "regenerate"] },
    },
    found: {
        meaning: "What the review found in answers.",
        labels: {
            check: [
                "empty",
                "wrong-language",
                "special-tokens",
                "leaked-instructions",
                "repetition",
                "dosing",
                "definite-diagnosis",
                "false-reassurance",
                "missing-referral",
                "harmful-advice",
            ],
        },
    },
    regenerated: { meaning: "Answers that the model was asked for once more.", labels: {} },
    replaced: { meaning: "Answers in whose place patients got a notice.", labels: {} },
    limited: {
        meaning: "Messages and questions beyond a limit.",
        labels: { scope: ["patient", "clinic"], reason: ["rate", "daily-cost"] },
    },
    "access-refused": {
        meaning: "Messages that the access lists refused.",
        labels: { reason: ["blocked", "not-listed"] },
    },
    consent: {
        meaning: "Answers of patients about consent.",
        labels: { choice: ["given", "declined", "withdrawn"] },
    },
    erased: { meaning: "Conversations that were erased on demand.", labels: {} },
    exported: { meaning: "Conversations that were exported on demand.", labels: {} },
    "handed-off": { meaning: "Conversations that were passed to the clinic's staff.", labels: {} },
} as const satisfies Readonly<
    Record<
        string,
        {
            readonly meaning: string;
            readonly labels: Readonly<Record<string, readonly [string, ...string[]]>>;
        }
    >
>;

type Catalogue = typeof counterCatalogue;
type LabelWords<Name extends CounterName> = Catalogue[Name]["labels"];

/** What is counted. */
export type CounterName = keyof Catalogue;

/** The labels of a counter, each with one of its words. */
export type CounterLabels<Name extends CounterName = CounterName> = {
    readonly [Label in keyof LabelWords<Name>]: LabelWords<Name>[Label] extends readonly string[]
        ? LabelWords<Name>[Label][number]
        : never;
};

/** What one counter says for one choice of labels. */
export interface CounterReading {
    readonly name: CounterName;
    readonly labels: Readonly<Record<string, string>>;
    /** Since the store of the clinic began. */
    readonly value: number;
}

/** Counts what happens for safety's sake, over all processes and restarts. */
export interface SafetyCounters {
    /**
     * Never waits, never fails. Labels that the {@link counterCatalogue} does not know are not
     * counted. A process that is killed loses the counts of its last second.
     */
    count<Name extends CounterName>(
        name: Name,
        ...labels: keyof LabelWords<Name> extends never ? [] : [labels: CounterLabels<Name>]
    ): void;
    /**
     * All counters with all their labels, in the order of the catalogue, zeros included.
     *
     * @throws `store-unavailable` (retryable), `store-failed`.
     */
    read(): Promise<readonly CounterReading[]>;
}
