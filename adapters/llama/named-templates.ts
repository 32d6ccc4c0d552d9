import type { ChatTemplate, TemplatePart } from "./chat-template.ts";

/** A template of the product's own, or the one that the model's file holds. */
export type TemplateName = keyof typeof namedTemplates | "gguf";

const llavaImages = { between: " ", afterOne: "\n", afterSeveral: " " };

function always(...parts: TemplatePart[]): ChatTemplate["start"] {
    return { withSystem: parts, withoutSystem: parts };
}

function llama3Header(role: string): TemplatePart[] {
    return [
        { special: "<|start_header_id|>" },
        { text: role },
        { special: "<|end_header_id|>" },
        { text: "\n\n" },
    ];
}

const llama3End: readonly TemplatePart[] = [{ special: "<|eot_id|>" }];

/**
 * The template that BiMediX2 was trained with: `llama3` of LLaVA-pp's conversation.py, without the
 * dates that Llama 3.1's own template writes. One picture stands as `<image>\n{question}`, several
 * as `<image> <image> {question}`, as in the authors' inference scripts.
 */
export const llama3Template: ChatTemplate = {
    name: "llama3",
    start: always({ special: "<|begin_of_text|>" }),
    messages: {
        system: { before: llama3Header("system"), after: llama3End },
        user: { before: llama3Header("user"), after: llama3End },
        assistant: { before: llama3Header("assistant"), after: llama3End },
    },
    isSystemWithinQuestion: false,
    answer: llama3Header("assistant"),
    images: llavaImages,
};

/**
 * Mistral 7B Instruct 0.1 and 0.2, and `mistral_instruct` of LLaVA-Med's conversation.py, which
 * writes one more space before `</s>`. The vocabulary puts the space before an answer by itself.
 */
const mistralTemplate: ChatTemplate = {
    name: "mistral",
    start: always({ special: "<s>" }),
    messages: {
        system: { before: [{ text: "[INST] " }], after: [{ text: "\n\n" }] },
        user: { before: [{ text: "[INST] " }], after: [{ text: " [/INST]" }] },
        assistant: { before: [], after: [{ special: "</s>" }] },
    },
    isSystemWithinQuestion: true,
    answer: [],
    images: llavaImages,
};

function chatmlHeader(role: string): TemplatePart[] {
    return [{ special: "<|im_start|>" }, { text: `${role}\n` }];
}

const chatmlEnd: readonly TemplatePart[] = [{ special: "<|im_end|>" }, { text: "\n" }];

/** Qwen 2 and 2.5, and many others. */
const chatmlTemplate: ChatTemplate = {
    name: "chatml",
    start: always(),
    messages: {
        system: { before: chatmlHeader("system"), after: chatmlEnd },
        user: { before: chatmlHeader("user"), after: chatmlEnd },
        assistant: { before: chatmlHeader("assistant"), after: chatmlEnd },
    },
    isSystemWithinQuestion: false,
    answer: chatmlHeader("assistant"),
    images: llavaImages,
};

function gemmaHeader(role: string): TemplatePart[] {
    return [{ special: "<start_of_turn>" }, { text: `${role}\n` }];
}

const gemmaEnd: readonly TemplatePart[] = [{ special: "<end_of_turn>" }, { text: "\n" }];

/** Gemma 1 to 3, and MedGemma. */
const gemmaTemplate: ChatTemplate = {
    name: "gemma",
    start: always({ special: "<bos>" }),
    messages: {
        system: { before: gemmaHeader("user"), after: [{ text: "\n\n" }] },
        user: { before: gemmaHeader("user"), after: gemmaEnd },
        assistant: { before: gemmaHeader("model"), after: gemmaEnd },
    },
    isSystemWithinQuestion: true,
    answer: gemmaHeader("model"),
    images: { between: "\n\n", afterOne: "\n\n", afterSeveral: "\n\n" },
};

/** HuatuoGPT-Vision: `preprocess_huatuo` of its cli.py. Each picture stands on a line of its own. */
const huatuoTemplate: ChatTemplate = {
    name: "huatuo",
    start: always(),
    messages: {
        system: { before: [{ text: "<|user|>\n" }], after: [{ text: "\n\n" }] },
        user: { before: [{ text: "<|user|>\n" }], after: [{ text: "\n" }] },
        assistant: { before: [{ text: "<|assistant|>\n" }], after: [{ text: " \n" }] },
    },
    isSystemWithinQuestion: true,
    answer: [{ text: "<|assistant|>\n" }],
    images: { between: "\n", afterOne: "\n", afterSeveral: "\n" },
};

/** Apollo 2 on Qwen 2: `User:{query}\nAssistant:{response}<|endoftext|>` of its usage notes. */
const apolloTemplate: ChatTemplate = {
    name: "apollo",
    start: always(),
    messages: {
        system: { before: [{ text: "User:" }], after: [{ text: "\n\n" }] },
        user: { before: [{ text: "User:" }], after: [{ text: "\n" }] },
        assistant: { before: [{ text: "Assistant:" }], after: [{ special: "<|endoftext|>" }] },
    },
    isSystemWithinQuestion: true,
    answer: [{ text: "Assistant:" }],
    images: llavaImages,
};

/** By the name that a profile gives. */
export const namedTemplates = {
    llama3: llama3Template,
    mistral: mistralTemplate,
    chatml: chatmlTemplate,
    gemma: gemmaTemplate,
    huatuo: huatuoTemplate,
    apollo: apolloTemplate,
} as const satisfies Record<string, ChatTemplate>;
