import { mkdtemp, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { GgmlType, type GgufFileInfo, readGgufFileInfo } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GgufHeader, readGgufHeader } from "../../../adapters/llama/gguf-header.ts";
import { digestTokens, inspectModelFile } from "../../../adapters/llama/model-file.ts";
import {
    type MetadataValue,
    type TensorShape,
    writeGguf,
    text,
    u32,
    u64,
} from "../../../bench/gguf/gguf-file.ts";
import { isAppError } from "../../../src/errors.ts";
import { demoFiles } from "./demo-model.ts";

let folder: string;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-gguf-header-"));
});
afterAll(() => rm(folder, { recursive: true }));

const readByLibrary = (path: string): Promise<GgufFileInfo> =>
    readGgufFileInfo(path, { sourceType: "filesystem", logWarnings: false });

/** The library's nested metadata with the keys of the file, without what this program's reader passes. */
function flattened(value: unknown, key = ""): [string, unknown][] {
    if (typeof value === "bigint") return [[key, Number(value)]];
    if (Array.isArray(value)) {
        const list: unknown[] = value.map((one) => (typeof one === "bigint" ? Number(one) : one));
        return list.every((one) => typeof one === "number") ? [[key, list]] : [];
    }
    if (typeof value !== "object" || value === null) return [[key, value]];
    return Object.entries(value).flatMap(([name, inner]) =>
        flattened(inner, key === "" ? name : `${key}.${name}`),
    );
}

/** All of it but empty arrays, of which the library does not tell what they would hold. */
function contents({ metadata }: Pick<GgufHeader, "metadata">): Map<string, unknown> {
    return new Map([...metadata].filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

async function expectAsLibrary(path: string, pieceBytes?: number): Promise<GgufHeader> {
    const header = await readGgufHeader(path, pieceBytes);
    const { metadata, fullTensorInfo = [] } = await readByLibrary(path);
    expect(contents(header)).toEqual(contents({ metadata: new Map(flattened(metadata)) as never }));
    expect(header.tensors).toEqual(
        fullTensorInfo.map(({ name, dimensions, ggmlType, fileOffset }) => ({
            name,
            dimensions,
            ggmlType,
            fileOffset,
        })),
    );
    expect(header.byteSize).toBe((await stat(path)).size);
    return header;
}

const numbers = { maxLength: 40 };
const anyValue: fc.Arbitrary<MetadataValue> = fc.oneof(
    fc.record({ u16: fc.nat(2 ** 16 - 1) }),
    fc.record({ u32: fc.nat(2 ** 32 - 1) }),
    fc.record({ f32: fc.float() }),
    fc.record({ bool: fc.boolean() }),
    fc.record({ string: fc.string({ unit: "grapheme", maxLength: 300 }) }),
    fc.record({ strings: fc.array(fc.string({ unit: "grapheme" }), numbers) }),
    fc.record({ i32s: fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), numbers) }),
    fc.record({ f32s: fc.array(fc.float(), numbers) }),
);
const anyKey = fc.stringMatching(/^[a-z][a-z0-9_]{0,9}(\.[a-z][a-z0-9_]{0,9}){0,2}$/);
const anyTensor: fc.Arbitrary<TensorShape> = fc.record({
    name: fc.stringMatching(/^[a-z0-9._]{1,64}$/),
    dimensions: fc
        .tuple(fc.integer({ min: 1, max: 4 }), fc.array(fc.nat(5), { maxLength: 3 }))
        .map(([blocks, others]) => [blocks * 256, ...others]),
    type: fc.constantFrom(GgmlType.F32, GgmlType.F16, GgmlType.Q4_K, GgmlType.Q8_0),
});

describe("readGgufHeader", () => {
    it("reads what node-llama-cpp reads, in pieces of any size", async () => {
        const path = join(folder, "any.gguf");
        const anyFile = fc.record({
            metadata: fc.dictionary(anyKey, anyValue, { maxKeys: 12 }),
            alignment: fc.constantFrom(undefined, 8, 32),
            tensors: fc.array(anyTensor, { maxLength: 8 }),
            pieceBytes: fc.constantFrom(undefined, 1, 7, 64, 1000),
        });
        await fc.assert(
            fc.asyncProperty(anyFile, async ({ metadata, alignment, tensors, pieceBytes }) => {
                const aligned = alignment && { "general.alignment": { u32: alignment } };
                await writeGguf(path, { ...metadata, ...aligned }, tensors);
                await expectAsLibrary(path, pieceBytes);
            }),
            { numRuns: 200 },
        );
    });

    it("reads numbers of every type, alone and in arrays", async () => {
        const path = join(folder, "numbers.gguf");
        // All but texts and arrays, each with the bytes of one value
        const lengths = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];
        const entries = lengths.flatMap((length, type) => {
            if (length === undefined) return [];
            const one = Buffer.from([0, 0, 0, 0, 0, 0, 0x50, 0xc0]).subarray(-length);
            const list = [u32(9), u32(type), u64(3), one, Buffer.alloc(length), one];
            return [
                Buffer.concat([text(`one.${type}`), u32(type), type === 7 ? Buffer.of(1) : one]),
                Buffer.concat([text(`list.${type}`), ...list]),
            ];
        });
        const start = [Buffer.from("GGUF"), u32(2), u64(0), u64(entries.length)];
        await writeFile(path, Buffer.concat([...start, ...entries]));
        const { metadata } = await expectAsLibrary(path);
        expect(metadata.get("one.12")).toBe(-64);
        expect(metadata.get("list.12")).toEqual([-64, 0, -64]);
    });

    it("reads the demonstration model's files as node-llama-cpp does", async () => {
        await expectAsLibrary(demoFiles.model);
        await expectAsLibrary(demoFiles.projector);
    });

    it.each([
        ["more tensors than bytes", [u64(2 ** 40), u64(0)]],
        ["more values than bytes", [u64(0), u64(2 ** 52)]],
        ["a longer key than the file", [u64(0), u64(1), u64(2 ** 50)]],
        ["a longer text than the file", [u64(0), u64(1), text("a"), u32(8), u64(2 ** 50)]],
        ["more texts than any model", [u64(0), u64(1), text("a"), u32(9), u32(8), u64(2 ** 30)]],
        ["more numbers than bytes", [u64(0), u64(1), text("a"), u32(9), u32(4), u64(2 ** 45)]],
        ["arrays in an array", [u64(0), u64(1), text("a"), u32(9), u32(9), u64(1)]],
        ["a value of no known type", [u64(0), u64(1), text("a"), u32(13)]],
        ["five dimensions", [u64(1), u64(0), text("a"), u32(5)]],
        ["too large a tensor", [u64(1), u64(0), text("a"), u32(2), u64(2 ** 40), u64(2 ** 40)]],
    ])("refuses %s at once", async (_, parts) => {
        const path = join(folder, "impossible.gguf");
        const start = Buffer.concat([Buffer.from("GGUF"), u32(3), ...parts]);
        await writeFile(path, start);
        // As a file of a terabyte: what it claims is refused, not counted to, whatever its size
        const file = await open(path, "r+");
        await file.truncate(2 ** 40);
        await file.close();
        await expect(readGgufHeader(path)).rejects.toThrow(/^The header /);
    });
});

describe("a damaged header", () => {
    it("is refused, or read without an impossible number, wherever it is damaged", async () => {
        const path = join(folder, "damaged.gguf");
        const { size } = await stat(demoFiles.model);
        const { tokens, tensors } = await readGgufHeader(demoFiles.model);
        const end = tensors[0]?.fileOffset ?? 0;
        const header = (await readFile(demoFiles.model)).subarray(0, end);
        const anywhere = fc.oneof(
            fc.nat((tokens?.start ?? 0) - 1),
            fc.nat(end - 1),
            fc.integer({ min: end - 4096, max: end - 1 }),
        );
        const anyByte = fc.oneof(fc.constantFrom(0, 1, 127, 255), fc.nat(255));
        const changes = fc.array(fc.tuple(anywhere, anyByte), { minLength: 1, maxLength: 4 });
        const anyDamage = fc.record({ changes, cut: fc.option(anywhere) });
        await fc.assert(
            fc.asyncProperty(anyDamage, async ({ changes: bytes, cut }) => {
                const damaged = Buffer.from(header);
                for (const [at, byte] of bytes) damaged[at] = byte;
                // The weights are a hole, which takes no place on the disk
                const file = await open(path, "w");
                await file.write(damaged);
                await file.truncate(cut ?? size);
                await file.close();
                const outcome = await inspectModelFile(path).catch((error: unknown) => error);
                if (isAppError(outcome)) {
                    expect(outcome.code).toBe("model-invalid");
                    expect(outcome.remedy).toMatch(/./);
                    return;
                }
                expect(outcome).not.toBeInstanceOf(Error);
                const { shape } = outcome as Awaited<ReturnType<typeof inspectModelFile>>;
                const { weights, ...sizes } = shape;
                for (const value of [...Object.values(sizes), ...Object.values(weights)]) {
                    expect(Number(value)).toBeGreaterThanOrEqual(0);
                    expect(Number(value)).toBeLessThan(Infinity);
                }
            }),
            { numRuns: 800 },
        );
    });
});

describe("digestTokens", () => {
    let files = 0;
    async function digest(strings: readonly string[] | undefined, tensors = 1): Promise<string> {
        const path = join(folder, `tokens-${++files}.gguf`);
        const metadata = {
            "general.architecture": { string: "llama" },
            "general.name": { string: `Model ${files}` },
            ...(strings && { "tokenizer.ggml.tokens": { strings } }),
            "tokenizer.ggml.merges": { strings: [`merge ${files}`] },
        };
        await writeGguf(
            path,
            metadata,
            Array.from({ length: tensors }, (_, index) => ({
                name: `tensor ${index}`,
                dimensions: [8],
                type: GgmlType.F32,
            })),
        );
        return digestTokens(await inspectModelFile(path));
    }

    it("is equal for the same tokens, whatever else the file holds, and for no others", async () => {
        const lists = [undefined, ["a"], ["a", "bc"], ["ab", "c"], ["abc"], ["bc", "a"], ["a", ""]];
        const digests: string[] = [];
        for (const list of lists) {
            digests.push(await digest(list));
            expect(await digest(list, 3)).toBe(digests.at(-1));
        }
        expect(new Set(digests).size).toBe(lists.length);
    });
});
