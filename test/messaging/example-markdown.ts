import * as fc from "fast-check";

const words = [
    "fracture",
    "rib",
    "MRI",
    "T2",
    "500",
    "mg",
    "الم",
    "صدري",
    "السكري،",
    "ضغط؟",
    "نعم.",
    "كَسْر",
    "👩🏽‍⚕️",
    "🇸🇦",
    "e\u0301",
    "<b>",
    "&",
    "&amp;",
    "a<5",
    "x>7",
    "\u200F",
];
const marks = [
    "*",
    "**",
    "***",
    "_",
    "`",
    "``",
    "```",
    "~",
    "~~",
    "[",
    "](",
    ")",
    "![",
    "|",
    "| ",
    " |",
    ":",
    '"',
    "<br>",
    "\\",
];
const breaks = [
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "\n\n\n",
    "\n- ",
    "\n  - ",
    "\n1. ",
    "\n> ",
    "\n# ",
    "\n```\n",
    "\n    ",
    "\n---\n",
    "\n| a | b |\n|---|---|\n| ",
];

/** Markdown as a model might write it on its worst day: words, marks and line beginnings in any order. */
export const wildMarkdown = (pieces: number): fc.Arbitrary<string> =>
    fc
        .array(
            fc.oneof(
                { weight: 5, arbitrary: fc.constantFrom(...words) },
                { weight: 3, arbitrary: fc.constantFrom(...breaks) },
                { weight: 2, arbitrary: fc.constantFrom(...marks) },
                { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
            ),
            { maxLength: pieces },
        )
        .map((parts) => parts.join(""));

/** A long, well-formed answer: paragraphs, lists, bold and italic words, Arabic or English. */
export const longAnswer: fc.Arbitrary<string> = fc
    .array(
        fc.oneof(
            fc.constantFrom(
                "The picture shows the **left** lung. There is *no* sign of a fracture, as far as I can see.",
                "تظهر الصورة الرئة **اليسرى**. لا توجد علامة على كسر، بحسب ما أراه؟ نعم.",
                "MRI هو فحص بالرنين المغناطيسي؛ لا يستخدم الأشعة.",
                "- one\n- **two**\n- `three`",
                "> quoted *words* here",
                "```\ncode < 5\n\n\n  & more\n```",
                "## Heading 👩🏽‍⚕️",
            ),
            fc.integer({ min: 1, max: 3000 }).map((length) => `**${"ص".repeat(length)}**`),
            fc.integer({ min: 1, max: 400 }).map((count) => "👩🏽‍⚕️".repeat(count)),
        ),
        { minLength: 1, maxLength: 60 },
    )
    .map((paragraphs) => paragraphs.join("\n\n"));

/** Styled words and signs that mean nothing, close to each other. */
export const tightMarkdown: fc.Arbitrary<string> = fc
    .array(
        fc.oneof(
            {
                weight: 3,
                arbitrary: fc.constantFrom(" ", " ", "\n", "، ", ". ", "(", ")", "-", ":"),
            },
            {
                weight: 3,
                arbitrary: fc.constantFrom("rib", "صدر", "5", "500 mg", "https://w.org/_a_"),
            },
            {
                weight: 4,
                arbitrary: fc
                    .tuple(
                        fc.constantFrom("**", "*", "~~", "`", "***", "_"),
                        fc.constantFrom("rib", "صدر نعم", "7", "a\\*", "\\_b", "5*6", "c *d* e"),
                    )
                    .map(([mark, text]) => mark + text + mark),
            },
            { weight: 2, arbitrary: fc.constantFrom("\\*", "\\_", "\\~", "\\`", "\\>", "~") },
        ),
        { maxLength: 24 },
    )
    .map((parts) => parts.join(""));
