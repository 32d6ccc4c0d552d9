import * as fc from "fast-check";
import { Lexer } from "marked";
import { describe, expect, test } from "vitest";
import type { Turn } from "../../src/message.ts";
import {
    type DisclaimerCadence,
    disclaimerDue,
    withDisclaimer,
} from "../../src/safety/disclaimer.ts";

const usual: DisclaimerCadence = { firstAnswer: true, afterReset: true };
const never: DisclaimerCadence = { firstAnswer: false, afterReset: false };

function after(answers: number): Turn[] {
    return Array.from({ length: answers * 2 }, (_, index) => ({
        role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
        text: "x",
        language: "en" as const,
        atMs: index,
        images: [],
    }));
}

type Picture = "no picture" | "picture now" | "picture before";

test.each<[string, number, Picture, DisclaimerCadence, ReturnType<typeof disclaimerDue>]>([
    ["the first answer", 0, "no picture", usual, "general"],
    ["a later answer", 1, "no picture", usual, "none"],
    ["the first answer, about a picture", 0, "picture now", usual, "image"],
    ["a later answer, about a picture", 7, "picture now", usual, "image"],
    ["a later question about a picture", 8, "picture before", usual, "image-again"],
    ["nothing wished", 0, "no picture", never, "none"],
    ["nothing wished, about a picture", 0, "picture now", never, "image"],
    ["nothing wished, later", 3, "picture before", never, "image-again"],
    ["only after a reset", 0, "no picture", { ...never, afterReset: true }, "general"],
    ["every answer", 1, "no picture", { ...never, everyAnswers: 1 }, "general"],
    [
        "every answer, with a picture before",
        1,
        "picture before",
        { ...usual, everyAnswers: 1 },
        "image",
    ],
    ["the fourth of every five", 3, "no picture", { ...never, everyAnswers: 5 }, "none"],
    ["the fifth of every five", 4, "no picture", { ...never, everyAnswers: 5 }, "general"],
])("%s", (_, answers, picture, cadence, due) => {
    const seen = { hasImages: picture === "picture now", sawImages: picture !== "no picture" };
    expect(disclaimerDue({ turns: after(answers), ...seen, cadence })).toBe(due);
});

test("answers are counted from the last one with a disclaimer, so that trimming a long history changes nothing", () => {
    const cadence = { ...never, everyAnswers: 3 };
    let turns: Turn[] = [];
    const due: boolean[] = [];
    for (let index = 0; index < 12; index += 1) {
        const seen = { hasImages: false, sawImages: false };
        const disclaimer = disclaimerDue({ turns, ...seen, cadence }) !== "none";
        due.push(disclaimer);
        turns = [...turns, ...after(1).map((turn) => ({ ...turn, disclaimer }))].slice(-6);
    }
    expect(due.flatMap((is, index) => (is ? [index + 1] : []))).toEqual([3, 6, 9, 12]);
});

test("a question that was never answered does not use up the first disclaimer", () => {
    const unanswered = after(1).slice(0, 1);
    expect(
        disclaimerDue({ turns: unanswered, hasImages: false, sawImages: false, cadence: usual }),
    ).toBe("general");
});

describe("the disclaimer stands in a paragraph of its own", () => {
    const disclaimer = "I'm an AI, not a doctor.";

    test.each([
        ["Rest and drink water.", `Rest and drink water.\n\n${disclaimer}`],
        ["Cut off:\n```\ncode", `Cut off:\n\`\`\`\ncode\n\`\`\`\n\n${disclaimer}`],
        ["", disclaimer],
    ])("beneath %j", (answer, whole) => {
        expect(withDisclaimer(answer, disclaimer)).toBe(whole);
    });

    test("whatever code blocks the answer opens and does not close", () => {
        const line = fc.constantFrom(
            "```",
            "````",
            "~~~",
            "~~~~ ",
            "```js",
            "~~~ `",
            "``` `",
            " ```",
            "text",
            "- item",
            "",
        );
        fc.assert(
            fc.property(fc.array(line), (lines) => {
                const last = Lexer.lex(withDisclaimer(lines.join("\n"), disclaimer)).at(-1);
                expect(last).toMatchObject({ type: "paragraph", text: disclaimer });
            }),
        );
    });
});
