import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cutText, literalText, shortened } from "../../src/handoff/literal-text.ts";
import { plainText } from "../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";

const shown = (text: string): string => plainText(readMarkdown(literalText(text)));

test.each([
    "# 5 mg * 2 = 10 mg, **not** 15_mg_ ~~now~~ `x`",
    "1. first\n2. second\n- third\n> quoted",
    "see https://example.org/a_b?c=1&amp;d and <b>me</b> | a | b |",
    "![x](y) [label](http://evil.example) &lt;script&gt;",
    "---\n===\n+966 50 123 4567",
    "عندي ألم: (شديد) * منذ يومين",
])("what people write is shown sign by sign: %j", (text) => {
    expect(shown(text)).toBe(text);
});

test("nothing that is no blank gets lost", () => {
    const dense = (text: string): string => text.replaceAll(/\s/g, "");
    fc.assert(
        fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
            expect(dense(shown(text))).toBe(dense(text));
        }),
        { numRuns: 500 },
    );
});

test("a text is cut into whole words that are all there", () => {
    fc.assert(
        fc.property(
            fc.string({ unit: "grapheme", maxLength: 300 }),
            fc.integer({ min: 5, max: 50 }),
            (text, most) => {
                const pieces = cutText(text, most);
                expect(pieces.every(({ length }) => length > 0 && length <= most)).toBe(true);
                expect(pieces.join("").replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
                expect(pieces.every((piece) => piece.isWellFormed() || !text.isWellFormed())).toBe(
                    true,
                );
            },
        ),
    );
    expect(cutText("one two three", 8)).toEqual(["one two", "three"]);
    expect(shortened("one two three", 8)).toBe("one two…");
    expect(shortened("short", 8)).toBe("short");
});
