import { fileURLToPath } from "node:url";
import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { createTriage } from "../../../src/safety/triage/create-triage.ts";
import { loadTriageRules } from "../../../src/safety/triage/load-triage-rules.ts";

const triage = createTriage(
    await loadTriageRules(fileURLToPath(new URL("../../../rules/triage", import.meta.url))),
);

describe("createTriage", () => {
    it("says nothing about nothing", () => {
        for (const text of ["", " \n ", "hello", "السلام عليكم", "👍", "12345", "?!?"]) {
            expect(triage(text)).toEqual({ disposition: "none", crisis: false, rules: [] });
        }
    });

    it.each([
        ["I CAN'T BREATHE!!!"],
        ["i cannot breathe"],
        ["cant breeeeathe"],
        ["مش قادر أتنفّس"],
        ["مش قااادر اتنفــــس"],
        ["mesh 2ader atnaffas"],
        ["ما عم بقدر آخد نفس"],
        ["ma39dertch ntnffes"],
        ["مو قادر breathe"],
    ])("finds the same complaint in any spelling: %s", (text) => {
        expect(triage(text)).toMatchObject({ disposition: "emergency" });
    });

    it.each([
        ["no chest pain", "none"],
        ["no fever but chest pain", "emergency"],
        ["I do not have fever I have chest pain", "emergency"],
        ["ما عندي ألم في الصدر", "none"],
        ["ما عندي حرارة لكن صدري يؤلمني", "emergency"],
        ["what are the signs of a stroke?", "none"],
        ["my father is having a stroke", "emergency"],
        ["my father had a stroke in 2010", "none"],
        ["in the film the hero has a heart attack", "none"],
    ] as const)("reads what stands around a complaint: %s", (text, disposition) => {
        expect(triage(text).disposition).toBe(disposition);
    });

    it("keeps standing facts of earlier messages, but no symptoms", () => {
        const headache = "I have a terrible headache and flashing lights";
        expect(triage(headache, ["I am 34 weeks pregnant"]).rules).toContain("pre-eclampsia");
        expect(triage(headache).rules).not.toContain("pre-eclampsia");
        expect(triage("حرارته 38.5", ["ابني عمره شهر"]).rules).toContain("young-infant-fever");
        expect(triage("thank you", ["I have crushing chest pain"]).disposition).toBe("none");
    });

    it("lists the most severe rule first", () => {
        const { disposition, rules } = triage("sore throat, and I want to kill myself tonight");
        expect(disposition).toBe("emergency");
        expect(rules[0]).toBe("suicide-danger-now");
        expect(rules.at(-1)).toBe("minor-complaint");
    });

    it("answers any text, always the same", () => {
        const text = oneof(
            string({ unit: "binary" }),
            array(
                constantFrom(
                    ..."chest pain no not صدري يوجعني ما عندي , . ? but لكن 3andi baby 39 \u064b \u200c".split(
                        " ",
                    ),
                ),
            ).map((words) => words.join(" ")),
        );
        assert(
            property(text, (message) => {
                expect(triage(message)).toEqual(triage(message));
            }),
        );
    });

    it("does not let vowel signs or stretched letters hide a complaint", () => {
        const plain = "صدري يوجعني";
        const signs = array(constantFrom("", "\u064E", "\u0651", "\u0640"), {
            minLength: plain.length,
            maxLength: plain.length,
        });
        assert(
            property(signs, (marks) => {
                const written = Array.from(plain, (letter, index) => letter + (marks[index] ?? ""));
                expect(triage(written.join("")).rules).toContain("cardiac-chest-pain");
            }),
        );
    });

    it("examines the beginning and the end of a message of any length", () => {
        const filler = "lorem ipsum ".repeat(90_000);
        expect(triage(`chest pain ${filler}`).disposition).toBe("emergency");
        expect(triage(`${filler} chest pain`).disposition).toBe("emergency");
        for (const unit of ["a", "\u064B", "chest pain ", "no not ", "ﷺ", "1", "'", "صدري "]) {
            const { disposition } = triage(unit.repeat(1_000_000 / unit.length));
            expect(["emergency", "self-care", "none"]).toContain(disposition);
        }
    });
});
