import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, type Llama } from "node-llama-cpp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadCompanion, type Companion } from "../../../adapters/llama/companion.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { picture } from "./vision-setup.ts";
import { writeProjector } from "./vision-projector-file.ts";

// Which layers of the tower lead to the features: native/graph-choice.cpp says why.

let llama: Llama;
let companion: Companion;
let folder: string;

beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
    companion = await loadCompanion({ ...companionFolders, llama });
    folder = await mkdtemp(join(tmpdir(), "depth-"));
});

afterAll(async () => {
    await llama.dispose();
    await rm(folder, { recursive: true });
});

async function features(
    width: number,
    storedLayers: number,
    graph: "corrected" | "uncorrected" = "corrected",
    classToken = true,
): Promise<Float32Array> {
    const path = join(folder, `${width}-${storedLayers}-${classToken}.gguf`);
    await writeProjector(path, { width, storedLayers, classToken });
    const encoder = await companion.openEncoder(path, 1, false, graph === "corrected");
    try {
        return await encoder.encode(picture(7, 4).rgb, 4);
    } finally {
        await encoder.dispose();
    }
}

test.each([
    ["a tower of unknown depth", 96, [2, 3, 4]],
    ["a CLIP ViT-B without its last layer", 768, [9, 10, 11]],
])("%s is run to its end: every stored layer changes the features", async (_, width, depths) => {
    const all = await Promise.all(depths.map((depth) => features(width, depth)));
    expect(all[0]).not.toEqual(all[1]);
    expect(all[1]).not.toEqual(all[2]);
});

test("a complete CLIP ViT-B is run up to its second-to-last layer", async () => {
    expect(await features(768, 12)).toEqual(await features(768, 11));
});

// Without a class token the two graphs differ in nothing but the depth.
test("llama.cpp as it is leaves one layer out, whatever the file holds", async () => {
    const right = await features(768, 11, "corrected", false);
    expect(await features(768, 12, "uncorrected", false)).toEqual(right);
    const shorter = await features(768, 10, "corrected", false);
    expect(await features(768, 11, "uncorrected", false)).toEqual(shorter);
    expect(shorter).not.toEqual(right);
});

test("with a class token, llama.cpp as it is sees something else even at the right depth", async () => {
    expect(await features(768, 12, "uncorrected")).not.toEqual(await features(768, 12));
});
