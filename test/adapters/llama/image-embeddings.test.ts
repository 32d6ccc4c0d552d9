import { describe, expect, it } from "vitest";
import { ImageEmbeddings } from "../../../adapters/llama/image-embeddings.ts";
import type { ModelImage } from "../../../src/message.ts";
import type { ChatImage } from "../../../src/ports.ts";

function picture(id: string): ChatImage {
    return { id, load: async () => ({ id, side: 1, rgb: new Uint8Array(3) }) };
}

/** Encodes a picture as one value; `encoded` lists what was encoded. */
function encoder(): { encoded: string[]; encode: (image: ModelImage) => Promise<Float32Array> } {
    const encoded: string[] = [];
    return {
        encoded,
        encode: async ({ id }) => {
            encoded.push(id);
            await new Promise(setImmediate);
            return Float32Array.of(encoded.length);
        },
    };
}

describe("ImageEmbeddings", () => {
    it("encodes a picture once, however many ask at a time", async () => {
        const { encoded, encode } = encoder();
        const embeddings = new ImageEmbeddings(encode, 1000);
        const [first, second] = await Promise.all([
            embeddings.of(picture("a")),
            embeddings.of(picture("a")),
            embeddings.of(picture("b")),
        ]);
        expect(await embeddings.of(picture("a"))).toBe(first);
        expect(second).toBe(first);
        expect(encoded).toEqual(["a", "b"]);
    });

    it("keeps no more bytes than it may, and what was used last", async () => {
        const { encoded, encode } = encoder();
        const embeddings = new ImageEmbeddings(encode, 8);
        for (const id of ["a", "b", "a", "c", "a", "b"]) await embeddings.of(picture(id));
        expect(encoded).toEqual(["a", "b", "c", "b"]);
    });

    it("tries again after a failure", async () => {
        const { encoded, encode } = encoder();
        const embeddings = new ImageEmbeddings(encode, 1000);
        const lost = { id: "a", load: () => Promise.reject(new Error("gone")) };
        await expect(embeddings.of(lost)).rejects.toThrow("gone");
        await embeddings.of(picture("a"));
        expect(encoded).toEqual(["a"]);
    });

    it("waits for all that is being encoded", async () => {
        const { encode } = encoder();
        const embeddings = new ImageEmbeddings(encode, 1000);
        let isDone = false;
        void embeddings.of(picture("a")).then(() => (isDone = true));
        await embeddings.settle();
        expect(isDone).toBe(true);
    });
});
