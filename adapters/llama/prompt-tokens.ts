import type { LlamaModel, Token } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { ChatImage, ChatMessage } from "../../src/ports.ts";
import { ImagePlaceholders } from "./image-placeholders.ts";
import { LeastRecentlyUsed } from "./least-recently-used.ts";
import type { ChatTemplate, TemplatePart } from "./llama3-template.ts";

/** A picture's positions within a list of tokens. */
export interface PlacedImage {
    readonly start: number;
    /** The position after its last. */
    readonly end: number;
    readonly image: ChatImage;
}

/** Tokens, with placeholders where pictures stand. */
export interface PromptTokens {
    readonly tokens: readonly Token[];
    readonly images: readonly PlacedImage[];
}

const userDefinedToken = 4;
// Characters and tokens of texts whose tokens are remembered: some megabytes.
const rememberedTexts = 2_000_000;

/**
 * Turns messages into tokens. Only the template's own parts become special tokens: whatever a
 * message says is text.
 */
export class PromptTokenizer {
    readonly #model: LlamaModel;
    readonly #template: ChatTemplate;
    readonly #imageTokens: number;
    readonly #placeholders = new ImagePlaceholders();
    readonly #special = new Map<string, Token>();
    readonly #userDefined: RegExp | undefined;
    readonly #texts = new LeastRecentlyUsed<string, readonly Token[]>(rememberedTexts);

    /**
     * @param imageTokens Positions of one picture; 0 when the model does not see.
     * @throws `model-invalid` when the model's vocabulary is not the template's.
     */
    constructor(model: LlamaModel, template: ChatTemplate, imageTokens: number) {
        this.#model = model;
        this.#template = template;
        this.#imageTokens = imageTokens;
        const roles = Object.values(template.messages);
        const parts = [
            ...template.start,
            ...template.answer,
            ...roles.flatMap(({ before, after }) => [...before, ...after]),
        ];
        for (const part of parts) {
            if ("special" in part) this.#special.set(part.special, this.#onlyToken(part.special));
        }
        this.#userDefined = userDefinedTexts(model);
    }

    /** What opens the prompt, before the first message. */
    start(): PromptTokens {
        return this.#tokenize(this.#template.start);
    }

    /** One message of the conversation. */
    message({ role, text, images }: ChatMessage): PromptTokens {
        const { before, after } = this.#template.messages[role];
        const { between, afterOne, afterSeveral } = this.#template.images;
        const pictures = images.flatMap((image, index) =>
            index === 0 ? [{ image }] : [{ text: between }, { image }],
        );
        const gap = images.length === 0 ? "" : images.length === 1 ? afterOne : afterSeveral;
        return this.#tokenize([...before, ...pictures, { text: gap + text }, ...after]);
    }

    /** What opens the answer, after the last message. */
    answer(): PromptTokens {
        return this.#tokenize(this.#template.answer);
    }

    #tokenize(parts: readonly (TemplatePart | { readonly image: ChatImage })[]): PromptTokens {
        const tokens: Token[] = [];
        const images: PlacedImage[] = [];
        let text = "";
        const endText = (): void => {
            for (const token of this.#textTokens(text)) tokens.push(token);
            text = "";
        };
        for (const part of parts) {
            if ("text" in part) {
                text += part.text;
                continue;
            }
            endText();
            if ("special" in part) {
                tokens.push(this.#special.get(part.special) as Token);
            } else {
                const start = tokens.length;
                const placeholder = this.#placeholders.of(part.image.id);
                for (let i = 0; i < this.#imageTokens; i++) tokens.push(placeholder);
                images.push({ start, end: tokens.length, image: part.image });
            }
        }
        endText();
        return { tokens, images };
    }

    #textTokens(text: string): readonly Token[] {
        if (text === "") return [];
        const known = this.#texts.get(text);
        if (known !== undefined) return known;
        const tokens = this.#asText(text).flatMap((piece) => this.#model.tokenize(piece, false));
        this.#texts.set(text, tokens, text.length + tokens.length);
        return tokens;
    }

    /** Cuts where the tokenizer would see a token that the vocabulary defines by its text. */
    #asText(text: string): string[] {
        if (this.#userDefined === undefined) return [text];
        const pieces: string[] = [];
        let start = 0;
        for (const { index } of text.matchAll(this.#userDefined)) {
            const end = index + String.fromCodePoint(text.codePointAt(index) ?? 0).length;
            pieces.push(text.slice(start, end));
            start = end;
        }
        return [...pieces, text.slice(start)];
    }

    #onlyToken(special: string): Token {
        const [token, ...rest] = this.#model.tokenize(special, true);
        if (token === undefined || rest.length > 0) {
            throw new AppError(
                "model-invalid",
                `The model's vocabulary has no token ${special}: it is not a Llama 3 model such as BiMediX2.`,
                { remedy: "Set model.file in clinic.yaml to a GGUF file of BiMediX2." },
            );
        }
        return token;
    }
}

/**
 * Finds the texts that llama.cpp turns into one token even where special tokens are off, such as
 * an `<image>` that was added to the vocabulary.
 */
function userDefinedTexts(model: LlamaModel): RegExp | undefined {
    const { tokens, token_type: types } = model.fileInfo.metadata.tokenizer.ggml;
    const texts = tokens.filter((text, token) => {
        const type: number | undefined = types?.[token];
        return type === userDefinedToken && text.length > 1;
    });
    if (texts.length === 0) return undefined;
    const alternatives = texts.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    // A lookahead finds overlapping occurrences too
    return new RegExp(`(?=${alternatives.join("|")})`, "g");
}

/** Several stretches as one. */
export function joinTokens(parts: readonly PromptTokens[]): PromptTokens {
    const tokens: Token[] = [];
    const images: PlacedImage[] = [];
    for (const part of parts) {
        const offset = tokens.length;
        for (const token of part.tokens) tokens.push(token);
        for (const { start, end, image } of part.images) {
            images.push({ start: start + offset, end: end + offset, image });
        }
    }
    return { tokens, images };
}
