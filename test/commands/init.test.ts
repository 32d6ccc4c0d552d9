import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { editClinicFile } from "../../src/settings/edit-clinic-file.ts";
import { editEnvironmentFile } from "../../src/settings/edit-environment-file.ts";
import { type BotApi, startBotApi } from "../fakes/bot-api.ts";
import { ProgramFolder } from "../setup/program.ts";

let folder: ProgramFolder;
let api: BotApi;

beforeEach(async () => {
    folder = await ProgramFolder.create();
    await rm(join(folder.path, "clinic.yaml"));
    api = await startBotApi();
});
afterEach(async () => {
    await folder.close();
    await api.close();
});

const read = (name: string): Promise<string> => readFile(join(folder.path, name), "utf8");
const lines = (...answers: string[]): string => answers.map((answer) => `${answer}\n`).join("");

test("an empty folder becomes a clinic: questions, a tried token, a message to the administrator, two files", async () => {
    api.sendText(7, "a patient's message that waits");
    const child = folder.launch(["init"], { TELEGRAM_API_ROOT: api.apiRoot });
    child.stdin?.write(
        lines("Night Clinic", "عيادة الليل", "السعودية", "", "", "ar", "demo", "no"),
    );
    child.stdin?.write(lines("1234", api.token, "yes", "yes"));
    let out = "";
    for await (const chunk of child.stdout ?? []) {
        out += String(chunk);
        const code = /\?start=(\d{6})/.exec(out)?.[1];
        if (code !== undefined && !api.callsOf("sendMessage").length) {
            api.sendText(99, `/start ${code}`);
        }
    }
    expect(out).toContain("A token is digits, a colon and 35 letters, digits or signs.");
    expect(out).toContain("The bot has written to you.");
    expect(out).not.toContain(api.token);
    expect(api.callsOf("sendMessage")).toMatchObject([{ chat_id: 99 }]);
    const environment = await read(".env");
    expect(environment).toContain(`\nTELEGRAM_BOT_TOKEN=${api.token}\n`);
    expect((await stat(join(folder.path, ".env"))).mode & 0o077).toBe(0);
    const clinic = await read("clinic.yaml");
    expect(clinic).toContain("    ar: عيادة الليل\n");
    expect(clinic).toContain("  country: SA\n");
    // The number is the country's.
    expect(out).toContain("[997]");
    expect(clinic).toContain("  emergencyNumber:\n");
    expect(clinic).toContain('\nadmins: ["telegram:99"]\n');
    // Nothing was confirmed to Telegram: what patients have written is still there.
    expect(api.polls.length).toBeGreaterThan(0);
    expect(api.polls.every(({ offset }) => offset === undefined)).toBe(true);
});

test("a second time the answers so far are offered, and remarks of the clinic's own stay", async () => {
    await folder.run(["init"], { input: lines("A", "أ", "", "911", "", "", "", "", "") });
    const first = (await read("clinic.yaml")).replace(
        "# Your clinic,",
        "# Ours: ask Mona.\n# Your clinic,",
    );
    await writeFile(join(folder.path, "clinic.yaml"), first);
    const again = await folder.run(["init"], {
        input: lines("", "", "", "112", "", "", "", "", ""),
    });
    expect(again).toMatchObject({ status: 0, err: "" });
    expect(again.out).toContain("[911]");
    expect(await read("clinic.yaml")).toBe(first.replace('"911"', '"112"'));
});

test("wrong answers are asked again, and without the last answer nothing is written", async () => {
    const input = lines(
        "A",
        "أ",
        "Atlantis",
        "SA",
        "call us\u202e",
        "911",
        "",
        "fr",
        "ar",
        "bimedix",
        "demo",
    );
    const ended = await folder.run(["init"], { input });
    expect(ended.status).toBe(130);
    expect(ended.out).toContain("It must be en or ar.");
    expect(ended.out).toContain("the name of a country that is known");
    expect(ended.out).toMatch(/It must be one of .*bimedix2-8b-bi.*demo/);
    await expect(read("clinic.yaml")).rejects.toThrow("ENOENT");
});

test("a token that Telegram refuses is named as such", async () => {
    api.fail("getMe", { code: 401 });
    const input = lines("A", "أ", "", "", "", "", "", "", api.token, "");
    const ended = await folder.run(["init"], {
        input,
        environment: { TELEGRAM_API_ROOT: api.apiRoot },
    });
    expect(ended.status).toBe(0);
    expect(ended.out).toContain("does not accept");
    await expect(read(".env")).rejects.toThrow("ENOENT");
});

test.each([
    ["", "a:\n  b:\n    c: x\n"],
    ["a:\n", "a:\n  b:\n    c: x\n"],
    ["a:\n    b:\n        c: 'y' # why\n", "a:\n    b:\n        c: x # why\n"],
    ["a:\n  # of b\n  b:\n    c:\nd: 1", "a:\n  # of b\n  b:\n    c: x\nd: 1"],
    ["a:\n  z: 1\n", "a:\n  b:\n    c: x\n  z: 1\n"],
    ["d: 1", "d: 1\na:\n  b:\n    c: x\n"],
])("a setting is written into %j", (before, after) => {
    expect(editClinicFile(before, [{ path: ["a", "b", "c"], value: "x" }])).toBe(after);
});

test("values are quoted where YAML would read something else", () => {
    const edited = editClinicFile("", [
        { path: ["number"], value: "997" },
        { path: ["colon"], value: "Night: Clinic" },
        { path: ["on"], value: true },
    ]);
    expect(edited).toBe('number: "997"\ncolon: "Night: Clinic"\non: true\n');
});

test.each([
    ["", "A=1\n"],
    ["# A=0\nB=2", "# A=0\nB=2\nA=1\n"],
    ["export A = 7\nB=2\n", "A=1\nB=2\n"],
])("a variable is written into %j", (before, after) => {
    expect(editEnvironmentFile(before, "A", "1")).toBe(after);
});
