import type { ChatMessage } from "../../src/ports.ts";

/**
 * A stretch of a prompt that the template itself writes: one special token, or text. Neighbouring
 * texts, the message's own included, are tokenized as one.
 */
export type TemplatePart = { readonly special: string } | { readonly text: string };

/** How the messages of a conversation become one prompt. */
export interface ChatTemplate {
    readonly name: string;
    /** Opens the prompt, once. */
    readonly start: readonly TemplatePart[];
    /** What stands before and after the pictures and the text of a message. */
    readonly messages: Readonly<
        Record<
            ChatMessage["role"],
            { readonly before: readonly TemplatePart[]; readonly after: readonly TemplatePart[] }
        >
    >;
    /** Opens the answer. */
    readonly answer: readonly TemplatePart[];
    /** What stands between pictures, and between the pictures and the text. */
    readonly images: {
        readonly between: string;
        readonly afterOne: string;
        readonly afterSeveral: string;
    };
}

function header(role: string): TemplatePart[] {
    return [
        { special: "<|start_header_id|>" },
        { text: role },
        { special: "<|end_header_id|>" },
        { text: "\n\n" },
    ];
}

const endOfTurn: readonly TemplatePart[] = [{ special: "<|eot_id|>" }];

/**
 * The template that BiMediX2 was trained with: `llama3` of LLaVA-pp's conversation.py, without the
 * dates that Llama 3.1's own template writes. One picture stands as `<image>\n{question}`, several
 * as `<image> <image> {question}`, as in the authors' inference scripts.
 */
export const llama3Template: ChatTemplate = {
    name: "llama3",
    start: [{ special: "<|begin_of_text|>" }],
    messages: {
        system: { before: header("system"), after: endOfTurn },
        user: { before: header("user"), after: endOfTurn },
        assistant: { before: header("assistant"), after: endOfTurn },
    },
    answer: header("assistant"),
    images: { between: " ", afterOne: "\n", afterSeveral: " " },
};
