import { expect, it } from "vitest";
import type { MemoryDevice } from "../../adapters/llama/memory-needs.ts";
import { inspectMemory } from "../../src/commands/inspect-memory.ts";
import { loadConfig } from "../../src/config.ts";
import { packageRoot } from "../../src/package-root.ts";

const card = (freeBytes: number): { readonly memory: MemoryDevice } => ({
    memory: { kind: "gpu", cards: 1, totalBytes: 1e9, freeBytes },
});

/** The demonstration model, which takes some 40 MB with eight conversations. */
function demo(wanted: Readonly<Record<string, number>> = {}) {
    const { model } = loadConfig({
        environment: {},
        folder: packageRoot(),
        packageRoot: packageRoot(),
    });
    if (model.server !== undefined) throw new Error("the demonstration has files");
    return { ...model, ...wanted };
}

it("shows how a card's memory would be divided", async () => {
    const finding = await inspectMemory(demo(), card(0.9e9));
    expect(finding).toMatchObject({
        state: "ok",
        text: expect.stringMatching(
            /^0\.9 GB are free; .* 8 at a time share 16384 tokens, each has 2048 at most; 0\.9 are left$/,
        ) as string,
        plan: { fits: true, gpuLayers: "max", freeBytes: 0.9e9 },
    });
    expect(finding).not.toHaveProperty("remedy");
});

it("says what to change where it does not fit, or only partly", async () => {
    expect(await inspectMemory(demo({ conversationsInMemory: 64 }), card(250e6))).toMatchObject({
        state: "notice",
        remedy: expect.stringContaining("Set model.conversationsInMemory") as string,
    });
    expect(await inspectMemory(demo({ contextTokens: 8192 }), card(0.9e9))).toMatchObject({
        state: "fault",
        remedy: expect.stringContaining("auto, or to 2048 or less") as string,
    });
    expect(await inspectMemory(demo(), card(10e6))).toMatchObject({
        state: "fault",
        text: expect.stringMatching(/does not fit.*are missing/) as string,
    });
    expect(await inspectMemory(demo(), undefined)).toMatchObject({ state: "notice" });
});
