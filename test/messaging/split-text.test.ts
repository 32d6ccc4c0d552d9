import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type FormattedText, plainText, type Style } from "../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";
import { splitText } from "../../src/messaging/split-text.ts";
import { wildMarkdown } from "./example-markdown.ts";

test("pieces joined are the text with its formatting, each within the limit, no character split", () => {
    const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
    fc.assert(
        fc.property(wildMarkdown(80), fc.integer({ min: 12, max: 90 }), (markdown, limit) => {
            const formatted = readMarkdown(markdown);
            const text = plainText(formatted);
            const pieces = splitText(formatted, limit);
            expect(perUnit(pieces.flat())).toEqual(perUnit(formatted));
            const boundaries = new Map(
                [...graphemes.segment(text)].map(({ index, segment }) => [index, segment.length]),
            );
            const longest = Math.max(0, ...boundaries.values());
            let position = 0;
            for (const piece of pieces) {
                const units = plainText(piece).length;
                expect(units).toBeGreaterThan(0);
                expect(units).toBeLessThanOrEqual(limit);
                if (longest <= limit) expect(boundaries.has(position)).toBe(true);
                position += units;
            }
        }),
        { numRuns: 300, seed: 3 },
    );
});

test.each([
    ["a paragraph", "A first paragraph here.\n\nAnother. One", 32, "A first paragraph here.\n\n"],
    ["a line", "A first line that is long\nAnother. One", 32, "A first line that is long\n"],
    ["an English sentence", "A sentence (short). It goes on, and on", 32, "A sentence (short). "],
    ["an Arabic question", "هل تشعر بألم شديد؟ نعم، منذ يومين", 22, "هل تشعر بألم شديد؟ "],
    ["an Arabic comma", "أشعر بألم في الصدر، وضيق في التنفس", 24, "أشعر بألم في الصدر، "],
    ["a word", "no signs at all between these words", 20, "no signs at all "],
    [
        "not a mark that stands on a blank",
        "no signs at all \u0301here or there",
        20,
        "no signs at ",
    ],
    ["not a decimal", "the value is about 12.75 mg each", 22, "the value is about "],
])("a long text is cut at the end of %s", (_name, text, limit, first) => {
    const [piece = []] = splitText([{ text, styles: [] }], limit);
    expect(plainText(piece)).toBe(first);
});

test("a character that is longer than a message does not stop the reply", () => {
    const monster = `a${"\u0301".repeat(50)}`;
    const pieces = splitText([{ text: monster, styles: [] }], 20);
    expect(pieces.map(plainText).join("")).toBe(monster);
});

function perUnit(formatted: FormattedText): [string, readonly Style[]][] {
    return formatted.flatMap(({ text, styles }) =>
        text.split("").map((unit): [string, readonly Style[]] => [unit, styles]),
    );
}
