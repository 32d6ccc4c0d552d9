import type { LlamaModel, Token } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import { type ChatTemplate, escapeRegExp } from "./chat-template.ts";
import { deriveTemplate } from "./derive-template.ts";
import { namedTemplates, type TemplateName } from "./named-templates.ts";

const controlToken = 3;
const userDefinedToken = 4;

/**
 * The template of that name; `gguf` reads it from the model's file.
 *
 * @throws `model-invalid` when the file holds none that can be used.
 */
export function openTemplate(model: LlamaModel, name: TemplateName): ChatTemplate {
    if (name !== "gguf") return namedTemplates[name];
    const { chat_template: jinja } = model.fileInfo.metadata.tokenizer;
    if (typeof jinja !== "string") {
        throw new AppError("model-invalid", "The model's file holds no chat template.", {
            remedy: "Set template in the model's profile to the name of one (docs/models.md).",
        });
    }
    const { bosString, eosString, shouldPrependBosToken } = model.tokens;
    return deriveTemplate(jinja, {
        bos: bosString ?? "",
        eos: eosString ?? "",
        needsBos: shouldPrependBosToken,
        specials: specialTexts(model),
    });
}

/** Matches the texts of all special tokens, the longest first. */
function specialTexts(model: LlamaModel): RegExp | undefined {
    const { tokens, token_type: types } = model.fileInfo.metadata.tokenizer.ggml;
    const texts = tokens.filter((text, token) => {
        const type: number | undefined = types?.[token];
        const isSpecial = type === controlToken || type === userDefinedToken;
        return isSpecial && text.trim() !== "";
    });
    if (texts.length === 0) return undefined;
    const longestFirst = texts.sort((a, b) => b.length - a.length);
    return new RegExp(`(${longestFirst.map(escapeRegExp).join("|")})`, "u");
}

/**
 * The special tokens of these texts.
 *
 * @throws `model-invalid` when the vocabulary lacks one.
 */
export function stopTokens(model: LlamaModel, texts: readonly string[]): ReadonlySet<Token> {
    const stops = texts.map((text) => {
        const [token, ...rest] = model.tokenize(text, true);
        if (token !== undefined && rest.length === 0) return token;
        throw new AppError("model-invalid", `The model's vocabulary has no token ${text}.`, {
            remedy: "Correct stopTokens in the model's profile.",
        });
    });
    return new Set(stops);
}
