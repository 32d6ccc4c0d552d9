import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ChatImage, ChatModel } from "../../../src/ports.ts";
import { anyStep } from "./any-step.ts";
import { AskedConversations } from "./asked-conversations.ts";
import { ComparedAnswers } from "./compared-answers.ts";
import { openDemo, samplePicture } from "./demo-model.ts";
import { samples } from "./demo-talk.ts";
import { ReferenceModel } from "./reference-model.ts";

const conversations = 5;
// Long conversations lose their oldest turns
const options = { contextTokens: 320, sequences: 3 };

let folder: string;
/** Parks conversations, most of them on disk. */
const openParking = (): Promise<ChatModel> => {
    const parked = { memoryBytes: 2 ** 20, diskBytes: 2 ** 28, folder, keepForMs: 86_400_000 };
    return openDemo({ ...options, parked });
};

let model: ChatModel;
let reference: ReferenceModel;
const pictures = new Map<string, ChatImage>();
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-equal-tokens-"));
    model = await openParking();
    reference = await ReferenceModel.open(options);
    for (const name of samples) pictures.set(name, await samplePicture(name));
});
afterAll(async () => {
    await model.close();
    await reference.close();
    await rm(folder, { recursive: true, force: true });
});

it("answers as if each request were the only one ever, whatever else happens", async () => {
    let run = 0;
    const compared = new ComparedAnswers(reference);
    const steps = fc.array(anyStep(conversations), { minLength: 25, maxLength: 50 });
    const answersEqual = fc.asyncProperty(steps, async (taken) => {
        run += 1;
        const names = Array.from({ length: conversations }, (_, who) => `run ${run} ${who}`);
        const held = new AskedConversations(model, openParking, pictures, names);
        await held.perform(taken);
        model = held.model;
        await compared.expectEqual(held.asked);
    });
    await fc.assert(answersEqual, {
        numRuns: 5,
        seed: 8,
        interruptAfterTimeLimit: 240_000,
        markInterruptAsFailure: true,
    });
    expect(compared.answers).toBeGreaterThan(120);
    expect(compared.nearTies).toBeLessThanOrEqual(compared.answers * 0.02);
    // Else nothing was compared with anything
    expect(compared.cached).toBeGreaterThan(compared.promptTokens * 0.25);
}, 300_000);
