import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ChatImage, ChatModel } from "../../../src/ports.ts";
import { ComparedAnswers } from "./compared-answers.ts";
import { openDemo, samplePicture } from "./demo-model.ts";
import { samples } from "./demo-talk.ts";
import { expectEqualAtRandom } from "./random-conversations.ts";
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
    const compared = new ComparedAnswers(reference);
    const held = { model, open: openParking, pictures, conversations, runs: 5 };
    try {
        await expectEqualAtRandom(held, compared);
    } finally {
        model = held.model;
    }
    expect(compared.answers).toBeGreaterThan(120);
    expect(compared.nearTies).toBeLessThanOrEqual(compared.answers * 0.02);
    // Else nothing was compared with anything
    expect(compared.cached).toBeGreaterThan(compared.promptTokens * 0.25);
}, 300_000);
