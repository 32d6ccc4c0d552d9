import type { ModelImage } from "../../src/message.ts";
import type { ChatImage } from "../../src/ports.ts";
import { LeastRecentlyUsed } from "./least-recently-used.ts";

/** Encoded pictures, each made once however many conversations ask for it at a time. */
export class ImageEmbeddings {
    readonly #encode: (image: ModelImage) => Promise<Float32Array>;
    readonly #done: LeastRecentlyUsed<string, Float32Array>;
    readonly #running = new Map<string, Promise<Float32Array>>();

    /** @param limitBytes How much is kept for pictures that may be needed again. */
    constructor(encode: (image: ModelImage) => Promise<Float32Array>, limitBytes: number) {
        this.#encode = encode;
        this.#done = new LeastRecentlyUsed(limitBytes);
    }

    /** The picture as the language model reads it; fails as its loading or encoding fails. */
    async of(image: ChatImage): Promise<Float32Array> {
        const done = this.#done.get(image.id);
        if (done !== undefined) return done;
        const running = this.#running.get(image.id) ?? this.#begin(image);
        return running;
    }

    /** Waits for what is being encoded, also on behalf of requests that were aborted. */
    async settle(): Promise<void> {
        await Promise.allSettled(this.#running.values());
    }

    #begin(image: ChatImage): Promise<Float32Array> {
        const running = this.#make(image).finally(() => this.#running.delete(image.id));
        this.#running.set(image.id, running);
        return running;
    }

    async #make(image: ChatImage): Promise<Float32Array> {
        const embeddings = await this.#encode(await image.load());
        this.#done.set(image.id, embeddings, embeddings.byteLength);
        return embeddings;
    }
}
