import * as fc from "fast-check";
import { expect, test } from "vitest";
import { plainText } from "../../../adapters/whatsapp-web/plain-text.ts";
import { renderWhatsApp } from "../../../src/messaging/write-whatsapp.ts";
import { readWhatsApp } from "../../fakes/whatsapp-format.ts";

test("an answer that is quoted reads as the patient saw it", () => {
    const word = fc.constantFrom("left", "الرئة", "5", "mg", "(a)", "نعم؟", "3*4*5", "a_b");
    const mark = fc.constantFrom("", "", "**", "*", "~~", "`");
    const styled = fc.tuple(mark, word).map(([around, text]) => `${around}${text}${around}`);
    const lines = fc.array(fc.array(styled, { minLength: 1, maxLength: 6 }), { maxLength: 4 });
    fc.assert(
        fc.property(lines, (written) => {
            const markdown = written.map((line) => line.join(" ")).join("\n\n");
            for (const message of renderWhatsApp(markdown, "en")) {
                const seen = readWhatsApp(message).text.replaceAll(
                    /[\u200A\u200E\u200F\u2060\u2066-\u2069]/g,
                    "",
                );
                expect(plainText(message)).toBe(seen);
            }
        }),
        { seed: 3, numRuns: 300 },
    );
});

test("what only looks like formatting stays", () => {
    expect(plainText("2*3*4 and snake_case_name, 5 * 6 * 7")).toBe(
        "2*3*4 and snake_case_name, 5 * 6 * 7",
    );
    expect(plainText("Take ~2 tablets")).toBe("Take ~2 tablets");
});
