import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCompanion, type Companion } from "../../../adapters/llama/companion.ts";
import { readProjector } from "../../../adapters/llama/vision-projector.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { demoFiles } from "./demo-model.ts";
import {
    afterName,
    damagedProjector,
    picture,
    startVisionSetup,
    type VisionSetup,
} from "./vision-setup.ts";

// Types of values and tensors as in GGUF's specification.
const int32 = 5;
const float16 = 1;

let setup: VisionSetup;
let companion: Companion;

beforeAll(async () => {
    setup = await startVisionSetup();
    companion = await loadCompanion({ ...companionFolders, llama: setup.llama });
});

afterAll(async () => {
    await setup.close();
});

function damaged(damage: (bytes: Buffer) => Buffer): Promise<string> {
    return damagedProjector(join(setup.folder, "damaged.gguf"), damage);
}

/** Changes the 32-bit number at an offset from the end of a key or tensor name. */
function change(name: string, offset: number, value: number): (bytes: Buffer) => Buffer {
    return (bytes) => {
        bytes.writeInt32LE(value, afterName(bytes, name) + offset);
        return bytes;
    };
}

/** Changes one of the two counts that follow the version: of tensors, and of values. */
function count(offset: 8 | 16, value: bigint): (bytes: Buffer) => Buffer {
    return (bytes) => {
        bytes.writeBigUInt64LE(value, offset);
        return bytes;
    };
}

function renamed(name: string): (bytes: Buffer) => Buffer {
    return (bytes) => {
        bytes.write("x", afterName(bytes, name) - 1);
        return bytes;
    };
}

const type = (key: string) => change(key, 0, int32);
const value = (key: string, number: number) => change(key, 4, number);

describe("a file that is no projector", () => {
    test("is a folder", async () => {
        await expect(readProjector(setup.folder)).rejects.toMatchObject({
            code: "projector-invalid",
            remedy: expect.stringContaining("It is a folder") as unknown,
        });
    });

    test.each([
        ["is missing", () => join(setup.folder, "missing.gguf"), "projector-missing"],
        ["is a language model", () => demoFiles.model, "projector-invalid"],
        ["is empty", () => damaged(() => Buffer.alloc(0)), "projector-invalid"],
        ["is something else", () => damaged(() => Buffer.alloc(9000, 7)), "projector-invalid"],
        ["ends early", () => damaged((bytes) => bytes.subarray(0, 600)), "projector-invalid"],
        ["names endless values", () => damaged(count(16, 2n ** 40n)), "projector-invalid"],
        ["names endless tensors", () => damaged(count(8, 2n ** 62n)), "projector-invalid"],
        ["lacks weights", () => damaged((bytes) => bytes.subarray(0, -1)), "projector-invalid"],
        [
            "is of another kind",
            () => damaged(change("clip.projector_type", 12, 0x78_78_78)),
            "projector-invalid",
        ],
    ])("%s", async (_, path, code) => {
        const projectorPath = await path();
        await expect(readProjector(projectorPath)).rejects.toMatchObject({
            code,
            remedy: expect.stringContaining("mmproj") as unknown,
        });
        await expect(setup.open(projectorPath)).rejects.toMatchObject({ code });
        // Whatever the reader in JavaScript lets pass, the native one does not take on trust.
        await expect(companion.openEncoder(projectorPath, 1, false, true, 1)).rejects.toMatchObject(
            {
                code: expect.stringMatching(/^projector-/) as unknown,
            },
        );
    });

    test("the projector of another model is named with both sizes", async () => {
        const path = await damaged((bytes) => {
            bytes.writeBigUInt64LE(96n, afterName(bytes, "mm.2.weight") + 12);
            return bytes;
        });
        await expect(setup.open(path)).rejects.toMatchObject({
            code: "projector-mismatch",
            message:
                "The projector belongs to another model: it gives 96 values per picture part, the model takes 192.",
        });
    });

    test("a good one is described without a model", async () => {
        await expect(readProjector(demoFiles.projector)).resolves.toEqual({
            name: "BiMediX2 demo vision",
            imageSide: 84,
            imageTokens: 36,
            projectionSize: 192,
            storedLayers: 4,
        });
    });
});

// Each of these made llama.cpp abort the process or read beyond its memory, or would pass as features
// of a picture that nobody sent.
test.each([
    ["a text where a number is expected", type("clip.vision.block_count")],
    ["a number of another type", type("clip.vision.image_size")],
    ["a name of another type", type("general.name")],
    ["a flag of another type", type("clip.use_gelu")],
    ["a real number of another type", type("clip.vision.attention.layer_norm_epsilon")],
    ["a negative epsilon", value("clip.vision.attention.layer_norm_epsilon", -0x4000_0000)],
    ["more layers than there are", value("clip.vision.block_count", 5)],
    ["no layers", value("clip.vision.block_count", 0)],
    ["billions of layers", value("clip.vision.block_count", -1)],
    ["no heads", value("clip.vision.attention.head_count", 0)],
    ["heads that do not divide the width", value("clip.vision.attention.head_count", 3)],
    ["another width", value("clip.vision.embedding_length", 64)],
    ["no width", value("clip.vision.embedding_length", 0)],
    ["another side", value("clip.vision.image_size", 98)],
    ["a side that patches do not fill", value("clip.vision.image_size", 85)],
    ["a side of nothing", value("clip.vision.image_size", 0)],
    ["patches of nothing", value("clip.vision.patch_size", 0)],
    ["another patch", value("clip.vision.patch_size", 12)],
    ["a missing matrix", renamed("v.blk.1.attn_q.weight")],
    ["a missing bias", renamed("v.blk.2.ffn_up.bias")],
    ["a missing norm", renamed("v.blk.0.ln1.weight")],
    ["a missing class token", renamed("v.class_embd")],
    ["a missing position table", renamed("v.position_embd.weight")],
    ["a missing projection", renamed("mm.0.bias")],
    ["a norm of another number type", change("v.blk.0.ln1.weight", 12, float16)],
    ["a matrix of another shape", change("v.blk.3.attn_v.weight", 4, 64)],
])("the native part refuses %s", async (_, damage) => {
    const path = await damaged(damage);
    await expect(companion.openEncoder(path, 1, false, true, 1)).rejects.toMatchObject({
        code: expect.stringMatching(/^projector-(invalid|unsupported)$/) as unknown,
    });
    const good = await companion.openEncoder(demoFiles.projector, 1, false, true, 1);
    expect((await good.encode([picture(1)]))[0]).toHaveLength(36 * 192);
    await good.dispose();
});

test("features that are not numbers are an error, not an answer", async () => {
    // A standard deviation of zero makes every pixel infinite.
    const path = await damaged((bytes) => {
        const array = afterName(bytes, "clip.vision.image_std");
        bytes.writeFloatLE(0, array + 16);
        return bytes;
    });
    const encoder = await setup.open(path);
    await expect(encoder.encode(picture(1))).rejects.toMatchObject({ code: "model-failed" });
    await encoder.dispose();
});

test("the native encoder refuses wrong arguments with an exception", async () => {
    const call = (...args: readonly unknown[]) =>
        (companion.openEncoder as (...args: readonly unknown[]) => Promise<unknown>)(...args);
    for (const args of [
        [],
        [1, 1, false, true, 1],
        [demoFiles.projector, 0, false, true, 1],
        [demoFiles.projector, 1, false, true, 0],
    ]) {
        expect(() => call(...args)).toThrow(
            "expected a path, threads, two choices and a batch size",
        );
    }
});
