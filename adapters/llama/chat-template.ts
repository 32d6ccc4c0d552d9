import type { ChatMessage } from "../../src/ports.ts";

/**
 * A stretch of a prompt that the template itself writes: one special token, or text. Neighbouring
 * texts, the message's own included, are tokenized as one.
 */
export type TemplatePart = { readonly special: string } | { readonly text: string };

type Parts = readonly TemplatePart[];

/** How the messages of a conversation become one prompt: data alone. */
export interface ChatTemplate {
    readonly name: string;
    /** What opens the prompt, once: before a system message, and where there is none. */
    readonly start: { readonly withSystem: Parts; readonly withoutSystem: Parts };
    /** What stands before and after the pictures and the text of a message. */
    readonly messages: Readonly<
        Record<ChatMessage["role"], { readonly before: Parts; readonly after: Parts }>
    >;
    /**
     * Whether the system message stands within the user's first one, as in templates without a role
     * of its own for it: what stands before that message is then left out.
     */
    readonly isSystemWithinQuestion: boolean;
    /** Opens the answer. */
    readonly answer: Parts;
    /** What stands between pictures, and between the pictures and the text. */
    readonly images: {
        readonly between: string;
        readonly afterOne: string;
        readonly afterSeveral: string;
    };
}

/** All parts that the template may write. */
export function allParts({ start, messages, answer }: ChatTemplate): TemplatePart[] {
    const roles = Object.values(messages).flatMap(({ before, after }) => [...before, ...after]);
    return [...start.withSystem, ...start.withoutSystem, ...roles, ...answer];
}

/** What stands before a message that follows one of the given role; `undefined`: it is the first. */
export function partsBefore(
    template: ChatTemplate,
    role: ChatMessage["role"],
    previous: ChatMessage["role"] | undefined,
): Parts {
    const continues = template.isSystemWithinQuestion && previous === "system";
    return continues && role !== "assistant" ? [] : template.messages[role].before;
}

/**
 * The words that tell turns apart where these are plain text and no special tokens, such as
 * `[INST]`: those with signs in them.
 */
export function markersOf(template: ChatTemplate): string[] {
    const texts = allParts(template).flatMap((part) => ("text" in part ? [part.text] : []));
    const words = texts.flatMap((text) => text.split(/\s+/u));
    return [...new Set(words.filter((word) => word.length > 2 && /[^\p{L}\p{N}]/u.test(word)))];
}

/**
 * A message's text with a space before the last character of each marker in it, so that what
 * somebody writes is never read as the beginning or the end of a turn.
 */
export function withoutMarkers(text: string, markers: readonly string[]): string {
    return markers.reduce((before, marker) => {
        let result = before;
        // What is left of `#####` without `###` holds another one.
        while (result.includes(marker)) {
            result = result.replaceAll(marker, () => `${marker.slice(0, -1)} ${marker.slice(-1)}`);
        }
        return result;
    }, text);
}

/** A pattern that matches the text itself. */
export function escapeRegExp(text: string): string {
    return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
