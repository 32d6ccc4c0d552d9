import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type FormattedText, isBlank, plainText } from "../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";
import { renderParts } from "../../src/messaging/render-parts.ts";
import { longAnswer, wildMarkdown } from "./example-markdown.ts";

/** A platform on which each run costs six units more. */
const withMarks = (part: FormattedText): number =>
    part.reduce((units, { text }) => units + text.length + 6, 0);

test("each part is within the limit as the platform counts it, and together they are the reply", () => {
    const markdowns = fc.oneof(wildMarkdown(80), longAnswer);
    fc.assert(
        fc.property(
            markdowns,
            fc.constantFrom("ar", "en"),
            fc.integer({ min: 40, max: 4096 }),
            fc.constantFrom(undefined, withMarks),
            (markdown, language, maxUnits, countUnits) => {
                const parts = renderParts(markdown, language, maxUnits, countUnits);
                for (const part of parts) {
                    const units = countUnits?.(part) ?? plainText(part).length;
                    expect(units).toBeLessThanOrEqual(maxUnits);
                    expect(isBlank(part)).toBe(false);
                }
                const whole = readMarkdown(markdown);
                if (!isBlank(whole)) expect(seen(parts.flat())).toBe(seen(whole));
            },
        ),
        { numRuns: 150, seed: 5 },
    );
});

test("a reply that fits is one part, however narrowly", () => {
    expect(renderParts("a".repeat(100), "en", 100)).toHaveLength(1);
    expect(renderParts("a".repeat(101), "en", 100)).toHaveLength(2);
    // The mark of direction counts as well.
    const directed = `MRI ${"ص".repeat(95)}`;
    expect(renderParts(directed, "ar", 100)).toHaveLength(1);
    expect(renderParts(`${directed}ص`, "ar", 100)).toHaveLength(2);
});

test("what Markdown hides is shown as it is, and what nobody sees is no part", () => {
    expect(renderParts("[a]: http://b", "en", 100).map(plainText)).toEqual(["[a]: http://b"]);
    expect(renderParts(" \n\u200F ", "ar", 100)).toEqual([]);
});

/** Without blanks, which cuts and platforms take away, and marks of direction. */
function seen(formatted: FormattedText): string {
    return plainText(formatted).replaceAll(/[\s\p{Cf}\p{Cc}\u2800\u3164]/gu, "");
}
