import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createTriage } from "../../../src/safety/triage/create-triage.ts";
import { loadTriageRules } from "../../../src/safety/triage/load-triage-rules.ts";

interface Case {
    readonly text: string;
    readonly expected: "emergency" | "none";
}

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const triage = createTriage(await loadTriageRules(path("rules/triage")));
const isAlarm = (text: string): boolean => triage(text).disposition === "emergency";

describe("readContext", () => {
    it.each([
        ["past", "My uncle choked on a grape once", "he is choking on a grape"],
        [
            "past beside the present",
            "my father had a heart attack years ago",
            "my father has crushing chest pain and he had a bypass years ago",
        ],
        [
            "a story",
            "our imam talked about a man who drowned",
            "our imam talked a lot and my father is unconscious",
        ],
        [
            "an exercise",
            "my OSCE station is an unconscious patient",
            "my OSCE is today, my chest is tight and my arm is numb",
        ],
        [
            "a translation",
            'what is "he is unconscious" in French',
            "my uncle is unconscious, how do I say it in French",
        ],
        [
            "an animal",
            "the hamster had a seizure",
            "my dog bit my son in the face, blood is pouring",
        ],
        [
            "what may come",
            "what if my baby stops breathing at night?",
            "what if it is serious, my baby is not breathing",
        ],
        ["ترجمة", "ترجم لي: المريض فاقد الوعي", "أبي فاقد الوعي"],
        ["ماض", "خالي غرق في المصيف زمان الله يرحمه", "ابني بيغرق الحقونا"],
    ])("tells apart %s", (_, lookAlike, emergency) => {
        expect({ lookAlike: isAlarm(lookAlike), emergency: isAlarm(emergency) }).toEqual({
            lookAlike: false,
            emergency: true,
        });
    });

    it("raises few alarms on look-alikes and keeps the emergencies that resemble them", () => {
        const cases = readFileSync(path("test/fixtures/triage/look-alike-cases.jsonl"), "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as Case);
        const share = (expected: Case["expected"]): number => {
            const those = cases.filter((each) => each.expected === expected);
            return those.filter(({ text }) => isAlarm(text)).length / those.length;
        };
        expect(share("emergency")).toBeGreaterThanOrEqual(0.95);
        expect(share("none")).toBeLessThanOrEqual(0.06);
    });
});
