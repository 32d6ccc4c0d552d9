import type { LlamaModel, Token } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { ChatImage, ChatMessage } from "../../src/ports.ts";
import {
    allParts,
    type ChatTemplate,
    escapeRegExp,
    markersOf,
    partsBefore,
    type TemplatePart,
    withoutMarkers,
} from "./chat-template.ts";
import { ImagePlaceholders } from "./image-placeholders.ts";
import { LeastRecentlyUsed } from "./least-recently-used.ts";
import { sharedLength } from "./shared-length.ts";
import { addsSpace } from "./stream-text.ts";

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
    readonly #markers: readonly string[];
    readonly #imageTokens: number;
    readonly #placeholders = new ImagePlaceholders();
    readonly #special = new Map<string, Token>();
    readonly #addsSpace: boolean;
    readonly #userDefined: RegExp | undefined;
    #texts = new LeastRecentlyUsed<string, readonly Token[]>(rememberedTexts);

    /**
     * @param imageTokens Positions of one picture; 0 when the model does not see.
     * @throws `model-invalid` when the model's vocabulary is not the template's.
     */
    constructor(model: LlamaModel, template: ChatTemplate, imageTokens: number) {
        this.#model = model;
        this.#template = template;
        this.#markers = markersOf(template);
        this.#imageTokens = imageTokens;
        for (const part of allParts(template)) {
            if ("special" in part) this.#special.set(part.special, this.#onlyToken(part.special));
        }
        this.#addsSpace = addsSpace(model);
        this.#userDefined = userDefinedTexts(model);
    }

    /** Forgets the texts whose tokens it remembers, whoever wrote them. */
    forgetTexts(): void {
        this.#texts = new LeastRecentlyUsed(rememberedTexts);
    }

    /** What stands at each position of this picture. */
    placeholderOf(imageId: string): Token {
        return this.#placeholders.of(imageId);
    }

    /** What opens the prompt, before the first message. */
    start(first?: ChatMessage["role"]): PromptTokens {
        const { withSystem, withoutSystem } = this.#template.start;
        return this.#tokenize(first === "system" ? withSystem : withoutSystem);
    }

    /**
     * What any message of a role begins with, behind one of the role `previous`. The end of the template's
     * own text is not among it where a message's first word becomes one token with that, as after a space.
     * Nothing, where the template writes a system message and the question behind it as one (Gemma, Mistral).
     */
    opening(role: ChatMessage["role"], previous?: ChatMessage["role"]): readonly Token[] {
        const [latin = [], arabic = []] = ["A", "\u0627"].map(
            (text) => this.message({ role, text, images: [] }, previous).tokens,
        );
        return latin.slice(0, sharedLength(latin, arabic));
    }

    /** One message of the conversation, behind one of the role `previous`. */
    message({ role, text, images }: ChatMessage, previous?: ChatMessage["role"]): PromptTokens {
        const before = partsBefore(this.#template, role, previous);
        const { after } = this.#template.messages[role];
        const { between, afterOne, afterSeveral } = this.#template.images;
        const pictures = images.flatMap((image, index) =>
            index === 0 ? [{ image }] : [{ text: between }, { image }],
        );
        const gap = images.length === 0 ? "" : images.length === 1 ? afterOne : afterSeveral;
        const content = gap + withoutMarkers(text, this.#markers);
        const parts = [...before, ...pictures, { text: content }, ...after];
        return this.#tokenize(parts, before !== this.#template.messages[role].before);
    }

    /** What opens the answer, after the last message. */
    answer(): PromptTokens {
        return this.#tokenize(this.#template.answer);
    }

    /** @param goesOn Whether the first text goes on with that of the former message. */
    #tokenize(
        parts: readonly (TemplatePart | { readonly image: ChatImage })[],
        goesOn = false,
    ): PromptTokens {
        const tokens: Token[] = [];
        const images: PlacedImage[] = [];
        let text = "";
        const endText = (): void => {
            const continues = goesOn && tokens.length === 0;
            for (const token of this.#textTokens(text, continues)) tokens.push(token);
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

    #textTokens(text: string, continues: boolean): readonly Token[] {
        if (text === "") return [];
        const key = `${Number(continues)}${text}`;
        const known = this.#texts.get(key);
        if (known !== undefined) return known;
        const tokens = this.#asText(text).flatMap((piece, index) =>
            continues || index > 0 ? this.#continue(piece) : this.#model.tokenize(piece, false),
        );
        this.#texts.set(key, tokens, text.length + tokens.length);
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

    /** A text's tokens without the space that some vocabularies put before each text. */
    #continue(text: string): readonly Token[] {
        if (!this.#addsSpace) return this.#model.tokenize(text, false);
        const newline = this.#model.tokenize("\n", false);
        return this.#model.tokenize(`\n${text}`, false).slice(newline.length);
    }

    #onlyToken(special: string): Token {
        const [token, ...rest] = this.#model.tokenize(special, true);
        if (token === undefined || rest.length > 0) {
            throw new AppError(
                "model-invalid",
                `The model's vocabulary has no token ${special}, which the template ${this.#template.name} needs.`,
                {
                    remedy: "Set model.file in clinic.yaml to a file of the profile's model, or template in the profile to the model's own.",
                },
            );
        }
        return token;
    }
}

/**
 * Finds the texts that llama.cpp turns into one token even where special tokens are off, such as
 * an `<image>` that was added to the vocabulary. Runs of spaces and line ends, which some vocabularies
 * define in the same way, are what they look like.
 */
function userDefinedTexts(model: LlamaModel): RegExp | undefined {
    const { tokens, token_type: types } = model.fileInfo.metadata.tokenizer.ggml;
    const texts = tokens.filter((text, token) => {
        const type: number | undefined = types?.[token];
        return type === userDefinedToken && text.length > 1 && !/^[\s\u2581]*$/.test(text);
    });
    if (texts.length === 0) return undefined;
    // A lookahead finds overlapping occurrences too
    return new RegExp(`(?=${texts.map(escapeRegExp).join("|")})`, "g");
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
