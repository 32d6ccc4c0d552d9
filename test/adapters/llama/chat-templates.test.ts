import { Template } from "@huggingface/jinja";
import * as fc from "fast-check";
import type { LlamaModel, Token } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatTemplate } from "../../../adapters/llama/chat-template.ts";
import { deriveTemplate } from "../../../adapters/llama/derive-template.ts";
import { namedTemplates } from "../../../adapters/llama/named-templates.ts";
import { openTemplate } from "../../../adapters/llama/open-template.ts";
import { joinTokens, PromptTokenizer } from "../../../adapters/llama/prompt-tokens.ts";
import { TextStream, TokenBytes } from "../../../adapters/llama/stream-text.ts";
import type { ChatMessage } from "../../../src/ports.ts";
import { assistant, user } from "./demo-model.ts";
import {
    type BundledVocabularies,
    openVocabularies,
    withSpecialTokens,
} from "./bundled-vocabularies.ts";

let bundled: BundledVocabularies;
let qwen: LlamaModel;
let llama3: LlamaModel;
let mistral: LlamaModel;
let gemma: LlamaModel;

beforeAll(async () => {
    bundled = await openVocabularies();
    qwen = await bundled.open("qwen2");
    llama3 = await bundled.open("llama-bpe");
    mistral = await bundled.open("llama-spm");
    const texts = { 1: "<bos>", 31_998: "<start_of_turn>", 31_999: "<end_of_turn>" };
    gemma = await bundled.open("llama-spm", (file) => withSpecialTokens(file, texts, false));
});
afterAll(() => bundled.dispose());

const system: ChatMessage = { role: "system", text: "Be kind.\nReply in Arabic.", images: [] };
const turns = [
    user("كيف حالك؟ I'm 42 -- ok?\n\nnext"),
    assistant("بخير، والحمد لله."),
    user("And what is it?"),
];

function tokensOf(
    model: LlamaModel,
    template: ChatTemplate,
    messages: readonly ChatMessage[],
): Token[] {
    const tokenizer = new PromptTokenizer(model, template, 0);
    const parts = messages.map((message, index) =>
        tokenizer.message(message, messages[index - 1]?.role),
    );
    const prompt = [tokenizer.start(messages[0]?.role), ...parts, tokenizer.answer()];
    return [...joinTokens(prompt).tokens];
}

/** What the model's makers publish, rendered and read with its special tokens by llama.cpp. */
function published(model: LlamaModel, jinja: string, messages: readonly ChatMessage[]): Token[] {
    const text = new Template(jinja).render({
        messages: messages.map(({ role, text: content }) => ({ role, content })),
        add_generation_prompt: true,
        bos_token: model.tokens.bosString ?? "",
        eos_token: model.tokens.eosString ?? "",
    });
    return model.tokenize(text, true);
}

/** Mistral's, which its makers publish in words: no file of it is among the sources. */
const mistralJinja =
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}" +
    "{{ '[INST] ' + message['content'] + ' [/INST]' }}{% else %}" +
    "{{ ' ' + message['content'] + eos_token }}{% endif %}{% endfor %}";

describe("named templates make the tokens of the published ones", () => {
    it("chatml, of Qwen 2.5", async () => {
        const jinja = await bundled.template("Qwen-Qwen2.5-7B-Instruct");
        const messages = [system, ...turns];
        const tokens = tokensOf(qwen, namedTemplates.chatml, messages);
        expect(tokens).toEqual(published(qwen, jinja, messages));
    });

    it("gemma, of Gemma 2, without a system message", async () => {
        const jinja = await bundled.template("google-gemma-2-2b-it");
        const tokens = tokensOf(gemma, namedTemplates.gemma, turns);
        expect(tokens).toEqual(published(gemma, jinja, turns));
    });

    it("gemma, as Gemma 3 writes a system message: within the first question", () => {
        const text =
            "<bos><start_of_turn>user\nBe kind.\nReply in Arabic.\n\nHello<end_of_turn>\n<start_of_turn>model\n";
        const tokens = tokensOf(gemma, namedTemplates.gemma, [system, user("Hello")]);
        expect(tokens).toEqual(gemma.tokenize(text, true));
    });

    it("mistral", () => {
        const tokens = tokensOf(mistral, namedTemplates.mistral, turns);
        expect(tokens).toEqual(published(mistral, mistralJinja, turns));
        const text = "<s>[INST] Be kind.\nReply in Arabic.\n\nHello [/INST]";
        const withSystem = tokensOf(mistral, namedTemplates.mistral, [system, user("Hello")]);
        expect(withSystem).toEqual(mistral.tokenize(text, true));
    });

    it("huatuo and apollo, which their authors publish as texts", () => {
        const conversation = [user("What?"), assistant("Nothing."), user("Sure?")];
        expect(tokensOf(qwen, namedTemplates.huatuo, conversation)).toEqual([
            ...qwen.tokenize("<|user|>\nWhat?\n", true),
            ...qwen.tokenize("<|assistant|>\nNothing. \n", true),
            ...qwen.tokenize("<|user|>\nSure?\n<|assistant|>\n", true),
        ]);
        expect(tokensOf(qwen, namedTemplates.apollo, conversation)).toEqual(
            qwen.tokenize(
                "User:What?\nAssistant:Nothing.<|endoftext|>User:Sure?\nAssistant:",
                true,
            ),
        );
    });
});

describe("a template from the model's own file", () => {
    it.each(["Qwen-Qwen2.5-7B-Instruct", "Qwen-Qwen3-0.6B"])("%s", async (name) => {
        const jinja = await bundled.template(name);
        const derived = deriveTemplate(jinja, textsOf(qwen));
        for (const messages of [[system, ...turns], turns, [user("Hello")]]) {
            const tokens = tokensOf(qwen, derived, messages);
            const expected = published(qwen, jinja, messages);
            // Qwen 3 leaves room for thoughts, which are switched off here
            expect(tokens.slice(0, expected.length)).toEqual(expected);
        }
    });

    it("Llama 3.1, with one token in front and the date that the file itself names", async () => {
        const jinja = await bundled.template("meta-llama-Llama-3.1-8B-Instruct");
        const derived = deriveTemplate(jinja, textsOf(llama3));
        for (const messages of [[system, ...turns], turns]) {
            const tokens = tokensOf(llama3, derived, messages);
            expect(tokens).toEqual(published(llama3, jinja, messages));
            expect(tokens.filter((token) => token === llama3.tokens.bos)).toHaveLength(1);
        }
    });

    it("Gemma 2, which has no system message, and Mistral", async () => {
        const jinja = await bundled.template("google-gemma-2-2b-it");
        const derived = deriveTemplate(jinja, textsOf(gemma));
        const messages = [system, ...turns];
        expect(tokensOf(gemma, derived, turns)).toEqual(published(gemma, jinja, turns));
        expect(tokensOf(gemma, derived, messages)).toEqual(
            tokensOf(gemma, namedTemplates.gemma, messages),
        );
        const instruct = deriveTemplate(mistralJinja, textsOf(mistral));
        expect(tokensOf(mistral, instruct, [user("Hello")])).toEqual(
            mistral.tokenize("<s>[INST] Hello [/INST]", true),
        );
    });

    it("is read from the file's header", () => {
        const tokens = tokensOf(qwen, openTemplate(qwen, "gguf"), [system, user("Hello")]);
        expect(tokens).toEqual(tokensOf(qwen, namedTemplates.chatml, [system, user("Hello")]));
        expect(() => openTemplate(mistral, "gguf")).toThrow("holds no chat template");
    });

    it.each([
        ["that is broken", "{% for message in messages %}"],
        ["that loses messages", "{{ messages[0]['content'] }}"],
        [
            "that changes with the number of turns",
            "{% for message in messages %}{{ loop.length }}{{ message['content'] }}{% endfor %}",
        ],
    ])("refuses one %s", (_, jinja) => {
        expect(() => deriveTemplate(jinja, textsOf(qwen))).toThrow("cannot be used here");
    });
});

function textsOf(model: LlamaModel): Parameters<typeof deriveTemplate>[1] {
    const { tokens, token_type: types } = model.fileInfo.metadata.tokenizer.ggml;
    const special = tokens.filter((_, token) => Number(types?.[token]) === 3);
    return {
        bos: model.tokens.bosString ?? "",
        eos: model.tokens.eosString ?? "",
        needsBos: model.tokens.shouldPrependBosToken,
        specials: new RegExp(
            `(${special.map((text) => text.replaceAll(/[|$.*+?()[\]{}^\\]/g, "\\$&")).join("|")})`,
            "u",
        ),
    };
}

describe("what people write", () => {
    const cases: readonly [string, () => LlamaModel, () => ChatTemplate, readonly string[]][] = [
        ["chatml", () => qwen, () => namedTemplates.chatml, []],
        ["gemma", () => gemma, () => namedTemplates.gemma, []],
        ["mistral", () => mistral, () => namedTemplates.mistral, ["[INST]", "[/INST]"]],
        ["huatuo", () => qwen, () => namedTemplates.huatuo, ["<|user|>", "<|assistant|>"]],
        ["apollo", () => qwen, () => namedTemplates.apollo, ["User:", "Assistant:"]],
        ["the file's own", () => qwen, () => openTemplate(qwen, "gguf"), []],
        [
            "the file's own with plain words",
            () => mistral,
            () => deriveTemplate(mistralJinja, textsOf(mistral)),
            ["[INST]", "[/INST]"],
        ],
    ];
    const markers = [
        "<|im_end|>",
        "<|im_start|>system\n",
        "<|endoftext|>",
        "<end_of_turn>",
        "<start_of_turn>model\n",
        "<bos>",
        "<s>",
        "</s>",
        "[INST]",
        "[/INST]",
        "<|user|>",
        "<|assistant|>\n",
        "User:",
        "Assistant:",
    ];
    const hostileText = fc
        .array(
            fc.oneof(
                fc.constantFrom(...markers),
                fc.constantFrom("\n", " ", "[", "INST", "]", "/", "User", ":", "<|", "|>", "مرحبا"),
                fc.string({ unit: "binary", maxLength: 8 }),
            ),
            { maxLength: 12 },
        )
        .map((parts) => parts.join(""));

    it.each(cases)("forges no turn of %s", (_, model, template, plainMarkers) => {
        const tokenizer = new PromptTokenizer(model(), template(), 36);
        const special = (tokens: readonly Token[]): Token[] =>
            tokens.filter((token) => model().isSpecialToken(token) || token >= 0x8000_0000);
        const read = (tokens: readonly Token[]): string => model().detokenize([...tokens], true);
        const empty = tokenizer.message(user(""));
        fc.assert(
            fc.property(hostileText, (text) => {
                const message = tokenizer.message(user(text));
                expect(special(message.tokens)).toEqual(special(empty.tokens));
                for (const marker of plainMarkers) {
                    const times = (tokens: readonly Token[]): number =>
                        read(tokens).split(marker).length;
                    expect(times(message.tokens)).toBe(times(empty.tokens));
                }
            }),
            { numRuns: 200 },
        );
    });
});

describe("an answer in a SentencePiece vocabulary", () => {
    it("is read back as it was written, without the vocabulary's own space", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
                for (const model of [mistral, gemma]) {
                    if (text.includes("\u2581") || text.includes("\0")) continue;
                    const stream = new TextStream(new TokenBytes(model), undefined);
                    for (const token of model.tokenize(text, false)) stream.push(token);
                    expect(stream.text).toBe(text);
                }
            }),
            { numRuns: 200 },
        );
    });
});
