import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
    bytesOf,
    type MemoryDevice,
    type ModelShape,
} from "../../../adapters/llama/memory-needs.ts";
import { planMemory } from "../../../adapters/llama/memory-plan.ts";
import type { MemoryRequest } from "../../../adapters/llama/memory-request.ts";
import { inspectModelFile } from "../../../adapters/llama/model-file.ts";
import { bimedix2Sizes } from "../../../bench/gguf/llama-model.ts";
import { writeShapedModel } from "./shaped-model.ts";

const auto = { conversations: "auto", contextTokens: "auto" } as const;
let eightBillion: ModelShape;
let seventyBillion: ModelShape;

beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-plan-"));
    afterAll(() => rm(folder, { recursive: true }));
    const shapeOf = async (size: keyof typeof bimedix2Sizes): Promise<ModelShape> => {
        const path = join(folder, `${size}.gguf`);
        await writeShapedModel(path, bimedix2Sizes[size], "Q4_K_M");
        return (await inspectModelFile(path)).shape;
    };
    eightBillion = await shapeOf("8B");
    seventyBillion = await shapeOf("70B");
});

/** A card of so many GiB, of which so many GB are free, in a machine with so many GB of free memory. */
function card(gibibytes: number, freeGigabytes: number, ramGigabytes = 28): MemoryDevice {
    return {
        kind: "gpu",
        totalBytes: gibibytes * 2 ** 30,
        freeBytes: freeGigabytes * 1e9,
        ram: { totalBytes: 32 * 2 ** 30, freeBytes: ramGigabytes * 1e9 },
    };
}

function processor(gibibytes: number, freeGigabytes: number): MemoryDevice {
    return { kind: "cpu", totalBytes: gibibytes * 2 ** 30, freeBytes: freeGigabytes * 1e9 };
}

function request(
    model: ModelShape,
    device: MemoryDevice,
    others: Partial<MemoryRequest> = {},
): MemoryRequest {
    return {
        model,
        trainedContextTokens: 131_072,
        usualContextTokens: 8192,
        projectorBytes: 0.65e9,
        device,
        wanted: auto,
        ...others,
    };
}

describe("what fits", () => {
    it("is eight conversations with the 8B model on a card of 12 GB", () => {
        const plan = planMemory(request(eightBillion, card(12, 11.6)));
        expect(plan).toMatchObject({
            fits: true,
            conversations: 8,
            contextTokens: 8192,
            gpuLayers: "max",
        });
        expect(plan.cells / plan.conversations).toBeGreaterThanOrEqual(4096);
        expect(plan.advice).toBeUndefined();
    });

    it.each([
        ["8B on 8 GB", "8B", card(8, 8.1), { conversations: 3, contextTokens: 8192, layers: 32 }],
        ["8B on 24 GB", "8B", card(24, 24.8), { conversations: 8, cells: 8 * 8192, layers: 32 }],
        ["70B on 48 GB", "70B", card(48, 50.8), { conversations: 5, layers: 80 }],
        ["70B on 80 GB", "70B", card(80, 84.5), { conversations: 8, cells: 8 * 8192, layers: 80 }],
        ["8B in 16 GB", "8B", processor(16, 14), { conversations: 4, cells: 4 * 8192 }],
        ["8B in 32 GB", "8B", processor(32, 30), { conversations: 4, cells: 4 * 8192 }],
        ["70B in 64 GB", "70B", processor(64, 62), { conversations: 4, cells: 4 * 8192 }],
    ] as const)("is as much as a clinic expects: %s", (_, size, device, expected) => {
        const model = size === "8B" ? eightBillion : seventyBillion;
        const plan = planMemory(request(model, device));
        expect(plan).toMatchObject({ fits: true, ...expected });
        expect(plan.advice).toBeUndefined();
    });

    it("shortens the context before a layer leaves the card", () => {
        const plan = planMemory(request(eightBillion, card(8, 7.2)));
        expect(plan).toMatchObject({ fits: true, conversations: 2, gpuLayers: "max" });
        expect(plan.contextTokens).toBeGreaterThanOrEqual(4096);
        expect(plan.contextTokens).toBeLessThan(8192);
    });

    it("puts on a card that is too small what it can hold, and says what is slow", () => {
        const plan = planMemory(request(eightBillion, card(6, 6)));
        expect(plan).toMatchObject({ fits: true, conversations: 2, contextTokens: 4096 });
        expect(plan.layers).toBeGreaterThan(20);
        expect(plan.gpuLayers).toBe(plan.layers + 1);
        expect(plan.advice).toMatch(/layers are on the card.*smaller file/);
    });

    it.each([
        ["a full card", card(8, 1), /needs 6\.\d GB free, and 1\.0 GB are.*nvidia-smi/],
        ["a small machine beside a small card", card(6, 3, 2), /needs/],
        ["a machine that is too small", processor(8, 5), /smaller file|more memory/],
    ])("refuses %s", (_, device, advice) => {
        const plan = planMemory(request(eightBillion, device));
        expect(plan.fits).toBe(false);
        expect(plan.advice).toMatch(advice);
    });

    it("divides several cards, each with a reserve of its own", () => {
        const one = planMemory(request(seventyBillion, card(48, 50.6)));
        const two = planMemory(request(seventyBillion, { ...card(48, 50.6), cards: 2 }));
        expect(two).toMatchObject({ fits: true, layers: 80 });
        expect(two.cells).toBeLessThan(one.cells);
    });
});

describe("a draft model", () => {
    it.each([
        ["a card of 80 GB", card(80, 84.5), true],
        ["a card of 48 GB, which 70B fills", card(48, 50.8), false],
        ["a card that holds a part of 70B", card(24, 25), false],
        ["a machine of 64 GB", processor(64, 62), true],
        ["a machine of 56 GB, where 70B has no room to spare", processor(56, 53), false],
    ])("is used on %s", (_, device, draftFits) => {
        const alone = planMemory(request(seventyBillion, device));
        const plan = planMemory(request(seventyBillion, device, { draft: eightBillion }));
        expect(plan).toMatchObject({ draftFits, layers: alone.layers });
        expect(plan.conversations).toBe(alone.conversations);
        expect(plan.contextTokens).toBe(alone.contextTokens);
        expect(plan.advice).toBe(alone.advice);
        if (!draftFits) {
            expect(plan).toEqual({ ...alone, draftFits });
            return;
        }
        // Its weights alone are 4.9 GB
        expect(plan.parts.draft).toBeGreaterThan(4.9e9);
        const used = bytesOf(plan.parts) + plan.reserveBytes;
        expect(used).toBeLessThanOrEqual(device.freeBytes);
    });

    /** The plans on cards with ever more free memory, without and with a draft model. */
    const plansWith = (wanted: MemoryRequest["wanted"]) =>
        Array.from({ length: 80 }, (_, index) => {
            const asked = request(seventyBillion, card(80, 44 + index / 2), { wanted });
            return [planMemory(asked), planMemory({ ...asked, draft: eightBillion })] as const;
        });

    it.each([
        { conversations: 3, contextTokens: "auto" },
        { conversations: "auto", contextTokens: 8192 },
        { conversations: 6, contextTokens: 4096 },
    ] as const)("takes no token from what the administrator has set: %o", (wanted) => {
        const plans = plansWith(wanted);
        for (const [alone, plan] of plans) expect(plan.cells).toBe(alone.cells);
        const fitting = plans.filter(([, { draftFits }]) => draftFits);
        expect(fitting.length).toBeGreaterThan(0);
        expect(fitting.length).toBeLessThan(plans.length);
    });

    it("takes what conversations have above the average, and no more", () => {
        const plans = plansWith(auto);
        for (const [alone, { cells }] of plans) {
            expect(cells).toBeGreaterThanOrEqual(Math.min(alone.cells, alone.conversations * 4096));
        }
        expect(plans.some(([alone, { cells }]) => cells < alone.cells)).toBe(true);
    });

    it("does not make a context fit that the model was not trained with", () => {
        const wanted = { conversations: "auto", contextTokens: 8192 } as const;
        const asked = request(seventyBillion, card(80, 84.5), {
            wanted,
            trainedContextTokens: 4096,
        });
        const plan = planMemory({ ...asked, draft: eightBillion });
        expect(plan).toEqual({ ...planMemory(asked), draftFits: false });
        expect(plan.fits).toBe(false);
    });
});

describe("what the administrator has set", () => {
    it("is kept where auto would take less, and the better setting is named", () => {
        const wanted = { conversations: 8, contextTokens: 8192 };
        const plan = planMemory(request(eightBillion, card(8, 8.1), { wanted }));
        expect(plan).toMatchObject({ fits: true, ...wanted });
        expect(plan.layers).toBeLessThan(32);
        expect(plan.advice).toMatch(
            /Set model\.conversationsInMemory in clinic\.yaml to auto: .* with 3 conversations/,
        );
    });

    it("is refused beyond what the model was trained with", () => {
        const wanted = { conversations: "auto", contextTokens: 8192 } as const;
        const limits = { wanted, trainedContextTokens: 4096 };
        const plan = planMemory(request(eightBillion, card(24, 24), limits));
        expect(plan.fits).toBe(false);
        expect(plan.advice).toMatch(/auto, or to 4096 or less/);
    });

    it("limits the usual context to what the model was trained with", () => {
        const plan = planMemory(
            request(eightBillion, card(24, 24), { trainedContextTokens: 4096 }),
        );
        expect(plan).toMatchObject({ fits: true, contextTokens: 4096, cells: 8 * 4096 });
    });
});

const wishes = fc.record({
    conversations: fc.oneof(fc.constant("auto" as const), fc.integer({ min: 1, max: 64 })),
    contextTokens: fc.oneof(fc.constant("auto" as const), fc.integer({ min: 512, max: 32_768 })),
});

const situations = fc.record({
    isLarge: fc.boolean(),
    gibibytes: fc.integer({ min: 2, max: 200 }),
    freePart: fc.double({ min: 0, max: 1, noNaN: true }),
    moreBytes: fc.integer({ min: 0, max: 40e9 }),
    ramGigabytes: fc.integer({ min: 1, max: 128 }),
    kind: fc.constantFrom("gpu", "cpu"),
    cards: fc.integer({ min: 1, max: 4 }),
    projectorBytes: fc.constantFrom(0, 0.65e9),
    usualContextTokens: fc.constantFrom(2048, 4096, 8192, 32_768),
    batchTokens: fc.constantFrom(128, 512, 2048),
    wanted: wishes,
});

function requestOf(situation: typeof situations extends fc.Arbitrary<infer Value> ? Value : never) {
    const { isLarge, gibibytes, freePart, kind, cards, ramGigabytes, ...others } = situation;
    const totalBytes = gibibytes * 2 ** 30;
    const device: MemoryDevice = {
        kind,
        totalBytes,
        freeBytes: Math.floor(freePart * totalBytes),
        ...(kind === "gpu"
            ? { cards, ram: { totalBytes: ramGigabytes * 1e9, freeBytes: ramGigabytes * 0.9e9 } }
            : {}),
    };
    return request(isLarge ? seventyBillion : eightBillion, device, others);
}

describe("every plan", () => {
    it("leaves the reserve free where it fits, and says what to do where it does not", () => {
        fc.assert(
            fc.property(situations, (situation) => {
                const asked = requestOf(situation);
                const plan = planMemory(asked);
                if (plan.fits) {
                    const used = bytesOf(plan.parts) + plan.reserveBytes;
                    expect(used).toBeLessThanOrEqual(asked.device.freeBytes);
                } else {
                    expect(plan.advice).toBeDefined();
                }
            }),
        );
    });

    it("keeps what the administrator has set, and has room for the longest conversation", () => {
        fc.assert(
            fc.property(situations, (situation) => {
                const plan = planMemory(requestOf(situation));
                const { conversations, contextTokens } = situation.wanted;
                if (conversations !== "auto") expect(plan.conversations).toBe(conversations);
                if (contextTokens !== "auto") expect(plan.contextTokens).toBe(contextTokens);
                expect(plan.cells).toBeGreaterThanOrEqual(plan.contextTokens);
                expect(plan.cells % 256).toBe(0);
                const most = plan.conversations * plan.contextTokens;
                expect(plan.cells).toBeLessThan(most + 256);
            }),
            { numRuns: 2_000 },
        );
    });

    it("gives nothing less when more memory is free", () => {
        fc.assert(
            fc.property(situations, (situation) => {
                const asked = requestOf(situation);
                const { device } = asked;
                const freeBytes = device.freeBytes + situation.moreBytes;
                const less = planMemory(asked);
                const more = planMemory({ ...asked, device: { ...device, freeBytes } });
                expect(Number(more.fits)).toBeGreaterThanOrEqual(Number(less.fits));
                for (const figure of [
                    "conversations",
                    "contextTokens",
                    "cells",
                    "layers",
                ] as const) {
                    expect(more[figure], figure).toBeGreaterThanOrEqual(less[figure]);
                }
            }),
        );
    });
});
