import * as fc from "fast-check";
import type { ChatImage, ChatModel } from "../../../src/ports.ts";
import { anyStep } from "./any-step.ts";
import { AskedConversations } from "./asked-conversations.ts";
import type { ComparedAnswers } from "./compared-answers.ts";

/** Which conversations are held with which model. */
export interface RandomConversations {
    /** The model; a restart puts another in its place. */
    model: ChatModel;
    readonly open: () => Promise<ChatModel>;
    readonly pictures: ReadonlyMap<string, ChatImage>;
    readonly conversations: number;
    readonly runs: number;
}

/** Holds conversations of random steps, and expects of every answer what the reference says. */
export async function expectEqualAtRandom(
    held: RandomConversations,
    compared: ComparedAnswers,
): Promise<void> {
    const { open, pictures, conversations, runs } = held;
    let run = 0;
    const steps = fc.array(anyStep(conversations), { minLength: 25, maxLength: 50 });
    const answersEqual = fc.asyncProperty(steps, async (taken) => {
        run += 1;
        const names = Array.from({ length: conversations }, (_, who) => `run ${run} ${who}`);
        const asked = new AskedConversations(held.model, open, pictures, names);
        await asked.perform(taken);
        held.model = asked.model;
        await compared.expectEqual(asked.asked);
    });
    await fc.assert(answersEqual, {
        numRuns: runs,
        seed: 8,
        interruptAfterTimeLimit: 240_000,
        markInterruptAsFailure: true,
    });
}
