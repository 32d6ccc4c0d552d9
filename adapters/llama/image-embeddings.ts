import { createHash } from "node:crypto";
import type { ChatImage } from "../../src/ports.ts";
import { unlessAborted } from "../../src/wait.ts";
import { fromHalfFloats, toHalfFloats } from "./half-floats.ts";
import { LeastRecentlyUsed } from "./least-recently-used.ts";
import type { VisionEncoder } from "./vision.ts";

/** Files under keys of their own, of which any may be gone at any time; fails never. */
export interface SealedFiles {
    put(name: string, key: Uint8Array, parts: readonly Uint8Array[]): Promise<boolean>;
    get(name: string, key: Uint8Array): Promise<Uint8Array | undefined>;
}

/** Where encoded pictures are kept. */
export interface ImageEmbeddingsOptions {
    /** How much is kept in memory. */
    readonly memoryBytes: number;
    /** Absent: nothing outlives the process. */
    readonly files?: SealedFiles;
}

const rememberedFiles = 10_000;

/** Half precision takes half the room; numbers beyond its range stay whole. */
type Packed = Uint16Array | Float32Array;

interface Encoding {
    readonly packed: Promise<Packed>;
    readonly abort: AbortController;
    /** Requests that wait for it. */
    waiting: number;
}

/**
 * Encoded pictures. Each is encoded once, however many requests ask for it at a time, and not again
 * while it is kept: in memory for all, and on disk for the conversation whose key it is sealed with.
 * Embeddings are rounded to half precision before their first use, so that a picture is read the
 * same from wherever it comes.
 */
export class ImageEmbeddings {
    readonly #encoder: Pick<
        VisionEncoder,
        "encode" | "fingerprint" | "imageTokens" | "embeddingSize"
    >;
    readonly #files: SealedFiles | undefined;
    readonly #memoryBytes: number;
    #memory: LeastRecentlyUsed<string, Packed>;
    /** What need not be written again; a wrong entry costs one more encoding after a restart. */
    readonly #onDisk = new LeastRecentlyUsed<string, true>(rememberedFiles);
    readonly #encodings = new Map<string, Encoding>();
    readonly #running = new Set<Promise<unknown>>();

    constructor(
        encoder: Pick<VisionEncoder, "encode" | "fingerprint" | "imageTokens" | "embeddingSize">,
        { memoryBytes, files }: ImageEmbeddingsOptions,
    ) {
        this.#encoder = encoder;
        this.#files = files;
        this.#memoryBytes = memoryBytes;
        this.#memory = new LeastRecentlyUsed(memoryBytes);
    }

    /**
     * The picture as the language model reads it. Begins at once, so that a request may ask for all
     * its pictures before it needs the first: those that are asked for together are encoded
     * together, and a failure that nobody waits for is nobody's.
     *
     * @param cacheKey What the embeddings are sealed with on disk. Absent: they stay in memory.
     * @param signal Resolves to `undefined` when it aborts first. A picture that no other request
     * waits for is then not encoded any more, unless that has begun.
     * @throws what loading or encoding the picture throws.
     */
    of(
        image: ChatImage,
        cacheKey?: Uint8Array,
        signal?: AbortSignal,
    ): Promise<Float32Array | undefined> {
        const embeddings = this.#find(image, cacheKey, signal);
        embeddings.catch(() => undefined);
        return embeddings;
    }

    /**
     * Forgets the pictures that are in memory, whosever they are. What is being encoded reaches those who
     * wait for it, and is not kept in memory.
     */
    forgetAll(): void {
        this.#memory = new LeastRecentlyUsed(this.#memoryBytes);
    }

    /** Waits for what is being encoded or written, also on behalf of requests that were aborted. */
    async settle(): Promise<void> {
        while (this.#running.size > 0) await Promise.allSettled(this.#running);
    }

    async #find(
        image: ChatImage,
        cacheKey: Uint8Array | undefined,
        signal: AbortSignal | undefined,
    ): Promise<Float32Array | undefined> {
        const known = this.#memory.get(image.id);
        if (known !== undefined) return this.#use(image.id, cacheKey, known);
        if (signal?.aborted) return undefined;
        const encoding =
            this.#encodings.get(image.id) ?? this.#begin(image, cacheKey, signal ?? image);
        encoding.waiting++;
        const packed = await (signal ? unlessAborted(encoding.packed, signal) : encoding.packed);
        encoding.waiting--;
        if (packed !== undefined) return this.#use(image.id, cacheKey, packed);
        if (encoding.waiting === 0) this.#abandon(image.id, encoding);
        return undefined;
    }

    #abandon(id: string, encoding: Encoding): void {
        encoding.abort.abort();
        // Whoever asks from now on begins anew
        if (this.#encodings.get(id) === encoding) this.#encodings.delete(id);
    }

    #begin(image: ChatImage, cacheKey: Uint8Array | undefined, owner: object): Encoding {
        const abort = new AbortController();
        const packed = this.#track(this.#make(image, cacheKey, owner, abort.signal));
        const encoding: Encoding = { packed, abort, waiting: 0 };
        this.#encodings.set(image.id, encoding);
        const forget = (): void => {
            if (this.#encodings.get(image.id) === encoding) this.#encodings.delete(image.id);
        };
        packed.then(forget, forget);
        return encoding;
    }

    async #make(
        image: ChatImage,
        cacheKey: Uint8Array | undefined,
        owner: object,
        signal: AbortSignal,
    ): Promise<Packed> {
        const memory = this.#memory;
        const kept = cacheKey && (await this.#read(image.id, cacheKey));
        const packed = kept ?? (await this.#encode(image, owner, signal));
        memory.set(image.id, packed, packed.byteLength);
        return packed;
    }

    #use(id: string, cacheKey: Uint8Array | undefined, packed: Packed): Promise<Float32Array> {
        if (this.#files && cacheKey)
            void this.#track(this.#keep(this.#files, id, cacheKey, packed));
        return unpack(packed);
    }

    async #keep(
        files: SealedFiles,
        id: string,
        cacheKey: Uint8Array,
        packed: Packed,
    ): Promise<void> {
        const mark = markOf(id, cacheKey);
        if (this.#onDisk.get(mark)) return;
        this.#onDisk.set(mark, true, 1);
        const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
        const isKept = await files.put(this.#nameOf(id), cacheKey, [bytes]);
        if (!isKept) this.#onDisk.delete(mark);
    }

    async #encode(image: ChatImage, owner: object, signal: AbortSignal): Promise<Packed> {
        const pixels = await image.load();
        const values = await this.#encoder.encode(pixels, { owner, signal });
        return (await toHalfFloats(values)) ?? values;
    }

    async #read(id: string, cacheKey: Uint8Array): Promise<Packed | undefined> {
        const bytes = await this.#files?.get(this.#nameOf(id), cacheKey);
        if (bytes === undefined) return undefined;
        const count = this.#encoder.imageTokens * this.#encoder.embeddingSize;
        if (bytes.length !== 2 * count && bytes.length !== 4 * count) return undefined;
        this.#onDisk.set(markOf(id, cacheKey), true, 1);
        const buffer = aligned(bytes);
        return bytes.length === 2 * count ? new Uint16Array(buffer) : new Float32Array(buffer);
    }

    #nameOf(id: string): string {
        return `image ${this.#encoder.fingerprint} ${id}`;
    }

    #track<Result>(work: Promise<Result>): Promise<Result> {
        this.#running.add(work);
        const forget = (): unknown => this.#running.delete(work);
        work.then(forget, forget);
        return work;
    }
}

function markOf(id: string, cacheKey: Uint8Array): string {
    return `${id} ${createHash("sha256").update(cacheKey).digest("base64")}`;
}

async function unpack(packed: Packed): Promise<Float32Array> {
    return packed instanceof Uint16Array ? fromHalfFloats(packed) : packed;
}

/** A copy at the beginning of a buffer of its own, where numbers of any size may lie. */
function aligned(bytes: Uint8Array): ArrayBuffer {
    const buffer = new ArrayBuffer(bytes.length);
    new Uint8Array(buffer).set(bytes);
    return buffer;
}
