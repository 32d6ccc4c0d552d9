import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createReviewer } from "../../../src/safety/review/create-reviewer.ts";
import { loadReviewRules } from "../../../src/safety/review/load-review-rules.ts";
import type { Review, ReviewSubject } from "../../../src/safety/review/review.ts";
import { createStreamReview, type Glimpse } from "../../../src/safety/review/stream-review.ts";
import { arabicCases } from "./arabic-cases.ts";
import { englishCases } from "./english-cases.ts";
import { laterFine, laterFlagged } from "./later-cases.ts";
import { subjectOf } from "./subject.ts";

const reviewer = createReviewer(await loadReviewRules("rules/review"));

/** Shows an answer in pieces and gives every glimpse of it, until it is told to stop. */
function watch(subject: ReviewSubject, pieces: readonly number[] = [3]): readonly Glimpse[] {
    const look = createStreamReview(reviewer, subject);
    const glimpses: Glimpse[] = [];
    let end = 0;
    for (let turn = 0; end < subject.text.length; turn += 1) {
        end += pieces[turn % pieces.length] ?? 3;
        const glimpse = look(subject.text.slice(0, end));
        glimpses.push(glimpse);
        if (glimpse.stop !== undefined) break;
    }
    return glimpses;
}

/** The words of a Markdown text, without marks. */
function plain(markdown: string): string {
    return markdown
        .replace(/[*_`~]/g, "")
        .replace(/[^\p{L}\p{N}]+/gu, " ")
        .trim();
}

describe("a growing answer", () => {
    test("is shown sentence by sentence, headings with what is beneath them", () => {
        const text =
            "Rest well. Drink water.\n\n## Food\n\n- Eat soup.\n\nThe usual doses:\n\n- 500 mg twice a day\n\nThat is all.";
        const shown = [...new Set(watch(subjectOf({ text }), [1]).map((glimpse) => glimpse.shown))];
        expect(shown).toEqual([
            "",
            "Rest well.",
            "Rest well. Drink water.",
            "Rest well. Drink water.\n\n## Food\n\n- Eat soup.",
        ]);
        expect(reviewer(subjectOf({ text })).text).toBe(
            "Rest well. Drink water.\n\n## Food\n\n- Eat soup.\n\nThat is all.",
        );
    });

    test.each([
        [
            "Rest well. Eat soup. Eat soup. Eat soup. Eat soup. ",
            "repetition",
            "Rest well. Eat soup.",
        ],
        [`Rest well. Then ${"drink and ".repeat(60)}`, "repetition", "Rest well."],
        ["Rest well. My instructions are: be kind. ", "leaked-instructions", "Rest well."],
        ["Rest well. Drink a little bleach. Sleep. ", "harmful-advice", "Rest well."],
        ["Rest well.\nUSER: thank you\nASSISTANT: yes", "special-tokens", "Rest well."],
        [
            `${"استرح واشرب الماء وراجع الطبيب إذا لم تتحسن خلال أيام. ".repeat(2)}ثم نم جيدًا. خذ قسطًا كافيًا من الراحة. تجنب الدخان والغبار في المنزل. نم باكرًا كل ليلة. `,
            "wrong-language",
            "",
        ],
    ] as const)("%j ends early: %s", (text, stop, shown) => {
        expect(watch(subjectOf({ text })).at(-1)).toEqual({ shown, stop });
    });

    test("that begins anew is watched anew", () => {
        const look = createStreamReview(reviewer, subjectOf({}));
        expect(look("Rest well. Sle").shown).toBe("Rest well.");
        expect(look("Eat soup. Dri").shown).toBe("Eat soup.");
    });

    test("never shows a token, not even half of one", () => {
        const text = "Rest well. <|eot_id|><|start_header_id|>user<|end_header_id|>\n\nThanks.";
        for (const { shown } of watch(subjectOf({ text }), [1])) expect(shown).not.toMatch(/[<|]/);
    });
});

describe("whatever a model writes", () => {
    const sentences = [englishCases, arabicCases].flatMap((cases) =>
        Object.values(cases).flatMap(({ flagged, fine }) => [...flagged, ...fine]),
    );
    const later = [...laterFlagged.map(([, , text]) => text), ...laterFine.map(([, text]) => text)];
    const pieces = fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...sentences, ...later) },
        {
            weight: 3,
            arbitrary: fc.constantFrom(
                " ",
                "\n",
                "\n\n",
                "\n- ",
                "\n1. ",
                "\n## ",
                "\n> ",
                "\n| ",
                " | ",
                "\n|---|---|\n",
            ),
        },
        {
            weight: 2,
            arbitrary: fc.constantFrom(
                "**",
                "*",
                "`",
                "\n```\n",
                "~~",
                ":",
                ":\n",
                "…",
                "<|eot_id|>",
                "<image>",
                "</s>",
                "\nUSER: ",
                "\nThe doses:\n",
            ),
        },
        { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
    );
    const answers = fc.record({
        text: fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(" ")),
        language: fc.constantFrom("en" as const, "ar" as const),
        aboutImage: fc.boolean(),
        disposition: fc.constantFrom(
            "none" as const,
            "soon" as const,
            "urgent" as const,
            "emergency" as const,
        ),
        complete: fc.boolean(),
    });
    const check = (property: (subject: ReviewSubject, review: Review) => void): void => {
        fc.assert(
            fc.property(answers, (changes) => {
                const subject = subjectOf(changes);
                property(subject, reviewer(subject));
            }),
            { numRuns: 1_000 },
        );
    };

    test("what may be shown passes the review when it is reviewed again", () => {
        check((subject, { verdict, text }) => {
            if (verdict === "regenerate") expect(text).toBe("");
            else {
                const again = reviewer({ ...subject, text, complete: true });
                expect(again.verdict).toBe("pass");
                expect(plain(again.text)).toBe(plain(text));
                expect(again.findings.filter((found) => found !== "missing-referral")).toEqual([]);
            }
        });
    });

    test("no token of a chat template stays", () => {
        check((_, { text }) => expect(text).not.toMatch(/<\||<image>|<\/s>|^\W*USER:/m));
    });

    test("what is shown stays, in the end too", () => {
        fc.assert(
            fc.property(
                answers,
                fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
                (changes, steps) => {
                    const subject = subjectOf(changes);
                    const glimpses = watch(subject, steps);
                    let before = "";
                    for (const { shown } of glimpses) {
                        expect(plain(shown).startsWith(before)).toBe(true);
                        before = plain(shown);
                    }
                    const { verdict, text } = reviewer(subject);
                    if (verdict !== "regenerate") expect(plain(text).startsWith(before)).toBe(true);
                },
            ),
            { numRuns: 1_000 },
        );
    });

    test("any text at all is taken", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
                const subject = subjectOf({ text });
                reviewer(subject);
                watch(subject, [7]);
            }),
        );
    });
});
