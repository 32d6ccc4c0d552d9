import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import type { Disposition } from "../../../src/safety/triage/assessment.ts";
import { createScreen } from "../../../src/screen-words.ts";
import { createTriage } from "../../../src/safety/triage/create-triage.ts";
import { loadTriageRules } from "../../../src/safety/triage/load-triage-rules.ts";

/** A sentence that somebody wrote without knowing the rules, and how it should be answered. */
interface Case {
    readonly id: string;
    readonly text: string;
    readonly expected: Disposition;
    readonly accept?: readonly Disposition[];
    readonly crisis: boolean;
    readonly kind: string;
    readonly dialect: string;
}

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const triage = createScreen(createTriage(await loadTriageRules(path("rules/triage"))));

const folder = "test/fixtures/triage";

function readCases(isRead: (file: string) => boolean): Case[] {
    return readdirSync(path(folder))
        .filter((file) => file.endsWith(".jsonl") && isRead(file))
        .flatMap((file) =>
            readFileSync(path(`${folder}/${file}`), "utf8")
                .trim()
                .split("\n"),
        )
        .map((line) => JSON.parse(line) as Case);
}

const isEnglish = ({ dialect }: Case): boolean => dialect.startsWith("en");

interface Result extends Case {
    readonly disposition: Disposition;
    readonly foundCrisis: boolean;
}

function answer(cases: readonly Case[]): Result[] {
    return cases.map((each) => {
        const { disposition, crisis } = triage(each.text);
        return { ...each, disposition, foundCrisis: crisis };
    });
}

/** What share of the results that count is right; 1 where none counts. */
function share(
    results: readonly Result[],
    counts: (result: Result) => boolean,
    holds: (result: Result) => boolean,
): number {
    const counted = results.filter(counts);
    return counted.length === 0 ? 1 : counted.filter(holds).length / counted.length;
}

const isAccepted = ({ disposition, expected, accept = [] }: Result): boolean =>
    disposition === expected || accept.includes(disposition);

const figures = (results: readonly Result[]) => ({
    lines: results.length,
    /** Emergencies that were answered so. */
    recall: share(results, ({ expected }) => expected === "emergency", isAccepted),
    crisisRecall: share(
        results,
        ({ crisis }) => crisis,
        ({ foundCrisis }) => foundCrisis,
    ),
    /** Lines that are neither emergency nor urgent, answered as an emergency. */
    falseAlarms: share(
        results,
        ({ expected }) => expected !== "emergency" && expected !== "urgent",
        ({ disposition }) => disposition === "emergency",
    ),
    falseCrises: share(
        results,
        ({ crisis }) => !crisis,
        ({ foundCrisis }) => foundCrisis,
    ),
    exact: share(results, () => true, isAccepted),
});

/** What the rules were improved with. */
const known = answer(readCases((file) => !file.startsWith("unseen-")));
/** What nobody has improved the rules with: how they do on the next patient's words. */
const unseen = answer(readCases((file) => file.startsWith("unseen-")));
const languages = {
    english: known.filter(isEnglish),
    arabic: known.filter((each) => !isEnglish(each)),
};
const unseenLanguages = {
    "english, unseen": unseen.filter(isEnglish),
    "arabic, unseen": unseen.filter((each) => !isEnglish(each)),
};
const byDialect = new Map<string, Result[]>();
for (const result of Object.values(languages).flat()) {
    const others = byDialect.get(result.dialect);
    if (others) others.push(result);
    else byDialect.set(result.dialect, [result]);
}

describe("sentences of people who did not know the rules", () => {
    it("are counted", () => {
        const all = [...Object.entries(languages), ...Object.entries(unseenLanguages)];
        const rows = [...all, ...byDialect].map(([name, results]) => [
            name,
            Object.fromEntries(
                Object.entries(figures(results)).map(([figure, value]) => [
                    figure,
                    Number(value.toFixed(3)),
                ]),
            ),
        ]);
        console.table(Object.fromEntries(rows));
        expect(languages.english.length).toBeGreaterThanOrEqual(300);
        expect(languages.arabic.length).toBeGreaterThanOrEqual(300);
    });

    it.each(Object.entries(languages))(
        "%s: emergencies are found, few alarms are false",
        (_, results) => {
            const { recall, crisisRecall, falseAlarms, falseCrises } = figures(results);
            expect(recall).toBeGreaterThanOrEqual(0.97);
            expect(crisisRecall).toBeGreaterThanOrEqual(0.97);
            expect(falseAlarms).toBeLessThanOrEqual(0.03);
            expect(falseCrises).toBeLessThanOrEqual(0.02);
        },
    );

    it.each([...byDialect])("%s: no dialect is left behind", (_, results) => {
        expect(figures(results).recall).toBeGreaterThanOrEqual(0.93);
    });

    it.each(Object.entries(unseenLanguages))(
        "%s: words that nobody knew are understood as well as they were at first sight",
        (_, results) => {
            const { recall, crisisRecall, falseAlarms } = figures(results);
            expect(recall).toBeGreaterThanOrEqual(0.84);
            expect(crisisRecall).toBeGreaterThanOrEqual(0.65);
            expect(falseAlarms).toBeLessThanOrEqual(0.1);
        },
    );

    it.each([Object.values(languages), Object.values(unseenLanguages)])(
        "neither language misses what the other catches",
        (english, arabic) => {
            const difference = figures(english ?? []).recall - figures(arabic ?? []).recall;
            expect(Math.abs(difference)).toBeLessThanOrEqual(0.03);
        },
    );
});

test("sentences of other languages are rarely taken for an emergency", () => {
    const texts = readFileSync(path("test/fixtures/language/development.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { readonly text: string; readonly kind: string })
        .filter(({ kind }) => kind.startsWith("latin:"))
        .map(({ text }) => text);
    const alarms = texts.filter((text) => triage(text).disposition === "emergency").length;
    expect(texts.length).toBeGreaterThan(200);
    expect(alarms / texts.length).toBeLessThanOrEqual(0.06);
});

test.each([
    "je n'en peux plus de cette vie, bghit nmout",
    "docteur svp ma mère est tombée et elle ne parle plus, 3andha jalta",
    "mon frère a fait une chute et mghmi 3lih",
])("a cry for help within a sentence of another language is heard: %s", (text) => {
    const { disposition, crisis } = triage(text);
    expect(disposition === "emergency" || crisis).toBe(true);
});
