import { join } from "node:path";
import type { GpuChoice } from "../../adapters/llama/device.ts";
import { packageRoot } from "../../src/package-root.ts";
import { bimedix2Sizes } from "../gguf/llama-model.ts";
import { makeRandomModel, type ModelFiles, type ModelShape } from "../gguf/random-model.ts";

const bimedix2 = {
    ...bimedix2Sizes["8B"],
    contextTokens: 8192,
    // CLIP ViT-L/14 at 336 pixels
    projector: {
        layers: 23,
        width: 1024,
        feedForward: 4096,
        heads: 16,
        imageSide: 336,
        patchSide: 14,
    },
} as const;

const shapes = {
    /** The demonstration model's shape, whose answers go on as long as they may. */
    "demo-shape": {
        layers: 4,
        width: 192,
        feedForward: 512,
        heads: 6,
        keyHeads: 2,
        vocabulary: 4096,
        contextTokens: 4096,
        weights: "F16",
    },
    /** 536 million parameters, of which 405 million are read for each token. */
    "400m": {
        layers: 24,
        width: 1024,
        feedForward: 2816,
        heads: 16,
        keyHeads: 4,
        vocabulary: 128_256,
        contextTokens: 4096,
        weights: "Q4_0",
    },
    "bimedix2-8b-q4_k_m": { ...bimedix2, weights: "Q4_K_M" },
    "bimedix2-8b-bf16": { ...bimedix2, weights: "BF16" },
} as const satisfies Record<string, Omit<ModelShape, "name">>;

/** A model that a benchmark runs on, and the threads that it gets on a CPU. */
export interface BenchModel {
    readonly name: string;
    readonly threads: number;
    /** Whether it is trained, so that it is sure of its words. */
    readonly isTrained: boolean;
    readonly files: () => Promise<ModelFiles>;
}

/** The demonstration model itself. */
const demo: BenchModel = {
    name: "demo",
    threads: 1,
    isTrained: true,
    files: () => {
        const folder = join(packageRoot(), "models", "demo");
        return Promise.resolve({
            modelPath: join(folder, "bimedix2-demo.gguf"),
            projectorPath: join(folder, "bimedix2-demo.mmproj.gguf"),
        });
    },
};

/**
 * The models of a benchmark, unless `BIMEDIX2_BENCH_MODEL` names others of this file.
 *
 * @throws when it names one that is not there.
 */
export function benchModels(...names: readonly (keyof typeof shapes | "demo")[]): BenchModel[] {
    const wanted = process.env["BIMEDIX2_BENCH_MODEL"]?.split(",") ?? names;
    return wanted.map((name) => {
        if (name === "demo") return demo;
        const threads = Number(process.env["BIMEDIX2_BENCH_THREADS"] ?? (name === "400m" ? 2 : 1));
        return { name, threads, isTrained: false, files: () => randomModel(name) };
    });
}

/**
 * The files of a model with random weights, which are written once.
 *
 * @throws when there is no such shape.
 */
export async function randomModel(name: string): Promise<ModelFiles> {
    const shape = (shapes as Readonly<Record<string, Omit<ModelShape, "name">>>)[name];
    if (shape === undefined) throw new Error(`There is no model of the shape ${name}.`);
    return await makeRandomModel({ ...shape, name });
}

/** Where the benchmarks run: `BIMEDIX2_BENCH_GPU`, the CPU unless it is set. */
export function benchGpu(): GpuChoice {
    return (process.env["BIMEDIX2_BENCH_GPU"] ?? "cpu") as GpuChoice;
}
