import * as fc from "fast-check";
import { expect, test } from "vitest";
import { plainText } from "../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";
import { renderParts } from "../../src/messaging/render-parts.ts";
import { directLines } from "../../src/messaging/text-direction.ts";
import { wildMarkdown } from "./example-markdown.ts";

const rightToLeft = "\u200F";
const leftToRight = "\u200E";

test.each([
    ["صورة MRI سليمة", "صورة MRI سليمة"],
    ["MRI سليم", `${rightToLeft}MRI سليم`],
    ["500 mg كل يوم", `${rightToLeft}500 mg كل يوم`],
    ["997", `${rightToLeft}997`],
    ["- Panadol\n- مسكن", `${rightToLeft}• Panadol\n• مسكن`],
    ["نعم.\nAn English sentence.", "نعم.\nAn English sentence."],
    ["**CT**: أشعة", `${rightToLeft}CT: أشعة`],
    ["```\nMRI سليم\n```", "MRI سليم"],
])("in an Arabic reply, %j runs from the right", (markdown, expected) => {
    expect(plainText(directLines(readMarkdown(markdown), "ar"))).toBe(expected);
});

test.each([
    ["The word صداع means headache", "The word صداع means headache"],
    ["صداع means headache", `${leftToRight}صداع means headache`],
    ["صداع", "صداع"],
    ["1. صداع", `${leftToRight}1. صداع`],
    ["997", "997"],
])("in an English reply, %j runs from the left", (markdown, expected) => {
    expect(plainText(directLines(readMarkdown(markdown), "en"))).toBe(expected);
});

test("the marks are the only change, keep the formatting, and are not doubled", () => {
    fc.assert(
        fc.property(wildMarkdown(50), fc.constantFrom("ar", "en"), (markdown, language) => {
            const formatted = readMarkdown(markdown);
            const directed = directLines(formatted, language);
            expect(directLines(directed, language)).toEqual(directed);
            expect(directed.map(({ styles }) => styles)).toEqual(
                formatted.map(({ styles }) => styles),
            );
            expect(bare(plainText(directed))).toBe(bare(plainText(formatted)));
        }),
        { seed: 3 },
    );
});

test.each(["", "ع "])(
    "a message that begins within an Arabic line still runs from the right",
    (start) => {
        const parts = renderParts(start + "ع M ".repeat(4_000), "ar", 4096).map(plainText);
        expect(parts.length).toBeGreaterThan(2);
        for (const part of parts) {
            expect(part).toMatch(/^(?:\u200F|ع)/u);
            expect(part.length).toBeLessThanOrEqual(4096);
        }
    },
);

function bare(text: string): string {
    return text.replaceAll(/[\u200E\u200F]/g, "");
}
