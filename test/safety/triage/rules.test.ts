import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createTriage } from "../../../src/safety/triage/create-triage.ts";
import { loadTriageRules } from "../../../src/safety/triage/load-triage-rules.ts";

const rules = await loadTriageRules(
    fileURLToPath(new URL("../../../rules/triage", import.meta.url)),
);
const triage = createTriage(rules);

describe("the rules that come with the product", () => {
    it.each(rules.rules.map((rule) => [rule.id, rule] as const))(
        "%s passes its own tests",
        (id, { tests }) => {
            const missed = tests.fires.filter((text) => !triage(text).rules.includes(id));
            const wrong = tests.silent.filter((text) => triage(text).rules.includes(id));
            expect({ missed, wrong }).toEqual({ missed: [], wrong: [] });
        },
    );

    it("give a reason and a source", () => {
        expect(rules.rules.filter(({ reason, source }) => reason === "" || source === "")).toEqual(
            [],
        );
    });

    it("test each emergency in both languages or with an example at least", () => {
        const untested = rules.rules.filter(
            ({ disposition, tests }) => disposition === "emergency" && tests.fires.length === 0,
        );
        expect(untested.map(({ id }) => id)).toEqual([]);
    });

    it("leave no word class unused", () => {
        const used = new Set(
            [
                ...rules.concepts.flatMap(({ patterns }) => patterns),
                ...[...rules.contexts.values()].flat(),
            ].flatMap(({ elements, without }) => [
                ...elements.flatMap(({ classes }) => classes),
                ...without,
            ]),
        );
        // Those that negation and contexts are read by.
        const known =
            "not nothing have or but new-subject know deny cannot filler not-a-negation me relative now urgent-cue owner pronoun present";
        for (const name of known.split(" ")) used.add(name);
        expect(rules.classes.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
    });

    it("leave no concept unused", () => {
        const used = new Set(
            rules.rules.flatMap(({ when }) => when.flat().flatMap(({ concepts }) => concepts)),
        );
        const inPatterns = new Set(
            rules.concepts.flatMap(({ patterns }) =>
                patterns.flatMap(({ elements }) => elements.flatMap(({ classes }) => classes)),
            ),
        );
        const unused = rules.concepts.filter(
            ({ name, kind }) => kind !== "figure" && !used.has(name) && !inPatterns.has(name),
        );
        expect(unused.map(({ name }) => name)).toEqual([]);
    });
});
