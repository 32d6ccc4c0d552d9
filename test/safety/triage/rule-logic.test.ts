import { fileURLToPath } from "node:url";
import { assert, constantFrom, property, subarray } from "fast-check";
import { expect, it } from "vitest";
import { createTriage } from "../../../src/safety/triage/create-triage.ts";
import { loadTriageRules } from "../../../src/safety/triage/load-triage-rules.ts";
import { dependsOn, fires } from "../../../src/safety/triage/rule-logic.ts";

const rules = await loadTriageRules(
    fileURLToPath(new URL("../../../rules/triage", import.meta.url)),
);
const namesOf = (wanted: (kind: string) => boolean): string[] =>
    rules.concepts.filter(({ kind }) => wanted(kind)).map(({ name }) => name);
const facts = namesOf((kind) => kind === "fact");

it("a rule that does not depend on facts stays as it is, whichever facts are told", () => {
    const complaints = namesOf((kind) => kind !== "figure");
    const few = { maxLength: 5 };
    assert(
        property(
            constantFrom(...rules.rules),
            subarray(complaints, few),
            subarray(facts),
            (rule, said, told) => {
                const found = new Set(said);
                if (dependsOn(rule, new Set(facts), found)) return;
                expect(fires(rule, new Set([...said, ...told]))).toBe(fires(rule, found));
            },
        ),
        { numRuns: 5_000 },
    );
});

it("earlier words are asked for only where a fact could change something", () => {
    const triage = createTriage(rules);
    let asked = 0;
    const earlier = (): readonly string[] => {
        asked += 1;
        return ["I am 34 weeks pregnant"];
    };
    triage("my throat is sore", earlier);
    expect(asked).toBe(0);
    const headache = "I have a terrible headache and flashing lights";
    expect(triage(headache, earlier).rules).toContain("pre-eclampsia");
    expect(asked).toBe(1);
});
