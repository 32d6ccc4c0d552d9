import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatMessage, ChatModel } from "../../src/ports.ts";
import { assistant, ask, samplePicture, system, user } from "../adapters/llama/demo-model.ts";

/**
 * What every chat model promises. `open` serves the demonstration model at temperature 0, answers
 * at least two conversations at a time, sees, and holds at most 2048 tokens a conversation.
 */
export function describeChatModel(name: string, open: () => Promise<ChatModel>): void {
    describe(`${name} as a chat model`, () => {
        let model: ChatModel;
        beforeAll(async () => {
            model = await open();
        });
        afterAll(() => model.close());

        it("answers from what it was taught, to the end", async () => {
            const question = [system("English"), user("What should I do for a headache?")];
            const answer = await ask(model, "taught", question);
            expect(answer).toMatchObject({ stop: "end", droppedTurns: 0, images: 0 });
            expect(answer.text).toBe(
                "For a headache, rest in a quiet room and drink water. See a doctor if it is sudden or severe.",
            );
        });

        it("answers the same when it has read the instructions ahead, and is never kept from it", async () => {
            const question = [system("English"), user("What should I do for a headache?")];
            const { text } = await ask(model, "unprepared", question);
            const preparing = model.prepare?.([system("English").text, system("Arabic").text]);
            expect((await ask(model, "prepared meanwhile", question)).text).toBe(text);
            await preparing;
            expect((await ask(model, "prepared", question)).text).toBe(text);
        });

        it("answers in the language that the system message names", async () => {
            const question = "ما علاج الحمى؟";
            const arabic = await ask(model, "ar", [system("Arabic"), user(question)]);
            const english = await ask(model, "en", [system("English"), user(question)]);
            expect(arabic.text).toContain("عند الحمى، استرح واشرب الكثير من السوائل");
            expect(english.text).toContain("For a fever, rest and drink plenty of fluids.");
        });

        it("streams the answer in whole characters", async () => {
            const pieces: string[] = [];
            const { text } = await model.generate(
                {
                    conversation: "stream",
                    messages: [system("Arabic"), user("ما هي أعراض السكري؟")],
                },
                {
                    signal: new AbortController().signal,
                    onText: (piece) => pieces.push(piece),
                },
            );
            expect(pieces.length).toBeGreaterThan(3);
            expect(pieces.join("")).toBe(text);
            expect(text).not.toContain("\u{FFFD}");
        });

        it("remembers the turns that it is given, and only those", async () => {
            const told = [
                system("English"),
                user("My name is Sara"),
                assistant("Nice to meet you, Sara."),
                user("What should I do for a fever?"),
                assistant("For a fever, rest and drink plenty of fluids."),
                user("What is my name?"),
            ];
            expect((await ask(model, "sara", told)).text).toContain("Sara");
            const untold = [system("English"), user("What is my name?")];
            expect((await ask(model, "sara", untold)).text).not.toContain("Sara");
        });

        it("sees kind and side of a scan, also turns later", async () => {
            const scan = await samplePicture("xray_left_01.png");
            const first = [system("English"), user("What type of scan is this?", scan)];
            const kind = await ask(model, "scan", first);
            expect(kind).toMatchObject({ images: 1, text: "This is a chest X-ray." });
            expect(kind.tokens.image).toBeGreaterThan(0);
            const later = [
                ...first,
                assistant(kind.text),
                user("My name is Omar"),
                assistant("Nice to meet you, Omar."),
                user("On which side is it?"),
            ];
            const side = await ask(model, "scan", later);
            expect(side.text).toBe("The opacity is on the left side of the image.");
            expect(side.images).toBe(1);
        });

        it("sees several scans in one turn, in their order", async () => {
            const xray = await samplePicture("xray_left_01.png");
            const ct = await samplePicture("ct_left_05.png");
            const question = "What are these two images?";
            const [forth, back] = await Promise.all([
                ask(model, "forth", [system("English"), user(question, xray, ct)]),
                ask(model, "back", [system("English"), user(question, ct, xray)]),
            ]);
            expect(forth.text).toMatch(/first image is a chest X-ray .* abdominal CT/);
            expect(back.text).toMatch(/first image is an abdominal CT .* chest X-ray/);
        });

        it("stops at the given number of tokens", async () => {
            const answer = await model.generate(
                { conversation: "short", messages: headache, maxTokens: 4 },
                { signal: new AbortController().signal },
            );
            expect(answer).toMatchObject({ stop: "length", tokens: { generated: 4 } });
            expect(answer.text).toMatch(/^For a/);
        });

        it("ends as aborted, with the text so far", async () => {
            const before = await model.generate(
                { conversation: "abort", messages: headache },
                { signal: AbortSignal.abort() },
            );
            expect(before).toMatchObject({ stop: "aborted", text: "" });

            const controller = new AbortController();
            let seen = "";
            const during = await model.generate(
                { conversation: "abort", messages: headache },
                {
                    signal: controller.signal,
                    onText: (piece) => {
                        seen += piece;
                        if (seen.length > 20) controller.abort();
                    },
                },
            );
            expect(during).toMatchObject({ stop: "aborted", text: seen });

            const after = await ask(model, "abort", headache);
            expect(after).toMatchObject({ stop: "end" });
            expect(after.text.startsWith(seen)).toBe(true);
        });

        it("leaves out the oldest turns that do not fit, and says how many", async () => {
            const talk = longTalk(60);
            const answer = await ask(model, "long", [
                system("English"),
                user("My name is Sara"),
                assistant("Nice to meet you, Sara."),
                ...talk,
                user("What should I do for a headache?"),
            ]);
            expect(answer.droppedTurns).toBeGreaterThan(2);
            expect(answer.droppedTurns % 2).toBe(0);
            expect(answer.tokens.prompt).toBeLessThan(2048);
            expect(answer.text).toContain("For a headache");
        });

        it("refuses a message that is longer than its context", async () => {
            const words = "my head hurts ".repeat(1500);
            await expect(
                ask(model, "too-long", [system("English"), user(words)]),
            ).rejects.toMatchObject({ code: "prompt-too-long" });
            expect((await ask(model, "too-long", headache)).stop).toBe("end");
        });

        it("keeps simultaneous conversations apart", async () => {
            const names = ["Sara", "Omar", "Adam", "Layla", "Maryam", "Fatima"];
            const answers = await Promise.all(
                names.map((who) =>
                    ask(model, who, [
                        system("English"),
                        user(`My name is ${who}`),
                        assistant(`Nice to meet you, ${who}.`),
                        user("What is my name?"),
                    ]),
                ),
            );
            expect(answers.map(({ text }) => text)).toEqual(
                names.map((who) => expect.stringContaining(who) as string),
            );
        });

        it("ends running generations when it closes, then refuses new ones", async () => {
            const closing = await open();
            let closed: Promise<void> | undefined;
            const running = closing.generate(
                { conversation: "running", messages: headache },
                {
                    signal: new AbortController().signal,
                    onText: () => {
                        closed ??= closing.close();
                    },
                },
            );
            expect(await running).toMatchObject({ stop: "aborted" });
            await closed;
            await expect(ask(closing, "closing", headache)).rejects.toMatchObject({
                code: "model-failed",
            });
        });
    });
}

const headache = [system("English"), user("What should I do for a headache?")];

/** Pairs of turns, some forty tokens each. */
function longTalk(pairs: number): ChatMessage[] {
    const question = user("What should I do for a fever?");
    const answer = assistant(
        "For a fever, rest and drink plenty of fluids. See a doctor if it lasts more than three days.",
    );
    return Array.from({ length: pairs }, () => [question, answer]).flat();
}
