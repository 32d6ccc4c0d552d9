import type { Turn } from "../message.ts";

/**
 * Which answers carry a disclaimer; from the clinic's configuration. Those about a picture always do,
 * later questions included: a radiologist or the treating doctor must read it.
 */
export interface DisclaimerCadence {
    /** The first answer of a conversation. */
    readonly firstAnswer: boolean;
    /**
     * The first answer after the patient has reset the conversation. A reset leaves an empty
     * conversation, like a new one: either of `firstAnswer` and `afterReset` is enough.
     */
    readonly afterReset: boolean;
    /** Also after n - 1 answers without one; 1: all of them. */
    readonly everyAnswers?: number;
}

/** What decides about the disclaimer of an answer. */
export interface DisclaimerQuestion {
    /** The conversation before this answer. */
    readonly turns: readonly Turn[];
    /** Whether the message being answered came with pictures that the model saw. */
    readonly hasImages: boolean;
    /** Whether the model had any picture of the conversation before it. */
    readonly sawImages: boolean;
    readonly cadence: DisclaimerCadence;
}

/** The text beneath an answer: `image-again` is the short one, for later questions. */
export type DisclaimerKind = "none" | "general" | "image" | "image-again";

/**
 * Which disclaimer an answer carries. While the model has a picture before it, any answer may be
 * about the picture: those to later questions carry the short reminder.
 */
export function disclaimerDue({
    turns,
    hasImages,
    sawImages,
    cadence,
}: DisclaimerQuestion): DisclaimerKind {
    if (hasImages) return "image";
    const answers = turns.filter(({ role }) => role === "assistant");
    const first = answers.length === 0 && (cadence.firstAnswer || cadence.afterReset);
    const without = answers.length - 1 - answers.findLastIndex(({ disclaimer }) => disclaimer);
    const nth = cadence.everyAnswers !== undefined && without + 1 >= cadence.everyAnswers;
    if (first || nth) return sawImages ? "image" : "general";
    return sawImages ? "image-again" : "none";
}

/**
 * An answer with a disclaimer as its last paragraph, in Markdown. A code block that the answer left
 * open is closed first: it would swallow the disclaimer.
 */
export function withDisclaimer(answer: string, disclaimer: string): string {
    const body = answer.trimEnd();
    if (body === "") return disclaimer;
    const fence = openFence(body);
    return `${body}${fence === undefined ? "" : `\n${fence}`}\n\n${disclaimer}`;
}

/** The fence that would close the code block at the end of a text (CommonMark, section 4.5). */
function openFence(markdown: string): string | undefined {
    let open: string | undefined;
    for (const line of markdown.split("\n")) {
        const found = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
        if (!found) continue;
        const [, fence = "", rest = ""] = found;
        if (open === undefined) {
            if (fence.startsWith("~") || !rest.includes("`")) open = fence;
        } else if (fence.startsWith(open) && rest.trim() === "") {
            open = undefined;
        }
    }
    return open;
}
