/** What is read before anybody asks. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatModel } from "../../../src/ports.ts";
import { ask, openDemo, system, user } from "./demo-model.ts";

/** As long as a clinic's. */
const instructions = (language: "English" | "Arabic") =>
    `${"Answer calmly and in plain words. ".repeat(20)}${system(language).text}`;
const texts = [instructions("Arabic"), instructions("English")];
const question = "What should I do for a fever?";
const prompt = (language: "English" | "Arabic", text = question) => [
    { ...system(language), text: instructions(language) },
    user(text),
];

let model: ChatModel;
let plain: ChatModel;
beforeEach(async () => {
    plain = await openDemo({ sequences: 1 });
});
afterEach(async () => {
    await model.close();
    await plain.close();
});

/** The tokens of the question and of what opens the answer, and some more that end the instructions. */
const ownTokens = 30;

describe.each([1, 2, 4])("with %i conversations in memory", (sequences) => {
    beforeEach(async () => {
        model = await openDemo({ sequences });
    });

    it("the first question costs its own words alone, and is answered the same", async () => {
        const fresh = await ask(plain, "fresh", prompt("Arabic"));
        expect(fresh.tokens.cached).toBe(0);
        await model.prepare?.(texts);
        const first = await ask(model, "first", prompt("Arabic"));
        expect(first.tokens.prompt - first.tokens.cached).toBeLessThan(ownTokens);
        expect(first.text).toBe(fresh.text);
    });

    it("so does that of the next patient, whoever was there before", async () => {
        const asked = ["a", "b", "c", "d", "e"];
        const fresh = await ask(plain, "fresh", prompt("English"));
        for (const conversation of asked) {
            const answer = await ask(model, conversation, prompt("English"));
            const read = answer.tokens.prompt - answer.tokens.cached;
            if (conversation !== "a") expect(read).toBeLessThan(ownTokens);
            expect(answer.text).toBe(fresh.text);
        }
    });

    it("nobody waits for it, and what was read until then is used", async () => {
        const preparing = model.prepare?.(texts);
        const answer = await ask(model, "impatient", prompt("Arabic"));
        await preparing;
        expect(answer.text).toBe((await ask(plain, "fresh", prompt("Arabic"))).text);
        // While somebody is answered nothing is read ahead
        const running = ask(model, "impatient", prompt("Arabic", "I am 30 years old"));
        await model.prepare?.([`Something else. ${texts[0]}`]);
        expect((await running).stop).toBe("end");
    });

    it("ends with the model, and does nothing with one that is closed", async () => {
        const preparing = model.prepare?.(texts);
        await model.close();
        await preparing;
        await model.prepare?.(texts);
    });
});

it("reads each language's instructions where there is room, also when they have changed", async () => {
    model = await openDemo({ sequences: 2 });
    for (const change of ["", "The clinic has moved. "]) {
        const changed = texts.map((text) => `${change}${text}`);
        await model.prepare?.(changed);
        for (const language of ["English", "Arabic"] as const) {
            const messages = prompt(language).map((message) =>
                message.role === "system" ? { ...message, text: change + message.text } : message,
            );
            const answer = await ask(model, `${change}${language}`, messages);
            expect(answer.tokens.prompt - answer.tokens.cached).toBeLessThan(ownTokens);
        }
    }
});
