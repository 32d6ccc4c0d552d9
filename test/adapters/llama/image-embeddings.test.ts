import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
    ImageEmbeddings,
    type ImageEmbeddingsOptions,
    type SealedFiles,
} from "../../../adapters/llama/image-embeddings.ts";
import type { EncodeOptions } from "../../../adapters/llama/encode-queue.ts";
import { EncodeQueue } from "../../../adapters/llama/encode-queue.ts";
import { SealedFolder } from "../../../adapters/llama/sealed-folder.ts";
import { createLogger } from "../../../src/log.ts";
import type { ModelImage } from "../../../src/message.ts";
import type { ChatImage } from "../../../src/ports.ts";

function picture(id: string): ChatImage {
    return { id, load: async () => ({ id, side: 1, rgb: new Uint8Array(3) }) };
}

function isAborted(error: unknown): boolean {
    return error instanceof Error && "code" in error && error.code === "aborted";
}

/**
 * Encodes pictures in batches of two, each as two values, the first of which is its number in the
 * order of encoding; `encoded` lists what was encoded.
 */
function start(
    options: Partial<ImageEmbeddingsOptions> & { readonly value?: number } = {},
    fingerprint = "projector",
): { readonly embeddings: ImageEmbeddings; readonly encoded: string[] } {
    const encoded: string[] = [];
    const queue = new EncodeQueue<ModelImage, Float32Array>(async (images) => {
        const batch = images.map(({ id }) => Float32Array.of(encoded.push(id), options.value ?? 0));
        await new Promise(setImmediate);
        return batch;
    }, 2);
    const encoder = {
        fingerprint,
        imageTokens: 1,
        embeddingSize: 2,
        encode: (image: ModelImage, how?: EncodeOptions) => queue.add(image, how),
    };
    const embeddings = new ImageEmbeddings(encoder, { memoryBytes: 1000, ...options });
    return { embeddings, encoded };
}

/** Files in memory, by name and key. */
function sealedFiles(): SealedFiles & { readonly contents: Map<string, Buffer> } {
    const contents = new Map<string, Buffer>();
    return {
        contents,
        put: async (name, key, parts) => {
            await new Promise(setImmediate);
            contents.set(`${name} ${String(key)}`, Buffer.concat(parts));
            return true;
        },
        get: async (name, key) => contents.get(`${name} ${String(key)}`),
    };
}

const key = Uint8Array.of(1);

describe("ImageEmbeddings", () => {
    it("encodes a picture once, however many ask at a time", async () => {
        const { embeddings, encoded } = start();
        const [first, second] = await Promise.all([
            embeddings.of(picture("a")),
            embeddings.of(picture("a")),
            embeddings.of(picture("b")),
        ]);
        expect(first).toEqual(Float32Array.of(1, 0));
        expect(await embeddings.of(picture("a"))).toEqual(first);
        expect(second).toEqual(first);
        expect(encoded).toEqual(["a", "b"]);
    });

    it("keeps no more bytes than it may, and what was used last", async () => {
        const { embeddings, encoded } = start({ memoryBytes: 8 });
        for (const id of ["a", "b", "a", "c", "a", "b"]) await embeddings.of(picture(id));
        expect(encoded).toEqual(["a", "b", "c", "b"]);
    });

    it("reads a picture the same from wherever it comes, whatever half precision can hold", async () => {
        for (const value of [0.1, 1e-6, 70_000]) {
            const files = sealedFiles();
            const { embeddings } = start({ value, files });
            const encoded = await embeddings.of(picture("a"), key);
            expect(await embeddings.of(picture("a"), key)).toEqual(encoded);
            await embeddings.settle();
            const restarted = start({ files });
            expect(await restarted.embeddings.of(picture("a"), key)).toEqual(encoded);
            expect(restarted.encoded).toEqual([]);
            expect(Math.abs((encoded?.[1] ?? 0) - value)).toBeLessThan(1e-3 * value + 1e-7);
        }
    });

    it("finds nothing on disk of another conversation, of another encoder or of another length", async () => {
        const files = sealedFiles();
        const { embeddings } = start({ files });
        await embeddings.of(picture("a"), key);
        await embeddings.settle();
        const others = [
            start({ files }).embeddings.of(picture("a"), Uint8Array.of(2)),
            start({ files }).embeddings.of(picture("a")),
            start({ files }, "other projector").embeddings.of(picture("a"), key),
        ];
        expect(await Promise.all(others)).toHaveLength(3);
        for (const name of files.contents.keys()) files.contents.set(name, Buffer.alloc(5));
        const again = start({ files });
        await again.embeddings.of(picture("a"), key);
        expect(again.encoded).toEqual(["a"]);
    });

    it("keeps a picture on disk for every conversation that asks for it, and writes it once each", async () => {
        const files = sealedFiles();
        const { embeddings } = start({ files });
        const other = Uint8Array.of(2);
        await Promise.all([
            embeddings.of(picture("a"), key),
            embeddings.of(picture("a"), Uint8Array.of(1)),
            embeddings.of(picture("a"), other),
        ]);
        await embeddings.of(picture("a"), Uint8Array.of(3));
        await embeddings.settle();
        expect(files.contents.size).toBe(3);
        files.contents.clear();
        await embeddings.of(picture("a"), other);
        await embeddings.settle();
        expect(files.contents.size).toBe(0);
    });

    it("finds a picture in a real folder after a restart, under the key of its conversation alone", async () => {
        const folder = await mkdtemp(join(tmpdir(), "pictures-"));
        const open = async (): Promise<SealedFolder> =>
            SealedFolder.open({
                folder,
                maxBytes: 1e6,
                keepForMs: 3_600_000,
                reserveBytes: 0,
                logger: createLogger("error"),
            });
        const first = start({ files: await open(), value: 0.1 });
        const encoded = await first.embeddings.of(picture("a"), new Uint8Array(32).fill(1));
        await first.embeddings.settle();
        const second = start({ files: await open() });
        expect(await second.embeddings.of(picture("a"), new Uint8Array(32).fill(1))).toEqual(
            encoded,
        );
        expect(second.encoded).toEqual([]);
        const stranger = start({ files: await open() });
        await stranger.embeddings.of(picture("a"), new Uint8Array(32).fill(2));
        expect(stranger.encoded).toEqual(["a"]);
        // What the stranger encoded is kept too
        await stranger.embeddings.settle();
        await rm(folder, { recursive: true });
    });

    it("keeps nothing on disk without a key", async () => {
        const files = sealedFiles();
        const { embeddings } = start({ files });
        await embeddings.of(picture("a"));
        await embeddings.settle();
        expect(files.contents.size).toBe(0);
    });

    it("encodes no more than a batch for requests that were aborted", async () => {
        const { embeddings, encoded } = start();
        const abort = new AbortController();
        const ids = ["a", "b", "c", "d"];
        const asked = ids.map((id) => embeddings.of(picture(id), undefined, abort.signal));
        const shared = embeddings.of(picture("d"), undefined, new AbortController().signal);
        await new Promise(setImmediate);
        abort.abort();
        expect(await Promise.all(asked)).toEqual([undefined, undefined, undefined, undefined]);
        expect(await shared).toBeDefined();
        await embeddings.settle();
        expect(encoded).toEqual(["a", "b", "d"]);
    });

    it("encodes for whoever asks after the others have gone", async () => {
        const { embeddings } = start();
        const abort = new AbortController();
        const gone = embeddings.of(picture("a"), undefined, abort.signal);
        abort.abort();
        const asked = embeddings.of(picture("a"), undefined, new AbortController().signal);
        expect(await gone).toBeUndefined();
        expect(await asked).toBeDefined();
        expect(await embeddings.of(picture("b"), undefined, abort.signal)).toBeUndefined();
    });

    it("leaves no failure unhandled, and tries again after one", async () => {
        const unhandled: unknown[] = [];
        const listen = (error: unknown): unknown => unhandled.push(error);
        process.on("unhandledRejection", listen);
        const { embeddings, encoded } = start();
        const lost = { id: "a", load: () => Promise.reject(new Error("gone")) };
        const failed = embeddings.of(lost, key, new AbortController().signal);
        await new Promise((resolve) => setTimeout(resolve, 10));
        process.off("unhandledRejection", listen);
        expect(unhandled.filter((error) => !isAborted(error))).toEqual([]);
        await expect(failed).rejects.toThrow("gone");
        await embeddings.of(picture("a"));
        expect(encoded).toEqual(["a"]);
    });

    it("has nothing in memory of what was forgotten, also while it was encoded", async () => {
        const { embeddings, encoded } = start();
        await embeddings.of(picture("a"));
        const asked = embeddings.of(picture("b"));
        embeddings.forgetAll();
        expect(await asked).toBeDefined();
        for (const id of ["a", "b", "a", "b"]) await embeddings.of(picture(id));
        expect(encoded).toEqual(["a", "b", "a", "b"]);
    });

    it("waits for all that is being encoded and written", async () => {
        const files = sealedFiles();
        const { embeddings } = start({ files });
        void embeddings.of(picture("a"), key);
        await embeddings.settle();
        expect(files.contents.size).toBe(1);
    });
});
