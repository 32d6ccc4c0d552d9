import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatCompletion, ChatMessage, ChatModel } from "../../../src/ports.ts";
import {
    ask,
    assistant,
    type CountingImage,
    openDemo,
    samplePicture,
    system,
    user,
} from "./demo-model.ts";

let model: ChatModel;
/** Has one sequence, which `answerFromNothing` empties before each answer. */
let forgetful: ChatModel;
let xray: CountingImage;
let ct: CountingImage;
beforeAll(async () => {
    model = await openDemo({ sequences: 2 });
    forgetful = await openDemo({ sequences: 1 });
    xray = await samplePicture("xray_left_01.png");
    ct = await samplePicture("ct_right_06.png");
});
afterAll(async () => {
    await model.close();
    await forgetful.close();
});

async function answerFromNothing(messages: readonly ChatMessage[]): Promise<ChatCompletion> {
    // It begins with nothing that the instructions begin with
    await ask(forgetful, "other", [user("Hello")]);
    const answer = await ask(forgetful, "fresh", messages);
    // The tokens that open every prompt
    expect(answer.tokens.cached).toBeLessThanOrEqual(2);
    return answer;
}

/** Asks with all that was said before, and adds question and answer to it. */
async function goOn(
    conversation: string,
    history: ChatMessage[],
    question: ChatMessage,
    asked = model,
): Promise<ChatCompletion> {
    history.push(question);
    const answer = await ask(asked, conversation, history);
    history.push(assistant(answer.text));
    return answer;
}

const questions = [
    () => user("What should I do for a headache?"),
    () => user("ما علاج الحمى؟"),
    () => user("My name is Sara"),
    () => user("What is my name?"),
    () => user("What type of scan is this?", xray),
    () => user("هل يوجد أي شذوذ؟", ct),
    () => user("What are these two images?", ct, xray),
    () => user("On which side is it?"),
    () => user("Describe this scan in detail."),
];
const anyQuestion = fc.constantFrom(...questions);

function newHistories(): ChatMessage[][] {
    return Array.from({ length: 5 }, (_, index) => [
        system(index % 2 === 0 ? "English" : "Arabic"),
    ]);
}

describe("what a conversation keeps in memory", () => {
    it("is all that was read, and no picture is encoded again", async () => {
        const mri = await samplePicture("mri_both_11.png");
        const other = await samplePicture("xray_right_02.png");
        const history = [system("English")];

        const kind = await goOn("kept", history, user("What type of scan is this?", mri));
        expect(kind.text).toBe("This is a brain MRI scan.");
        const fever = await goOn("kept", history, user("What should I do for a fever?"));
        expect(fever.tokens.cached).toBe(kind.tokens.prompt + kind.tokens.generated);
        const added = await goOn("kept", history, user("What type of scan is this?", other));
        expect(added.text).toBe("This is a chest X-ray.");
        expect(added.tokens.cached).toBe(fever.tokens.prompt + fever.tokens.generated);
        const side = await goOn("kept", history, user("On which side is it?"));
        expect(side.text).toBe("The opacity is on the right side of the image.");
        expect(side).toMatchObject({ images: 2, tokens: { image: 72 }, timingsMs: { image: 0 } });
        expect([mri.loads, other.loads]).toEqual([1, 1]);
    });

    it("never changes an answer, while five conversations share two sequences", async () => {
        let run = 0;
        const steps = fc.array(fc.tuple(fc.nat({ max: 4 }), anyQuestion), {
            minLength: 4,
            maxLength: 8,
        });
        const keepsAnswers = fc.asyncProperty(steps, async (asked) => {
            run += 1;
            const histories = newHistories();
            for (const [who, question] of asked) {
                const history = histories[who] ?? [];
                const kept = await goOn(`shared ${run} ${who}`, history, question());
                const fresh = await answerFromNothing(history.slice(0, -1));
                expect(kept.text).toBe(fresh.text);
                expect(kept.tokens.prompt).toBe(fresh.tokens.prompt);
            }
        });
        await fc.assert(keepsAnswers, { numRuns: 10, seed: 7 });
    });

    it("is right after an abort at any moment", async () => {
        let run = 0;
        const attempts = fc.array(fc.tuple(anyQuestion, fc.nat({ max: 60 })), {
            minLength: 2,
            maxLength: 4,
        });
        const survivesAborts = fc.asyncProperty(attempts, async (aborted) => {
            run += 1;
            const history = [system("English")];
            for (const [question, ticks] of aborted) {
                const controller = new AbortController();
                const messages = [...history, question()];
                const answer = model.generate(
                    { conversation: `abort ${run}`, messages },
                    { signal: controller.signal },
                );
                for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate);
                controller.abort();
                const { stop, text } = await answer;
                expect(["aborted", "end"]).toContain(stop);

                const kept = await goOn(`abort ${run}`, history, question());
                const fresh = await answerFromNothing(history.slice(0, -1));
                expect(kept.text).toBe(fresh.text);
                expect(kept.text.startsWith(text)).toBe(true);
            }
        });
        await fc.assert(survivesAborts, { numRuns: 10, seed: 11 });
    });

    it("is nothing of a question that was given up before", async () => {
        const request = { conversation: "given up", messages: [user("My name is Sara")] };
        const answer = await model.generate(request, { signal: AbortSignal.abort() });
        expect(answer).toMatchObject({ stop: "aborted", text: "", tokens: { prompt: 0 } });
    });

    it("is right after a picture could not be loaded", async () => {
        const lost = { id: "lost", load: () => Promise.reject(new Error("expired")) };
        const messages = (image: typeof lost | CountingImage) => [
            system("English"),
            user("What type of scan is this?", image),
        ];
        await expect(ask(model, "lost", messages(lost))).rejects.toThrow("failed");
        expect((await ask(model, "lost", messages(xray))).text).toBe("This is a chest X-ray.");
    });

    it("begins where the history was cut, and stays useful from turn to turn", async () => {
        const small = await openDemo({ contextTokens: 512 });
        const history = [system("English")];
        const cached: number[] = [];
        const dropped: number[] = [];
        for (let turn = 0; turn < 50; turn++) {
            const question = user(`I am ${20 + turn} years old`);
            const answer = await goOn("long", history, question, small);
            if (answer.droppedTurns > 0) cached.push(answer.tokens.cached / answer.tokens.prompt);
            dropped.push(answer.droppedTurns);
        }
        await small.close();
        expect(cached.length).toBeGreaterThan(30);
        expect(dropped).toEqual(dropped.toSorted((a, b) => a - b));
        // Each cut costs one reading; the turns between cost their own words only
        const readAnew = cached.filter((part) => part < 0.5).length;
        expect(readAnew).toBe(new Set(dropped).size - 1);
        expect(readAnew).toBeLessThan(cached.length / 3);
    });
});

describe("a picture that several ask for at a time", () => {
    it("is encoded once", async () => {
        const shared = await samplePicture("gross_left_13.png");
        const messages = [system("English"), user("What type of scan is this?", shared)];
        const answers = await Promise.all(
            ["a", "b", "c", "d"].map((conversation) => ask(model, conversation, messages)),
        );
        expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
        expect(shared.loads).toBe(1);
    });

    it("is not kept beyond the erasure of a conversation, idle or being answered", async () => {
        const shared = await samplePicture("gross_left_13.png");
        const messages = [system("English"), user("What type of scan is this?", shared)];
        await ask(forgetful, "erased", messages);
        await ask(forgetful, "another", messages);
        expect(shared.loads).toBe(1);
        forgetful.forget?.("erased");
        const answer = ask(forgetful, "erased", messages);
        forgetful.forget?.("erased");
        await answer;
        expect(shared.loads).toBe(2);
        await ask(forgetful, "another", messages);
        expect(shared.loads).toBe(3);
    });
});
