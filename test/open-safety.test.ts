/** Rules are compiled again only when they have changed: meanwhile the process answers nobody. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSafetyOpener } from "../src/open-safety.ts";
import { configOf } from "./config/clinic-folder.ts";
import { openTestSafety } from "./fakes/test-safety.ts";

const { limits } = openTestSafety();
const storage = {
    openLimits: () => limits,
    counters: { count: () => undefined, read: () => Promise.resolve([]) },
};
const ours = (disposition: string): string => `rules:
  - id: our-rule
    disposition: ${disposition}
    when: [chest-pain]
    reason: To try the program.
    source: None.
`;

test("a changed configuration keeps the rules, until the clinic's own change", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bimedix2-rules-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "ours.yaml");
    const open = createSafetyOpener();

    const first = await open(configOf({}), storage);
    const blocked = await open(
        configOf({ "clinic.yaml": 'access: { block: ["telegram:77"] }' }),
        storage,
    );
    expect(blocked.triage).toBe(first.triage);
    expect(blocked.review).toBe(first.review);
    expect(first.access("telegram:1:77")).toBe("allowed");
    expect(blocked.access("telegram:1:77")).toBe("blocked");

    writeFileSync(file, ours("soon"));
    const config = { ...configOf({}), triageRules: [file] };
    const own = await open(config, storage);
    expect(own.triage).not.toBe(first.triage);
    writeFileSync(file, ours("urgent"));
    expect((await open(config, storage)).triage).not.toBe(own.triage);
});
