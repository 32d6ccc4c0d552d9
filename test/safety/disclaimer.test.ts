import * as fc from "fast-check";
import { Lexer } from "marked";
import { describe, expect, test } from "vitest";
import type { Turn } from "../../src/message.ts";
import {
    type DisclaimerCadence,
    disclaimerDue,
    withDisclaimer,
} from "../../src/safety/disclaimer.ts";

const usual: DisclaimerCadence = { firstAnswer: true, imageAnswers: true, afterReset: true };
const never: DisclaimerCadence = { firstAnswer: false, imageAnswers: false, afterReset: false };

function after(answers: number): Turn[] {
    return Array.from({ length: answers * 2 }, (_, index) => ({
        role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
        text: "x",
        language: "en" as const,
        atMs: index,
        images: [],
    }));
}

test.each<[string, number, boolean, DisclaimerCadence, ReturnType<typeof disclaimerDue>]>([
    ["the first answer", 0, false, usual, "general"],
    ["a later answer", 1, false, usual, "none"],
    ["the first answer, about a picture", 0, true, usual, "image"],
    ["a later answer, about a picture", 7, true, usual, "image"],
    ["nothing wished", 0, true, never, "none"],
    ["only after a reset", 0, false, { ...never, afterReset: true }, "general"],
    [
        "pictures not wished, but the first answer",
        0,
        true,
        { ...usual, imageAnswers: false },
        "general",
    ],
    ["every answer", 1, false, { ...never, everyAnswers: 1 }, "general"],
    ["the fourth of every five", 3, false, { ...never, everyAnswers: 5 }, "none"],
    ["the fifth of every five", 4, false, { ...never, everyAnswers: 5 }, "general"],
])("%s", (_, answers, hasImages, cadence, due) => {
    expect(disclaimerDue({ turns: after(answers), hasImages, cadence })).toBe(due);
});

test("a question that was never answered does not use up the first disclaimer", () => {
    const unanswered = after(1).slice(0, 1);
    expect(disclaimerDue({ turns: unanswered, hasImages: false, cadence: usual })).toBe("general");
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
