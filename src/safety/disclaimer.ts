import type { Turn } from "../message.ts";

/** Which answers carry a disclaimer; from the clinic's configuration. */
export interface DisclaimerCadence {
    /** The first answer of a conversation. */
    readonly firstAnswer: boolean;
    /** Every answer to a message with pictures. */
    readonly imageAnswers: boolean;
    /**
     * The first answer after the patient has reset the conversation. A reset leaves an empty
     * conversation, like a new one: either of `firstAnswer` and `afterReset` is enough.
     */
    readonly afterReset: boolean;
    /** Also every n-th answer of a conversation; 1: all of them. */
    readonly everyAnswers?: number;
}

/** What decides about the disclaimer of an answer. */
export interface DisclaimerQuestion {
    /** The conversation before this answer. */
    readonly turns: readonly Turn[];
    /** Whether the message being answered came with pictures that the model saw. */
    readonly hasImages: boolean;
    readonly cadence: DisclaimerCadence;
}

/**
 * Which disclaimer an answer carries: the one about pictures, the general one or none. A later
 * question about a picture that was sent before follows the cadence of answers without pictures:
 * the patient has just read the disclaimer beneath the answer about the picture itself.
 */
export function disclaimerDue({
    turns,
    hasImages,
    cadence,
}: DisclaimerQuestion): "none" | "general" | "image" {
    if (hasImages && cadence.imageAnswers) return "image";
    const answer = turns.filter(({ role }) => role === "assistant").length + 1;
    const first = answer === 1 && (cadence.firstAnswer || cadence.afterReset);
    const nth = cadence.everyAnswers !== undefined && answer % cadence.everyAnswers === 0;
    return first || nth ? "general" : "none";
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
