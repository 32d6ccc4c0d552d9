import { join } from "node:path";
import { getLlama, type Llama, type LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCompanion } from "../../../adapters/llama/companion.ts";
import { openVision } from "../../../adapters/llama/vision.ts";
import {
    readFeatureCases,
    readFeatures,
    readPicture,
    relativeError,
    rowCosines,
    type FeatureCase,
} from "../../fixtures/golden/values.ts";
import { companionFolders } from "../../setup/companion-folders.ts";

// docs/evidence.md: what a patch's features must reach against CLIP as it was trained.
const leastCosine = 0.999;

const cases = await readFeatureCases();
let llama: Llama;
let model: LlamaModel;

beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
    model = await llama.loadModel({
        modelPath: join(companionFolders.packageRoot, "models/demo/bimedix2-demo.gguf"),
    });
});

afterAll(async () => {
    await llama.dispose();
});

async function encode(
    { projector, pixels, side, patches, embedding }: FeatureCase,
    graph: "corrected" | "uncorrected",
): Promise<Float32Array> {
    const companion = await loadCompanion({ ...companionFolders, llama });
    const vision = await openVision({
        companion,
        model,
        projectorPath: projector,
        threads: 1,
        graph,
    });
    try {
        expect(vision).toMatchObject({
            imageSide: side,
            imageTokens: patches,
            embeddingSize: embedding,
        });
        return await vision.encode(await readPicture(pixels));
    } finally {
        await vision.dispose();
    }
}

describe.each(cases)("features of $name", (featureCase) => {
    const { features, uncorrected, embedding } = featureCase;

    test("the corrected graph agrees with CLIP on every patch", async () => {
        const encoded = await encode(featureCase, "corrected");
        const right = await readFeatures(features);
        expect(Math.min(...rowCosines(encoded, right, embedding))).toBeGreaterThanOrEqual(
            leastCosine,
        );
        expect(relativeError(encoded, right)).toBeLessThan(0.01);
    });

    test("llama.cpp's own graph fails that criterion, by the two defects that these files show", async () => {
        const encoded = await encode(featureCase, "uncorrected");
        const right = rowCosines(encoded, await readFeatures(features), embedding);
        expect(Math.min(...right)).toBeLessThan(leastCosine);
        const wrong = rowCosines(encoded, await readFeatures(uncorrected), embedding);
        expect(Math.min(...wrong)).toBeGreaterThanOrEqual(leastCosine);
    });
});

test("the references tell the corrected graph from the uncorrected one in every patch", async () => {
    // Without a projector whose layers all matter, the second defect would go unseen.
    for (const { name, features, uncorrected, embedding } of cases) {
        if (name.startsWith("demo")) continue;
        const cosines = rowCosines(
            await readFeatures(features),
            await readFeatures(uncorrected),
            embedding,
        );
        expect(Math.max(...cosines)).toBeLessThan(leastCosine);
    }
});
