import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Language, Turn } from "../../src/message.ts";
import { buildMessages, type PromptParts } from "../../src/prompt/build-messages.ts";

const parts: Omit<PromptParts, "turns"> = {
    system: "You are kind.",
    image: ({ id }) => ({ id, load: () => Promise.reject(new Error("not needed")) }),
    notices: (name, language) => `${name} in ${language}`,
};

function turn(role: Turn["role"], text: string, images = 0, language: Language = "en"): Turn {
    const references = Array.from({ length: images }, (_, index) => ({
        id: `${text}${index}`,
        side: 336,
    }));
    return { role, text, language, atMs: 0, images: references };
}

function shape(...turns: Turn[]): string[] {
    return buildMessages({ ...parts, turns })
        .slice(1)
        .map(({ role, text, images }) => `${role}:${text}:${images.length}`);
}

test("the system message comes first, then the turns", () => {
    expect(buildMessages({ ...parts, turns: [] })).toEqual([
        { role: "system", text: "You are kind.", images: [] },
    ]);
    expect(shape(turn("user", "hi"), turn("assistant", "hello"), turn("user", "why?"))).toEqual([
        "user:hi:0",
        "assistant:hello:0",
        "user:why?:0",
    ]);
});

test("successive turns of one side become one message with all its pictures", () => {
    expect(shape(turn("user", "a", 1), turn("user", "b", 2), turn("assistant", "c"))).toEqual([
        "user:a\n\nb:3",
        "assistant:c:0",
    ]);
});

test("pictures alone ask what they show, in the language of the turn", () => {
    expect(shape(turn("user", "", 1, "ar"))).toEqual(["user:image-question in ar:1"]);
    expect(shape(turn("user", " ", 2))).toEqual(["user:images-question in en:2"]);
    expect(shape(turn("user", "", 1), turn("user", "left or right?"))).toEqual([
        "user:left or right?:1",
    ]);
});

test("any history becomes a dialogue that the patient begins, and no word or picture is lost", () => {
    const turns = fc.array(
        fc.record({
            role: fc.constantFrom("user" as const, "assistant" as const),
            text: fc.constantFrom("", "one", "two"),
            images: fc.nat(2),
        }),
    );
    fc.assert(
        fc.property(turns, (drawn) => {
            const history = drawn.map(({ role, text, images }) =>
                turn(role, text, role === "user" ? images : 0),
            );
            const [system, ...messages] = buildMessages({ ...parts, turns: history });
            expect(system?.role).toBe("system");
            for (const [index, { role, text }] of messages.entries()) {
                expect(role).toBe(index % 2 === 0 ? "user" : "assistant");
                expect(text).not.toBe("");
            }
            const first = history.findIndex(
                ({ role, text, images }) => role === "user" && (text !== "" || images.length > 0),
            );
            const kept = first === -1 ? [] : history.slice(first);
            expect(messages.flatMap(({ images }) => images.map(({ id }) => id))).toEqual(
                kept.flatMap(({ images }) => images.map(({ id }) => id)),
            );
            expect(messages.map(({ text }) => text.match(/\b(?:one|two)\b/g) ?? []).flat()).toEqual(
                kept.map(({ text }) => text).filter((text) => text !== ""),
            );
        }),
    );
});
