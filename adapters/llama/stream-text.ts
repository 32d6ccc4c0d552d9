import type { LlamaModel, Token } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";

const normalToken = 1;
const userDefinedToken = 4;

/**
 * What each token of a byte-level BPE vocabulary says. The library's detokenizer is not used: it
 * removes spaces before punctuation, so that an answer would not be tokenized into itself again.
 */
export class TokenBytes {
    readonly #tokens: readonly string[];
    readonly #types: readonly number[] | undefined;

    /** @throws `model-invalid` when the vocabulary is of another kind. */
    constructor(model: LlamaModel) {
        const { model: kind, tokens, token_type: types } = model.fileInfo.metadata.tokenizer.ggml;
        if (kind !== "gpt2") {
            throw new AppError(
                "model-invalid",
                "The model's vocabulary is not byte-level BPE: it is not a Llama 3 model such as BiMediX2.",
                { remedy: "Set model.file in clinic.yaml to a GGUF file of BiMediX2." },
            );
        }
        this.#tokens = tokens;
        this.#types = types;
    }

    /** The token's bytes; none for special tokens. */
    of(token: Token): Uint8Array {
        const text = this.#tokens[token] ?? "";
        const type = this.#types?.[token] ?? normalToken;
        if (type === userDefinedToken) return new TextEncoder().encode(text);
        if (type !== normalToken) return new Uint8Array();
        return Uint8Array.from(text, (character) => byteOf.get(character) ?? questionMark);
    }
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
    #text = "";

    constructor(bytes: TokenBytes, onText: ((piece: string) => void) | undefined) {
        this.#bytes = bytes;
        this.#onText = onText;
    }

    push(token: Token): void {
        const piece = this.#decoder.decode(this.#bytes.of(token), { stream: true });
        if (piece === "") return;
        this.#text += piece;
        this.#onText?.(piece);
    }

    /** All pieces together; the bytes of an unfinished character are not among them. */
    get text(): string {
        return this.#text;
    }
}
