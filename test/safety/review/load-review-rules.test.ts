import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError } from "../../../src/errors.ts";
import { loadReviewRules } from "../../../src/safety/review/load-review-rules.ts";
import { parseReviewRules } from "../../../src/safety/review/parse-review-rules.ts";

const lists = `
token-ends: ["</s>"]
token-noise: ["<image>"]
speakers: user
assistant: assistant
english: the
arabic: من
other-latin: el
instruction-words: you
`;

function faultsOf(text: string): string[] {
    try {
        parseReviewRules([
            { name: "lists.yaml", text: lists },
            { name: "rules.yaml", text },
        ]);
        return [];
    } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ code: "rules-invalid" });
        return (error as AppError).message.split("\n").slice(1);
    }
}

test("the rules that ship have no faults, and both languages say as much", async () => {
    const { rules, words } = await loadReviewRules("rules/review");
    expect(rules.length).toBeGreaterThan(20);
    expect(words.size).toBeGreaterThan(40);
    const arabic = /[\u0600-\u06FF]/;
    for (const { id, examples } of rules) {
        for (const list of [examples.found, examples.fine]) {
            expect(
                list.some((text) => arabic.test(text)),
                id,
            ).toBe(true);
            expect(
                list.some((text) => !arabic.test(text)),
                id,
            ).toBe(true);
        }
    }
});

test("a good file has none", () => {
    expect(
        faultsOf(`check: dosing
words:
  take: { en: "take, swallow" }
rules:
  - id: one
    find: { en: ["<take> .. # mg|ml?"] }`),
    ).toEqual([]);
});

test("faults are told all at once, each with its line and what to write", () => {
    expect(
        faultsOf(`check: dosing
words:
  take: { en: take, fr: prends }
rules:
  - id: one
    find:
      en:
        - "<give> mg"
        - ".. mg"
        - "mg ..."
        - "mg?"
        - "*a*"
  - id: One
  - id: two
    when: [tomorrow]
    finds: { en: [mg] }`),
    ).toEqual([
        'rules.yaml:3: Write "en:" or "ar:" here, not "fr:".',
        'rules.yaml:9: The phrase ".. mg": It begins with dots.',
        'rules.yaml:10: The phrase "mg ...": It ends with dots.',
        'rules.yaml:11: The phrase "mg?": Its first word must not be optional.',
        'rules.yaml:12: The phrase "*a*": "*a*" has two stars.',
        'rules.yaml:13: A rule needs an "id" of small letters and hyphens.',
        expect.stringMatching(/^rules\.yaml:1[67]: A rule has no "finds"\./),
        expect.stringMatching(/^rules\.yaml:14: The rule "two" has nothing to find\./),
        expect.stringMatching(/^rules\.yaml:15: Write some of: emergency,/),
        'rules.yaml:8: There is no word class <give>. Add it under "words", or correct the name.',
    ]);
});

test("a word class that is part of itself, or a check that does not exist, is refused", () => {
    expect(
        faultsOf(`words:
  one: { en: ["<two> a"] }
  two: { en: ["<one> b"] }`),
    ).toEqual([expect.stringContaining("is part of itself")]);
    expect(faultsOf("check: dose\nrules: []\nextra: 1")).toEqual([
        expect.stringContaining('There is no section "extra"'),
        expect.stringContaining('Write "check:" with one of: dosing'),
    ]);
});

test("a folder that cannot be read, and one without the lists, are refused", async () => {
    await expect(loadReviewRules("rules/none")).rejects.toMatchObject({ code: "rules-invalid" });
    const folder = await mkdtemp(join(tmpdir(), "review-"));
    await writeFile(join(folder, "a.yaml"), "words: {}\n");
    await expect(loadReviewRules(folder)).rejects.toThrow(/"token-ends" is missing/);
    await rm(folder, { recursive: true });
});
