import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fingerprintModel } from "../../../adapters/llama/model-fingerprint.ts";

it("tells model files, shapes and versions apart, and small files too", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-fingerprint-"));
    const path = join(folder, "model.gguf");
    const seen = new Set<string>();
    const look = async (bytes: Buffer, facts = {}): Promise<string> => {
        await writeFile(path, bytes);
        const fingerprint = await fingerprintModel(path, facts);
        seen.add(fingerprint);
        return fingerprint;
    };
    try {
        const model = randomBytes(5_000_000);
        const first = await look(model, { context: 4096, release: "b1" });
        expect(await look(model, { release: "b1", context: 4096 })).toBe(first);
        await look(model, { context: 8192, release: "b1" });
        await look(model, { context: 4096, release: "b2" });
        await look(model.subarray(0, -1), { context: 4096, release: "b1" });
        // Other weights behind an equal beginning, in an equally long file
        const tuned = Buffer.concat([model.subarray(0, 2_000_000), randomBytes(3_000_000)]);
        await look(tuned, { context: 4096, release: "b1" });
        await look(Buffer.from("GGUF"));
        await look(Buffer.alloc(0));
        expect(seen.size).toBe(7);
    } finally {
        await rm(folder, { recursive: true });
    }
});

it("tells every part of a split model apart", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-fingerprint-"));
    const [first = "", second = ""] = [1, 2].map((part) =>
        join(folder, `model-0000${part}-of-00002.gguf`),
    );
    try {
        await writeFile(first, "the first part");
        await writeFile(second, "the second part");
        const before = await fingerprintModel(first, {});
        await writeFile(second, "the second p4rt");
        expect(await fingerprintModel(first, {})).not.toBe(before);
        await writeFile(second, "the second part");
        expect(await fingerprintModel(first, {})).toBe(before);
    } finally {
        await rm(folder, { recursive: true });
    }
});
