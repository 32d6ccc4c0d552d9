import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cleanText } from "../../src/conversation/clean-text.ts";

test.each([
    ["control characters", "chest\u0000 pain\u0007\u009b", "chest pain"],
    ["bidi overrides", "take \u202e10\u202c or \u20665\u2069", "take 10 or 5"],
    ["hidden tag characters", "hello\u{e0069}\u{e0067}", "hello"],
    ["line ends", "a\r\nb\rc\n\n\n\n\nd", "a\nb\nc\n\nd"],
    ["lone surrogates", "x\ud800y", "x\ufffdy"],
    [
        "joiners and direction marks stay",
        "می\u200cخواهم 👩\u200d⚕️ \u200fعندي",
        "می\u200cخواهم 👩\u200d⚕️ \u200fعندي",
    ],
    ["diacritics stay, composed", "e\u0301 مُؤْلِم", "é مُؤْلِم"],
    ["only invisible characters", "\u200f\u200b \u200d\u061c", ""],
    ["only unwanted characters", " \u202e\u0000\ufeff ", ""],
])("%s", (_name, text, expected) => {
    expect(cleanText(text)).toBe(expected);
});

test("cleaning twice changes nothing more", () => {
    fc.assert(
        fc.property(fc.string({ unit: "binary" }), (text) => {
            const once = cleanText(text);
            expect(cleanText(once)).toBe(once);
        }),
    );
});
