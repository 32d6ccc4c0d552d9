import { join } from "node:path";
import { readGgufFileInfo } from "node-llama-cpp";
import { packageRoot } from "../../src/package-root.ts";
import type { MetadataValue } from "./gguf-file.ts";

/** A tokenizer for a GGUF file. */
export interface Vocabulary {
    readonly metadata: Readonly<Record<string, MetadataValue>>;
    /** Whether a token is a whole word with the space before it. */
    readonly isWord: (token: number) => boolean;
}

const normalToken = 1;

/**
 * The demonstration model's tokenizer, filled up to `size` with tokens that no text becomes.
 *
 * @throws when the demonstration model has more tokens.
 */
export async function readDemoVocabulary(size: number): Promise<Vocabulary> {
    const path = join(packageRoot(), "models", "demo", "bimedix2-demo.gguf");
    const { metadata } = await readGgufFileInfo(path, { sourceType: "filesystem" });
    const { tokens, token_type: types, merges = [], ...rest } = metadata.tokenizer.ggml;
    if (tokens.length > size) throw new Error(`The vocabulary has ${tokens.length} tokens.`);
    const unused = Array.from({ length: size - tokens.length }, (_, index) => `~unused~${index}`);
    return {
        metadata: {
            "tokenizer.ggml.model": { string: rest.model },
            "tokenizer.ggml.pre": { string: rest.pre ?? "llama-bpe" },
            "tokenizer.ggml.tokens": { strings: [...tokens, ...unused] },
            "tokenizer.ggml.token_type": { i32s: [...types, ...unused.map(() => normalToken)] },
            "tokenizer.ggml.merges": { strings: merges },
            "tokenizer.ggml.bos_token_id": { u32: rest.bos_token_id ?? 0 },
            "tokenizer.ggml.eos_token_id": { u32: rest.eos_token_id ?? 0 },
            "tokenizer.ggml.eot_token_id": { u32: rest.eot_token_id ?? 0 },
            "tokenizer.ggml.padding_token_id": { u32: rest.padding_token_id ?? 0 },
            "tokenizer.ggml.add_bos_token": { bool: true },
        },
        // Ġ stands for the space.
        isWord: (token) => /^Ġ[A-Za-z]{2,}$/.test(tokens[token] ?? ""),
    };
}
