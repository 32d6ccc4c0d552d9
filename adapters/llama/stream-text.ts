import type { LlamaModel, Token } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";

const normalToken = 1;
const userDefinedToken = 4;
const byteToken = 6;

/** Whether the vocabulary puts a space before each text, so that words are the same at its start. */
export function addsSpace({ fileInfo }: LlamaModel): boolean {
    const { model, add_space_prefix: added } = fileInfo.metadata.tokenizer.ggml;
    return model === "llama" && added !== false;
}

/**
 * What each token of a byte-level BPE or a SentencePiece vocabulary says. The library's detokenizer is
 * not used: it removes spaces before punctuation, so that an answer would not be tokenized into itself
 * again.
 */
export class TokenBytes {
    /** Whether the space that an answer begins with is the vocabulary's own. */
    readonly beginsWithSpace: boolean;
    readonly #tokens: readonly string[];
    readonly #types: readonly number[] | undefined;
    readonly #toBytes: (text: string) => Uint8Array;

    /** @throws `model-invalid` when the vocabulary is of another kind. */
    constructor(model: LlamaModel) {
        const { model: kind, tokens, token_type: types } = model.fileInfo.metadata.tokenizer.ggml;
        if (kind !== "gpt2" && kind !== "llama") {
            throw new AppError(
                "model-invalid",
                `The model's vocabulary is of a kind that cannot be used here: ${kind}.`,
                {
                    remedy: "Let the model answer on a server (docs/model-server.md), or use another model.",
                },
            );
        }
        this.beginsWithSpace = addsSpace(model);
        this.#toBytes = kind === "gpt2" ? byteLevelBytes : sentencePieceBytes;
        this.#tokens = tokens;
        this.#types = types;
    }

    /** The token's bytes; none for special tokens. */
    of(token: Token): Uint8Array {
        const text = this.#tokens[token] ?? "";
        const type = this.#types?.[token] ?? normalToken;
        if (type === userDefinedToken) return new TextEncoder().encode(text);
        if (type === byteToken) return Uint8Array.of(Number.parseInt(text.slice(1, -1), 16));
        return type === normalToken ? this.#toBytes(text) : new Uint8Array();
    }
}

function byteLevelBytes(text: string): Uint8Array {
    return Uint8Array.from(text, (character) => byteOf.get(character) ?? questionMark);
}

function sentencePieceBytes(text: string): Uint8Array {
    return new TextEncoder().encode(text.replaceAll("\u2581", " "));
}

const questionMark = 0x3f;

/** The characters that byte-level BPE writes for bytes: `bytes_to_unicode` of OpenAI's GPT-2. */
const byteOf: ReadonlyMap<string, number> = new Map(
    Array.from({ length: 256 }, (_, byte) => byte)
        .sort((a, b) => Number(!isShown(a)) - Number(!isShown(b)) || a - b)
        .map((byte, rank) => [String.fromCodePoint(isShown(byte) ? byte : 68 + rank), byte]),
);

function isShown(byte: number): boolean {
    return (
        (byte >= 0x21 && byte <= 0x7e) ||
        (byte >= 0xa1 && byte <= 0xac) ||
        (byte >= 0xae && byte <= 0xff)
    );
}

/** Makes text of tokens as they are generated; a character comes when all its bytes are there. */
export class TextStream {
    readonly #bytes: TokenBytes;
    readonly #onText: ((piece: string) => void) | undefined;
    readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    #isAtStart = true;
    #text = "";

    constructor(bytes: TokenBytes, onText: ((piece: string) => void) | undefined) {
        this.#bytes = bytes;
        this.#onText = onText;
    }

    push(token: Token): void {
        const decoded = this.#decoder.decode(this.#bytes.of(token), { stream: true });
        if (decoded === "") return;
        const isOwnSpace = this.#isAtStart && this.#bytes.beginsWithSpace;
        this.#isAtStart = false;
        const piece = isOwnSpace && decoded.startsWith(" ") ? decoded.slice(1) : decoded;
        if (piece === "") return;
        this.#text += piece;
        this.#onText?.(piece);
    }

    /** All pieces together; the bytes of an unfinished character are not among them. */
    get text(): string {
        return this.#text;
    }
}
