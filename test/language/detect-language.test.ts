import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectLanguage, type LanguageContext } from "../../src/language/detect-language.ts";
import type { Language } from "../../src/message.ts";

interface Line {
    readonly text: string;
    /** `kept`: in a language that is not spoken here. */
    readonly expected: Language | "kept";
    readonly kind: string;
    readonly previous?: Language;
}

const lines = readFileSync("test/fixtures/language/turns.jsonl", "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

/** The worst context for each line: without evidence, the answer would be in the other language. */
function contextOf({ expected, previous }: Line): LanguageContext {
    const fallback = expected === "ar" ? "en" : "ar";
    return previous === undefined ? { fallback } : { previous, fallback };
}

/** What share of a kind must be right; the others must be right without exception. */
const leastShare: Readonly<Record<string, number>> = {
    "short english": 0.9,
    dialect: 0.9,
    arabizi: 0.9,
    "short arabizi": 0.8,
    "other language": 0.9,
};

test.each([...new Set(lines.map(({ kind }) => kind))])("lines of the kind: %s", (kind) => {
    const ofKind = lines.filter((line) => line.kind === kind);
    const wrong = ofKind.filter((line) => {
        const { language, reason } = detectLanguage(line.text, contextOf(line));
        return line.expected === "kept" ? reason !== "kept" : language !== line.expected;
    });
    const allowed = Math.floor(ofKind.length * (1 - (leastShare[kind] ?? 1)) + 1e-9);
    expect(
        wrong.length > allowed ? wrong.map(({ text }) => text) : [],
        `at most ${allowed} of ${ofKind.length} may be wrong`,
    ).toEqual([]);
});

test("only a request is remembered as a choice", () => {
    for (const line of lines) {
        const { switchTo, reason } = detectLanguage(line.text, contextOf(line));
        const asks = line.kind === "switch";
        expect([line.text, reason === "switch", switchTo]).toEqual([
            line.text,
            asks,
            asks ? line.expected : undefined,
        ]);
    }
});

describe("what decides, in this order", () => {
    const arabicChat = { previous: "ar", fallback: "ar" } as const;

    test("a request in the message", () => {
        expect(
            detectLanguage("Please reply in English", { ...arabicChat, chosen: "ar" }),
        ).toMatchObject({
            language: "en",
            reason: "switch",
            switchTo: "en",
        });
    });

    test("a request at the end of a long message", () => {
        const story = "My knee has hurt since the fall, and it is swollen. ".repeat(200);
        expect(detectLanguage(`${story}Please reply in Arabic.`, { fallback: "en" })).toMatchObject(
            { language: "ar", reason: "switch" },
        );
    });

    test.each([
        ["Please answer in the language I write in", "en"],
        ["رد بنفس اللغة التي أكتب بها", "ar"],
    ])("a request to follow the patient's language: %s", (text, language) => {
        const context = { chosen: language === "en" ? "ar" : "en", fallback: "ar" } as const;
        expect(detectLanguage(text, context)).toMatchObject({
            language,
            reason: "switch",
            switchTo: "automatic",
        });
    });

    test("the patient's choice, whatever the message is written in", () => {
        expect(detectLanguage("Is it serious?", { ...arabicChat, chosen: "ar" })).toMatchObject({
            language: "ar",
            reason: "chosen",
        });
    });

    test("what the message is written in", () => {
        expect(detectLanguage("Is it serious?", arabicChat)).toMatchObject({
            language: "en",
            reason: "detected",
        });
    });

    test("few words turn a conversation only in whose language nobody has written", () => {
        const answered = { previous: "ar", fallback: "ar" } as const;
        expect(detectLanguage("knee pain", answered).language).toBe("ar");
        expect(detectLanguage("ok thanks", answered).language).toBe("ar");
        expect(detectLanguage("CT of abdomen", answered).language).toBe("ar");
        expect(detectLanguage("knee pain", { ...answered, assumed: true }).language).toBe("en");
        const english = { previous: "en", fallback: "ar" } as const;
        expect(detectLanguage("Fatima Hassan", english).language).toBe("en");
        expect(detectLanguage("shukran", english).language).toBe("ar");
    });

    test("the conversation so far, else the fallback", () => {
        expect(detectLanguage("38.5", { previous: "en", fallback: "ar" })).toMatchObject({
            language: "en",
            reason: "kept",
        });
        expect(detectLanguage("", { fallback: "ar" })).toMatchObject({
            language: "ar",
            reason: "kept",
        });
    });
});

describe("hostile input", () => {
    const alphabet = fc.constantFrom(
        ...Array.from("a2'3.@/:-ا ب١\u0640\u064B\u202E\u200C\u0000\n،؟éж中"),
        "\uD83D\uDE00",
        "\uD800",
        "http://",
        "in arabic",
        "reply ",
        "\uFDFA",
    );

    test("any text gets a decision", () => {
        const texts = fc.oneof(
            fc.string({ unit: "binary" }),
            fc.array(alphabet).map((parts) => parts.join("")),
        );
        fc.assert(
            fc.property(texts, (text) => {
                expect(["ar", "en"]).toContain(detectLanguage(text, { fallback: "en" }).language);
            }),
        );
    });

    test("a text that repeats one thing for a million characters costs no more than a short one", () => {
        fc.assert(
            fc.property(fc.array(alphabet, { minLength: 1, maxLength: 3 }), (parts) => {
                const piece = parts.join("");
                const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
                expect(["ar", "en"]).toContain(detectLanguage(text, { fallback: "en" }).language);
            }),
            { numRuns: 50 },
        );
    });

    test("no more than the beginning and the end of a long text is looked at", () => {
        fc.assert(
            fc.property(fc.string({ minLength: 1, maxLength: 40 }), (middle) => {
                const head = "عندي صداع ".repeat(100);
                const tail = " منذ يومين".repeat(50);
                const text = `${head}${middle.repeat(500)}${tail}`;
                expect(detectLanguage(text, { fallback: "en" }).language).toBe("ar");
            }),
        );
    });
});
