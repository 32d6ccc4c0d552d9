import { mkdtemp, readFile, rm, stat, truncate, writeFile, copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, GgmlType } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectModelFile } from "../../../adapters/llama/model-file.ts";
import { tensorBlocks } from "../../../adapters/llama/tensor-bytes.ts";
import { writeGguf } from "../../../bench/gguf/gguf-file.ts";
import { demoFiles, openDemo } from "./demo-model.ts";

let folder: string;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-model-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("inspectModelFile", () => {
    it("describes a complete file", async () => {
        const { size } = await stat(demoFiles.model);
        const { tokens, ...file } = await inspectModelFile(demoFiles.model);
        expect(tokens).toMatchObject({ path: demoFiles.model });
        expect(file).toEqual({
            architecture: "llama",
            name: "BiMediX2 demo",
            parameters: "2.4 million",
            contextTokens: 2048,
            shape: {
                layers: 4,
                // 4 layers of 2 key heads and 2 value heads, 32 wide
                bytesPerPosition: 4 * (2 + 2) * 32 * 2,
                // 4096 tokens, 192 wide, 16 bits; the output is the same table and a norm
                weights: {
                    inputBytes: 4096 * 192 * 2,
                    layerBytes: 3_151_872,
                    outputBytes: 4096 * 192 * 2 + 192 * 4,
                    isShared: true,
                },
                embeddingSize: 192,
                heads: 6,
                feedForwardSize: 512,
                vocabularySize: 4096,
            },
            byteSize: size,
        });
    });

    it("says where a file is missing, and what is no model", async () => {
        const missing = join(folder, "missing.gguf");
        await expect(inspectModelFile(missing)).rejects.toMatchObject({
            code: "model-missing",
            message: expect.stringContaining(missing) as string,
        });
        const pointer = join(folder, "pointer.gguf");
        await writeFile(pointer, "version https://git-lfs.github.com/spec/v1\n");
        const page = join(folder, "page.gguf");
        await writeFile(page, "<!DOCTYPE html><html>");
        const garbage = join(folder, "garbage.gguf");
        await writeFile(garbage, `GGUF and then ${"something else ".repeat(100)}`);
        const empty = join(folder, "empty.gguf");
        await writeFile(empty, "");
        for (const [path, remedy] of [
            [pointer, /Git LFS/],
            [page, /web page/],
            [garbage, /Download it again/],
            [empty, /Download the model again/],
            [folder, /folder/],
            [demoFiles.projector, /model\.projector/],
        ] as const) {
            await expect(inspectModelFile(path)).rejects.toMatchObject({
                code: "model-invalid",
                remedy: expect.stringMatching(remedy) as string,
            });
        }
    });

    it("refuses kinds of models that do not write answers word by word", async () => {
        const path = join(folder, "other.gguf");
        const inspect = async (architecture: string) => {
            await writeGguf(path, { "general.architecture": { string: architecture } }, [
                { name: "tensor", dimensions: [8], type: GgmlType.F32 },
            ]);
            return inspectModelFile(path);
        };
        const others =
            "t5 t5encoder bert nomic-bert-moe eurobert gemma-embedding llama-embed wavtokenizer-dec qwen3tts pockettts dream llada-moe rnd1";
        for (const architecture of others.split(" ")) {
            await expect(inspect(architecture)).rejects.toMatchObject({
                code: "model-invalid",
                message: expect.stringContaining(` ${architecture}, which`) as string,
            });
        }
        for (const architecture of ["pangu-embedded", "llama", "gpt-oss", "command-r"]) {
            expect(await inspect(architecture)).toMatchObject({ architecture });
        }
    });

    it("names old files and those for other processors, which downloading again would not mend", async () => {
        const path = join(folder, "foreign.gguf");
        const file = await readFile(demoFiles.model);
        for (const [version, message] of [
            [[1, 0, 0, 0], /version 1 of the GGUF format, which is too old/],
            [[0, 0, 0, 3], /for other processors \(big-endian\)/],
            [[0, 0, 3, 0], /header .* is damaged/],
        ] as const) {
            file.set(version, 4);
            await writeFile(path, file);
            await expect(inspectModelFile(path)).rejects.toMatchObject({
                code: "model-invalid",
                message: expect.stringMatching(message) as string,
                remedy: expect.stringMatching(
                    /damaged/.test(message.source) ? /^Download it again/ : /^Convert .* anew/,
                ) as string,
            });
        }
    });

    it("notices every cut, down to the last byte", async () => {
        const { size } = await stat(demoFiles.model);
        const path = join(folder, "cut.gguf");
        await copyFile(demoFiles.model, path);
        for (const length of [size - 1, size >> 1, 174_624, 100_000, 1000, 24, 5]) {
            await truncate(path, length);
            await expect(inspectModelFile(path)).rejects.toMatchObject({
                code: "model-invalid",
                message: expect.stringMatching(/cut off/) as string,
            });
        }
    });

    it("reads all parts of a split model, and says which is missing or cut off", async () => {
        const paths = ["1", "2"].map((part) => join(folder, `split-0000${part}-of-00002.gguf`));
        const [firstPath = "", secondPath = ""] = paths;
        const firstBytes = await writePart(firstPath, 0, "llama");
        await expect(inspectModelFile(firstPath)).rejects.toMatchObject({
            code: "model-missing",
            remedy: expect.stringMatching(/all parts/) as string,
        });
        const secondBytes = await writePart(secondPath, 1);
        expect(await inspectModelFile(firstPath)).toMatchObject({
            byteSize: firstBytes + secondBytes,
        });
        await expect(inspectModelFile(secondPath)).rejects.toMatchObject({
            code: "model-invalid",
            remedy: expect.stringContaining(`set model.file to ${firstPath}`) as string,
        });
        const renamed = join(folder, "model.gguf");
        await copyFile(firstPath, renamed);
        await expect(inspectModelFile(renamed)).rejects.toMatchObject({
            code: "model-invalid",
            remedy: expect.stringContaining("names back") as string,
        });
        await truncate(secondPath, secondBytes - 1);
        await expect(inspectModelFile(firstPath)).rejects.toMatchObject({
            code: "model-invalid",
            message: expect.stringContaining(secondPath) as string,
        });
    });

    it("knows the tensor types as llama.cpp does", async () => {
        const llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
        const { _bindings: bindings } = llama as unknown as {
            readonly _bindings: {
                getBlockSizeForGgmlType(type: number): number;
                getTypeSizeForGgmlType(type: number): number;
            };
        };
        const theirs = Object.values(GgmlType)
            .filter((type) => typeof type === "number")
            .map((type): [string, number[]] => [
                String(type),
                [bindings.getBlockSizeForGgmlType(type), bindings.getTypeSizeForGgmlType(type)],
            ])
            // It has given some numbers up
            .filter(([, [elements = 0]]) => elements > 0);
        expect(tensorBlocks).toEqual(Object.fromEntries(theirs));
        await llama.dispose();
    });
});

describe("a chat model's file", () => {
    it("refuses a model file that is missing or cut off", async () => {
        const cut = join(folder, "half.gguf");
        const file = await readFile(demoFiles.model);
        await writeFile(cut, file.subarray(0, file.length >> 1));
        await expect(openDemo({ modelPath: cut })).rejects.toMatchObject({ code: "model-invalid" });
        await expect(openDemo({ modelPath: join(folder, "no.gguf") })).rejects.toMatchObject({
            code: "model-missing",
        });
    });
});

/** Writes one of two parts of a model, with one tensor of 8 values; returns its size. */
async function writePart(path: string, index: number, architecture?: string): Promise<number> {
    const metadata = {
        ...(architecture !== undefined && { "general.architecture": { string: architecture } }),
        "split.no": { u16: index },
        "split.count": { u16: 2 },
        "split.tensors.count": { i32s: [2] },
    };
    await writeGguf(path, metadata, [
        { name: `tensor ${index}`, dimensions: [8], type: GgmlType.F32 },
    ]);
    return (await stat(path)).size;
}
