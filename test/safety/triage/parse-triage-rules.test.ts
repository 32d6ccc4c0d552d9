import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/errors.ts";
import { createTriage } from "../../../src/safety/triage/create-triage.ts";
import { loadTriageRules } from "../../../src/safety/triage/load-triage-rules.ts";
import { parseTriageRules } from "../../../src/safety/triage/parse-triage-rules.ts";

const folder = fileURLToPath(new URL("../../../rules/triage", import.meta.url));

const small = `
words:
  knee: { nouns: true, en: knee, ar: ركبة }
  pain: { en: "pain, hurts", ar: "وجع, يوجع" }
concepts:
  knee-pain:
    - knee + pain ~4
rules:
  - id: knee
    disposition: soon
    when: [knee-pain]
    reason: Knees matter.
    source: A test
    tests: { fires: [], silent: [] }
`;

function faultsOf(text: string): string[] {
    try {
        parseTriageRules([{ name: "own.yaml", text }]);
        return [];
    } catch (error) {
        if (!(error instanceof AppError)) throw error;
        expect(error.code).toBe("rules-invalid");
        return error.message.split("\n").slice(1);
    }
}

describe("parseTriageRules", () => {
    it("reads rules that answer in both languages", () => {
        const triage = createTriage(parseTriageRules([{ name: "small.yaml", text: small }]));
        expect(triage("my knee hurts").rules).toEqual(["knee"]);
        expect(triage("ركبتي توجعني").rules).toEqual(["knee"]);
        expect(triage("my nose hurts").rules).toEqual([]);
    });

    it("names file, line and what to write instead", () => {
        expect(faultsOf(small.replace("knee + pain", "knee + pian"))).toEqual([
            'own.yaml:7: There is no word class "pian". Add it under "words", or correct the name.',
        ]);
        expect(faultsOf(small.replace("disposition: soon", "disposition: later"))).toEqual([
            "own.yaml:10: Write one of: emergency, urgent, soon, self-care.",
        ]);
        expect(faultsOf(small.replace("[knee-pain]", "[knee-ache]"))).toEqual([
            'own.yaml:11: There is no concept "knee-ache". Add it under "concepts", or correct the name.',
        ]);
        expect(faultsOf("symptoms:\n  x: 1\n")[0]).toMatch(/^own\.yaml:1: There is no section/);
        expect(faultsOf("words:\n\tx: 1\n")[0]).toMatch(
            /^own\.yaml:2: This line cannot be understood/,
        );
        expect(faultsOf(small.replace("knee + pain", "knee + + pain"))[0]).toMatch(
            /^own\.yaml:7: The pattern "knee \+ \+ pain ~4" cannot be understood/,
        );
    });

    it("reports all faults at once", () => {
        expect(
            faultsOf(small.replace("knee + pain", "nee + pian").replace("soon", "later")),
        ).toHaveLength(3);
    });
});

describe("loadTriageRules", () => {
    it("lets a clinic add words and rules, and replace a rule", async () => {
        const own = await mkdtemp(join(tmpdir(), "rules-"));
        try {
            const path = join(own, "clinic.yaml");
            await writeFile(
                path,
                `
words:
  pain: { en: owie }
concepts:
  camel-kick: { en: "camel kicked, kicked by a camel" }
rules:
  - id: camel
    disposition: urgent
    when: [camel-kick]
    reason: Camels kick hard.
    source: The clinic
    tests: { fires: [], silent: [] }
`,
            );
            const triage = createTriage(await loadTriageRules(folder, [path]));
            expect(triage("a camel kicked him").rules).toContain("camel");
            expect(triage("owie in my chest").rules).toContain("cardiac-chest-pain");
        } finally {
            await rm(own, { recursive: true });
        }
    });

    it("says which file cannot be read", async () => {
        await expect(loadTriageRules(folder, ["/nowhere/own.yaml"])).rejects.toMatchObject({
            code: "rules-invalid",
            message: "The triage rules cannot be read: /nowhere/own.yaml",
        });
    });
});
