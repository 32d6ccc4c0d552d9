import type { Token } from "node-llama-cpp";
import { LeastRecentlyUsed } from "./least-recently-used.ts";

// No vocabulary comes near; llama.cpp reads it as a negative token and refuses to decode it.
const firstPlaceholder = 0x8000_0000;
const rememberedImages = 10_000;

/**
 * The tokens that stand for pictures in a sequence's list of tokens, so that prefixes with pictures
 * compare like text. A number is never given twice: an image that was forgotten gets a new one, and
 * is then encoded once more, but two images never share one.
 */
export class ImagePlaceholders {
    readonly #known = new LeastRecentlyUsed<string, Token>(rememberedImages);
    #next = firstPlaceholder;

    /** The token of every position of this image. */
    of(imageId: string): Token {
        const known = this.#known.get(imageId);
        if (known !== undefined) return known;
        const token = this.#next++ as Token;
        this.#known.set(imageId, token, 1);
        return token;
    }
}
