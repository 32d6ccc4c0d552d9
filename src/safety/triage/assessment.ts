/**
 * What a patient should do, from the most to the least pressing: `emergency` now, `urgent` today,
 * `soon` see a doctor in the coming days, `self-care` care for it at home, `none` no complaint.
 */
export type Disposition = "emergency" | "urgent" | "soon" | "self-care" | "none";

/** What the screen makes of one message. */
export interface Assessment {
    readonly disposition: Disposition;
    /** Whether somebody's own life or safety is at stake: suicide, self-harm, violence, abuse. */
    readonly crisis: boolean;
    /** The ids of the rules that fired, most severe first. */
    readonly rules: readonly string[];
}

/** What is known of a message beside its words. */
export interface ScreenHints {
    /**
     * It is surely neither English nor Arabic in Latin letters: its Latin words count only where
     * they are spelled as in English, since every word resembles some slip of the pen.
     */
    readonly otherLanguage?: boolean;
}

/**
 * What the same patient wrote before, newest last; or what gives it, which is called only where
 * facts from it could change what the message is taken for `alone`.
 */
export type EarlierWords = readonly string[] | ((alone: Assessment) => readonly string[]);

/**
 * Screens one message of a patient. Pure, never throws, at most about a millisecond.
 *
 * @param earlier Only standing facts carry over from it (pregnant, an infant, blood thinners,
 * diabetes …), never symptoms.
 */
export type Triage = (text: string, earlier?: EarlierWords, hints?: ScreenHints) => Assessment;

/** The dispositions, most pressing first. */
export const dispositions: readonly Disposition[] = [
    "emergency",
    "urgent",
    "soon",
    "self-care",
    "none",
];
