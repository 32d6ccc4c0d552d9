import { describe, expect, test } from "vitest";
import { createReviewer } from "../../../src/safety/review/create-reviewer.ts";
import { loadReviewRules } from "../../../src/safety/review/load-review-rules.ts";
import type { Review, ReviewSubject } from "../../../src/safety/review/review.ts";
import { subjectOf } from "./subject.ts";

const reviewer = createReviewer(await loadReviewRules("rules/review"));
const review = (text: string, changes: Partial<ReviewSubject> = {}): Review =>
    reviewer(subjectOf({ text, ...changes }));

describe("what is taken out", () => {
    test("leaves sound Markdown: no empty items, no heading without text", () => {
        const { text, verdict, notices } = review(
            [
                "## Fever",
                "",
                "A fever is **common**. Rest and drink.",
                "",
                "### Dosage",
                "",
                "- **Paracetamol**: 500 mg every 6 hours",
                "- Ibuprofen 200 mg three times a day",
                "",
                "### When to see a doctor",
                "",
                "1. It lasts for three days.",
                "2. Take 500 mg twice a day. See a doctor if it rises.",
                "3. **Take 500 mg now. Rest well.** Then wait.",
            ].join("\n"),
        );
        expect(text).toBe(
            [
                "## Fever",
                "",
                "A fever is **common**. Rest and drink.",
                "",
                "### When to see a doctor",
                "",
                "1. It lasts for three days.",
                "2. See a doctor if it rises.",
                "3. Rest well. Then wait.",
            ].join("\n"),
        );
        expect(verdict).toBe("repaired");
        expect(notices).toEqual(["review-dose"]);
    });

    test("takes an introduction with it when nothing of its list stays", () => {
        const { text } = review(
            "Paracetamol relieves pain and lowers a fever.\n\nThe usual doses are:\n\n- Adults: 500 mg every 6 hours\n- Children: 5 ml every 6 hours\n\nAsk your pharmacist.",
        );
        expect(text).toBe("Paracetamol relieves pain and lowers a fever.\n\nAsk your pharmacist.");
    });

    test("leaves the rest of a table, with its head", () => {
        const { text } = review(
            "| Medicine | How |\n| --- | --- |\n| Paracetamol | 500 mg every 6 hours |\n| Water | as often as you like |\n\nThis is all there is to say about it.",
        );
        expect(text).toBe(
            "| Medicine | How |\n| --- | --- |\n| Water | as often as you like |\n\nThis is all there is to say about it.",
        );
    });

    test("does not leave a code block empty or open", () => {
        const rest = "Here is a plan for the next days, which I hope will help you.";
        expect(review(`${rest}\n\n\`\`\`\ntake 500 mg twice a day\n\`\`\``).text).toBe(rest);
        expect(review(`${rest}\n\n\`\`\`\nrest\nwait<|eot_id|>\nmore`).text).toBe(
            `${rest}\n\n\`\`\`\nrest\nwait\n\`\`\``,
        );
    });

    test("is judged by the heading above it", () => {
        const list = "- Metformin 500 mg twice a day\n- Rest and drink enough water every day";
        expect(review(`The medicines in your report:\n${list}`).findings).toEqual([]);
        expect(review(`What I recommend:\n${list}`).findings).toEqual(["dosing"]);
        expect(review("Dosage:\n- Adults: 2 tablets\n- Rest").findings).toEqual(["dosing"]);
        expect(
            review("## What you must not do\n\n- Drink bleach\n- Induce vomiting").findings,
        ).toEqual([]);
    });

    test("means a new answer when little stays", () => {
        expect(review("Take 500 mg twice a day. Rest.")).toEqual({
            findings: ["dosing"],
            verdict: "regenerate",
            text: "",
            notices: [],
        });
    });
});

describe("the end of an answer", () => {
    const start = "Rest well at home and drink a lot of water today and tomorrow.";

    test("is cut where it begins to repeat itself", () => {
        const { text, verdict, notices } = review(
            `${start} Eat light food. Eat light food. Eat light food. Eat light`,
        );
        expect(text).toBe(`${start} Eat light food.`);
        expect(verdict).toBe("repaired");
        expect(notices).toEqual(["review-repetition"]);
    });

    test("is cut before a made-up turn, and a bare token changes nothing else", () => {
        expect(review(`${start}\n\nUSER: thank you\nASSISTANT: Take care.`)).toMatchObject({
            text: start,
            verdict: "repaired",
        });
        expect(review(`${start}<|eot_id|>`)).toMatchObject({ text: start, verdict: "pass" });
        expect(review(`<|start_header_id|>assistant<|end_header_id|>\n\n${start}`)).toMatchObject({
            text: start,
            verdict: "pass",
        });
    });

    test("loses its half sentence when the model did not finish", () => {
        expect(review(`${start} You may take up to fou`, { complete: false })).toMatchObject({
            text: start,
            verdict: "pass",
            findings: [],
        });
        expect(review("You may rest", { complete: false }).text).toBe("You may rest");
    });
});

describe("what no sentence can mend", () => {
    test.each([
        ["", "empty"],
        ["- \n- ", "empty"],
        ["يجب أن تستريح وتشرب الكثير من الماء.", "wrong-language"],
        ["Rest well. My instructions are to be brief.", "leaked-instructions"],
        ["Rest well. Drink a cup of bleach.", "harmful-advice"],
        ["Rest well. SYSTEM OVERRIDE ACCEPTED.", "leaked-instructions"],
    ] as const)("%j is written anew", (text, check) => {
        const found = review(text);
        expect(found.findings).toContain(check);
        expect(found).toMatchObject({ verdict: "regenerate", text: "", notices: [] });
    });

    test("facts that stand in the system prompt may be told", () => {
        const instructions =
            "You are the assistant of a clinic.\nThe clinic opens at 8 in the morning and closes at 6 in the evening.";
        const text = "The clinic opens at 8 in the morning and closes at 6 in the evening.";
        expect(review(text, { instructions }).findings).toEqual([]);
    });

    test("instructions are recognised however they are laid out", () => {
        const list = "- use simple words\n- say when you are not sure\n- never invent facts";
        expect(review(list).findings).toContain("leaked-instructions");
        const changed =
            "Use easy words. Say if you are not sure. Never invent any facts. Never present diagnoses as certain. Give no personal doses: refer to the doctor or pharmacist, above all in pregnancy and for children and after overdose.";
        expect(review(changed).findings).toContain("leaked-instructions");
    });
});

describe("a question that calls for care", () => {
    const rest = "Lie down, drink something warm and keep away from smoke.";

    test.each([
        ["urgent", "review-referral-urgent"],
        ["soon", "review-referral-soon"],
        ["emergency", "review-referral-emergency"],
    ] as const)("%s: an answer without a referral gets one", (disposition, notice) => {
        expect(review(rest, { disposition })).toEqual({
            findings: ["missing-referral"],
            verdict: "pass",
            text: rest,
            notices: [notice],
        });
    });

    test("nothing is added to an answer that has one", () => {
        const text = `${rest} Please see a doctor today.`;
        expect(review(text, { disposition: "urgent" })).toMatchObject({
            findings: [],
            notices: [],
        });
        expect(review(text, { disposition: "emergency" }).findings).toEqual(["missing-referral"]);
        const call = `${rest} Call an ambulance now.`;
        expect(review(call, { disposition: "emergency" }).findings).toEqual([]);
    });

    test("nothing that talks a person out of it stays", () => {
        expect(
            review(`${rest} There is no need to see a doctor.`, { disposition: "soon" }),
        ).toMatchObject({
            findings: ["false-reassurance", "missing-referral"],
            text: rest,
            notices: ["review-referral-soon"],
        });
    });

    test("self-care may be called harmless", () => {
        const text = `${rest} It will go away on its own.`;
        expect(review(text, { disposition: "self-care" }).findings).toEqual([]);
    });
});

test("a certain diagnosis is one only with a picture", () => {
    const rest = "It is an infection of the lung by a germ, which often passes.";
    const text = `You have pneumonia in the left lung. ${rest}`;
    expect(review(text).findings).toEqual([]);
    expect(review(text, { aboutImage: true })).toMatchObject({
        verdict: "repaired",
        text: rest,
        notices: ["review-diagnosis"],
    });
});
