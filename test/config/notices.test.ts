/** The clinic's own wording, from clinic.yaml to what patients read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { openNotices } from "../../src/compose.ts";
import { packageRoot } from "../../src/package-root.ts";
import { promptNames } from "../../src/prompt/prompt-names.ts";
import { configOf } from "./clinic-folder.ts";

/** The text of the program, without the remarks at its beginning. */
function builtIn(name: string, language: string): string {
    const text = readFileSync(join(packageRoot(), `prompts/${name}.${language}.md`), "utf8");
    return text.replace(/^(?:<!--[^]*?-->\s*)+/, "").trim();
}

test("every text of the program can stand in clinic.yaml as it is", async () => {
    const notices = Object.fromEntries(
        promptNames.map((name) => [name, { en: builtIn(name, "en"), ar: builtIn(name, "ar") }]),
    );
    const worded = await openNotices(configOf({ "clinic.yaml": stringify({ notices }) }));
    const shipped = await openNotices(configOf({}));
    for (const name of ["emergency", "system", "label-doctor", "help"] as const) {
        expect(worded(name, "ar")).toBe(shipped(name, "ar"));
    }
});

test("where pictures are not looked at, no text promises it", async () => {
    const text = "tasks: { pictures: false }\n";
    const notices = await openNotices(configOf({ "clinic.yaml": text }));
    for (const name of ["welcome", "help"] as const) {
        expect(notices(name, "en")).not.toMatch(/photo|picture of/);
        expect(notices(name, "ar")).not.toContain("أشعة");
    }
    const own = "notices: { help: { en: Ask., ar: اسأل. } }\n";
    const worded = await openNotices(configOf({ "clinic.yaml": text + own }));
    expect(worded("help", "en")).toBe("Ask.");
});

test("patients read the clinic's words with the clinic's values, in both languages", async () => {
    const text = `
clinic:
  name: { en: Green Clinic, ar: العيادة الخضراء }
  country: SA
notices:
  welcome:
    en: Welcome to {clinicName}! In an emergency call {emergencyNumber}.
    ar: أهلًا بكم في {clinicName}.
  disclaimer: { en: No diagnosis., ar: ليس تشخيصًا. }
`;
    const notices = await openNotices(configOf({ "clinic.yaml": text }));
    expect(notices("welcome", "en")).toBe("Welcome to Green Clinic! In an emergency call 997.");
    expect(notices("welcome", "ar")).toBe("أهلًا بكم في العيادة الخضراء.");
    expect(notices("disclaimer", "ar")).toBe("ليس تشخيصًا.");
    expect(notices("stopped", "en")).toBe(builtIn("stopped", "en"));
});
