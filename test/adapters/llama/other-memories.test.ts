import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ChatMessage, ChatModel } from "../../../src/ports.ts";
import { anyStep } from "./any-step.ts";
import { AskedConversations } from "./asked-conversations.ts";
import { ComparedAnswers } from "./compared-answers.ts";
import { assistant, openDemo, system, user } from "./demo-model.ts";
import {
    type OtherArchitecture,
    otherArchitectures,
    window,
    writeOtherModel,
} from "./other-models.ts";
import { type Observed, outcomeOf } from "./outcome.ts";
import { ReferenceModel } from "./reference-model.ts";

const conversations = 5;

let folder: string;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-other-memories-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** How a model of this kind is opened. */
async function optionsFor(architecture: OtherArchitecture) {
    const modelPath = join(folder, `${architecture}.gguf`);
    await writeOtherModel(modelPath, architecture);
    return {
        modelPath,
        projectorPath: undefined,
        contextTokens: 320,
        sequences: 3,
        sampling: { temperature: 0, topP: 1, maxTokens: 40 },
    };
}

it.each(otherArchitectures)(
    "answers with %s as if each request were the only one ever",
    async (architecture) => {
        const options = await optionsFor(architecture);
        const parked = {
            memoryBytes: 2 ** 17,
            diskBytes: 2 ** 28,
            folder: join(folder, architecture),
            keepForMs: 86_400_000,
        };
        const open = (): Promise<ChatModel> => openDemo({ ...options, parked });
        let model = await open();
        const reference = await ReferenceModel.open(options);
        const compared = new ComparedAnswers(reference);
        let run = 0;
        const steps = fc.array(anyStep(conversations, "written"), {
            minLength: 25,
            maxLength: 50,
        });
        const answersEqual = fc.asyncProperty(steps, async (taken) => {
            run += 1;
            const names = Array.from({ length: conversations }, (_, who) => `run ${run} ${who}`);
            const held = new AskedConversations(model, open, new Map(), names);
            await held.perform(taken);
            model = held.model;
            await compared.expectEqual(held.asked);
        });
        try {
            await fc.assert(answersEqual, { numRuns: 3, seed: 8, endOnFailure: true });
        } finally {
            await model.close();
            await reference.close();
        }
        expect(compared.answers).toBeGreaterThan(80);
        // Random weights are seldom sure
        expect(compared.nearTies).toBeLessThan(compared.answers * 0.25);
        // Else nothing was compared with anything
        expect(compared.cached).toBeGreaterThan(compared.promptTokens * 0.25);
    },
    120_000,
);

describe("conversations with a common beginning, where layers have a window", () => {
    const about = "You are a helpful medical assistant.\nWhat is the treatment of a fever?";
    const shared = [{ ...system("English"), text: about }, user("Hello")];
    const more = user("my head hurts ".repeat(60));
    // Then each of them holds a window of its own behind what it shares, and nothing in between
    const maxTokens = 14;
    let model: ChatModel;
    const open = async (sequences: number): Promise<void> => {
        const kind = await optionsFor("gemma3");
        model = await openDemo({ ...kind, contextTokens: 512, sequences, guesses: 0 });
    };
    afterEach(() => model.close());
    const askAs = (who: number, messages: readonly ChatMessage[]): Promise<Observed> =>
        outcomeOf(model, { conversation: `${who}`, messages, maxTokens });

    it("have room when all have left it behind", async () => {
        await open(5);
        const first = await askAs(0, shared);
        for (const who of [1, 2, 3, 4]) {
            const { outcome, cached } = await askAs(who, shared);
            expect(outcome).toEqual(first.outcome);
            expect(cached).toBe(window);
        }
        const second = await askAs(0, [...shared, assistant(first.shown), more]);
        expect(second.outcome).toMatchObject({ stop: "length" });
        expect(second.cached).toBeGreaterThan(40);
    });

    it("take nothing from one that does not hold it any more, but from one that does", async () => {
        await open(3);
        const first = await askAs(0, shared);
        await askAs(0, [...shared, assistant(first.shown), more]);
        const newcomer = await askAs(1, shared);
        expect(newcomer.cached).toBe(0);
        const next = await askAs(2, shared);
        expect(next.cached).toBe(window);
        for (const { outcome } of [newcomer, next]) expect(outcome).toEqual(first.outcome);
    });
});
