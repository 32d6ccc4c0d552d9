/** Tasks that are switched off in clinic.yaml are not done. */
import { expect, test } from "vitest";
import { assistantSettings, openOtherLanguages } from "../../src/compose.ts";
import type { Config } from "../../src/config.ts";
import { openStaff } from "../../src/open-staff.ts";
import type { Storage } from "../../src/storage.ts";
import { configOf, token } from "./clinic-folder.ts";

const configWith = (tasks: string): Config =>
    configOf({
        "clinic.yaml": `tasks: { ${tasks} }\nstaff: { telegramGroup: -1001234567890 }\n`,
        ".env": `TELEGRAM_BOT_TOKEN=${token}\n`,
    });

async function casesSummedUp(tasks: string): Promise<readonly string[]> {
    const asked: string[] = [];
    const summaries = { ask: async (code: string) => void asked.push(code) };
    const storage = { summaries } as unknown as Storage;
    await openStaff(configWith(tasks), storage)?.summaries.ask("K7Q3X");
    return asked;
}

test("the model sums up cases unless it is told not to", async () => {
    expect(await casesSummedUp("caseSummaries: true")).toEqual(["K7Q3X"]);
    expect(await casesSummedUp("caseSummaries: false")).toEqual([]);
});

test("other languages have their lines unless they are told not to", async () => {
    expect((await openOtherLanguages(configWith("otherLanguages: true"))).has("fr")).toBe(true);
    expect((await openOtherLanguages(configWith("otherLanguages: false"))).size).toBe(0);
});

test("pictures are looked at unless the assistant is told not to", () => {
    const settings = (tasks: string) =>
        assistantSettings(configWith(tasks), { withoutRedis: "serve" });
    expect(settings("pictures: true").readsPictures).toBe(true);
    expect(settings("pictures: false").readsPictures).toBe(false);
});
