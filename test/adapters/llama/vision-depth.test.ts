import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, type Llama } from "node-llama-cpp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadCompanion, type Companion } from "../../../adapters/llama/companion.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { readProjector } from "../../../adapters/llama/vision-projector.ts";
import { picture } from "./vision-setup.ts";
import { writeProjector, type TowerShape } from "./vision-projector-file.ts";

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

type Graph = "corrected" | "uncorrected";

async function projectorOf(shape: TowerShape): Promise<string> {
    const path = join(folder, `${Object.values(shape).join("-")}.gguf`);
    await writeProjector(path, shape);
    return path;
}

function features(
    width: number,
    storedLayers: number,
    graph: Graph = "corrected",
    classToken = true,
): Promise<Float32Array> {
    return featuresOf({ width, storedLayers, classToken }, graph);
}

async function featuresOf(shape: TowerShape, graph: Graph = "corrected"): Promise<Float32Array> {
    const path = await projectorOf(shape);
    const encoder = await companion.openEncoder(path, 1, false, graph === "corrected", 1);
    try {
        const [encoded] = await encoder.encode([picture(7, 4)]);
        if (encoded === undefined) throw new Error("no features");
        return encoded;
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

test.each([
    ["a tower of unknown depth", 96, 3],
    ["a CLIP ViT-B without its last layer", 768, 11],
])("%s that names its last layer gives what it gives without the name", async (_, width, depth) => {
    const shape = { width, storedLayers: depth, classToken: true };
    const named = { ...shape, featureLayers: [depth] };
    await expect(readProjector(await projectorOf(named))).resolves.toMatchObject({
        storedLayers: depth,
    });
    expect(await featuresOf(named)).toEqual(await featuresOf(shape));
});

test("a complete tower that names its last layer is run to its end", async () => {
    const shape = { width: 768, storedLayers: 12, classToken: true };
    const named = await featuresOf({ ...shape, featureLayers: [12] });
    expect(named).not.toEqual(await featuresOf(shape));
});

test.each([
    ["another layer", { featureLayers: [2] }],
    ["a layer that it does not hold", { featureLayers: [4] }],
    ["a layer counted from the end", { featureLayers: [-2] }],
    ["several layers", { featureLayers: [1, 3] }],
    ["no layer", { featureLayers: [] }],
    ["a real number", { featureLayers: [3], featureLayerType: "float32" }],
] as const)("a projector that names %s is refused", async (_, names) => {
    const path = await projectorOf({ width: 96, storedLayers: 3, classToken: true, ...names });
    await expect(companion.openEncoder(path, 1, false, true, 1)).rejects.toMatchObject({
        code: expect.stringMatching(/^projector-(invalid|unsupported)$/) as unknown,
    });
    // The reader in JavaScript does not see of which type a number was.
    if (!("featureLayerType" in names)) {
        await expect(readProjector(path)).rejects.toMatchObject({
            code: "projector-invalid",
            message: expect.stringContaining("features of other layers") as unknown,
        });
    }
});

test("the tower's last normalisation changes nothing, as in LLaVA's training", async () => {
    const shape = { width: 96, storedLayers: 3, classToken: true };
    const bare = await featuresOf(shape);
    expect(await featuresOf({ ...shape, postNorm: true })).toEqual(bare);
    const named = { ...shape, postNorm: true, featureLayers: [3] };
    expect(await featuresOf(named)).toEqual(bare);
});

test("llama.cpp as it is normalises once more where the file allows it", async () => {
    const shape = { width: 96, storedLayers: 3, classToken: true };
    const bare = await featuresOf(shape, "uncorrected");
    expect(await featuresOf({ ...shape, postNorm: true }, "uncorrected")).not.toEqual(bare);
});
