/** `bimedix2 users`, as an administrator runs it, and how it changes clinic.yaml. */
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { editAccessList } from "../../src/settings/edit-access-list.ts";
import { ProgramFolder } from "../setup/program.ts";

let folder: ProgramFolder;
let file: string;

beforeEach(async () => {
    folder = await ProgramFolder.create();
    file = join(folder.path, "clinic.yaml");
});

afterEach(async () => {
    await folder.close();
});

async function users(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { out, err } = await folder.run(["users", ...args, "--json"]);
    expect(err).toBe("");
    return JSON.parse(out) as Record<string, unknown>;
}

test("patients are put on the lists and taken off, in any writing of a number, and nothing else changes", async () => {
    const text = `# Ours.\r\naccess:\r\n  block: # not these\r\n    - "telegram:1000001" # rude\r\n${await readFile(file, "utf8")}`;
    await writeFile(file, text);
    await chmod(file, 0o640);
    expect(await users("block", "00966-50-123-4567", "telegram:١٠٠٠٠٠٢")).toMatchObject({
        changed: ["whatsapp:+966501234567", "telegram:1000002"],
        block: ["telegram:1000001", "whatsapp:+966501234567", "telegram:1000002"],
        everybody: true,
    });
    expect(await readFile(file, "utf8")).toContain(
        '    - "telegram:1000001" # rude\r\n    - "whatsapp:+966501234567"\r\n    - "telegram:1000002"\r\n',
    );
    expect(await users("block", "whatsapp:+966 (0)50 123 4567")).toMatchObject({
        changed: [],
        unchanged: ["whatsapp:+966501234567"],
    });
    expect(await users("remove", "telegram:1000002", "+966501234567")).toMatchObject({
        changed: ["telegram:1000002", "whatsapp:+966501234567"],
    });
    expect((await readFile(file, "utf8")).replaceAll("\r\n", "\n")).toBe(
        text.replaceAll("\r\n", "\n"),
    );
    expect((await stat(file)).mode & 0o777).toBe(0o640);
});

test("what a change of the list of those who are served means is said", async () => {
    const first = await users("allow", "telegram:1000001");
    expect(first).toMatchObject({
        everybody: false,
        notes: [expect.stringContaining("only those on the list are served")],
    });
    expect(await users()).toEqual({
        everybody: false,
        allow: ["telegram:1000001"],
        block: [],
        admins: [],
    });
    const both = await users("block", "telegram:1000001");
    expect(both["notes"]).toEqual([expect.stringContaining("counts more")]);
    const last = await users("remove", "telegram:1000001");
    expect(last["notes"]).toEqual([expect.stringContaining("now everybody is")]);
});

test("each act is written down in the signed records, without the patient's number", async () => {
    await users("block", "+966501234567");
    await users("block", "+966501234567");
    await users("unblock", "+966501234567");
    const records = await readFile(join(folder.path, "data", "records.jsonl"), "utf8");
    expect(records).not.toContain("966501234567");
    const [blocked, unblocked, ...more] = records
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, string>);
    expect(more).toEqual([]);
    expect([blocked?.["what"], unblocked?.["what"]]).toEqual(["block", "allow"]);
    expect(blocked?.["subject"]).toMatch(/^[0-9a-f]{16}$/);
    expect(unblocked?.["subject"]).toBe(blocked?.["subject"]);
    expect(await folder.run(["data", "verify"])).toMatchObject({ status: 0 });
});

test("what cannot be done changes nothing: a wrong number, an unknown patient, a broken file", async () => {
    const before = await readFile(file, "utf8");
    const split = await folder.run(["users", "block", "+966", "50", "123", "4567"]);
    expect(split).toMatchObject({ status: 2, err: expect.stringContaining("in quotes") });
    const national = await folder.run(["users", "block", "0501234567"]);
    expect(national).toMatchObject({ status: 2, err: expect.stringContaining("country code") });
    expect(national.err).not.toContain("0501234567");
    const unknown = await folder.run(["users", "unblock", "telegram:1000009"]);
    expect(unknown.status).toBe(1);
    expect(await readFile(file, "utf8")).toBe(before);
    await writeFile(file, `${before}acess:\n`);
    const broken = await folder.run(["users", "block", "telegram:1000001"]);
    expect(broken).toMatchObject({ status: 78, err: expect.stringContaining("acess") });
    expect(await readFile(file, "utf8")).toBe(`${before}acess:\n`);
});

describe("the text of clinic.yaml", () => {
    const add = (text: string): string =>
        editAccessList(text, { list: "block", add: ["b"], removes: () => false });
    const remove = (text: string): string =>
        editAccessList(text, { list: "block", add: [], removes: (entry) => entry === "a" });

    test.each([
        ["", 'access:\n  block: ["b"]\n'],
        ["access:\n  block:\n", 'access:\n  block: ["b"]\n'],
        ["access:\n  block: [] # none\n", 'access:\n  block: ["b"] # none\n'],
        ['access:\n  block: ["a"] # one\n', 'access:\n  block: ["a", "b"] # one\n'],
        [
            "access:\n  block:\n  - a # x\n  # end\n",
            'access:\n  block:\n  - a # x\n  - "b"\n  # end\n',
        ],
        ["access: { block: [a, c] }", 'access: { block: [a, c, "b"] }'],
        ["access:\n  block: [\n    a, # x\n  ]\n", 'access:\n  block: [\n    a, "b", # x\n  ]\n'],
    ])("gets an entry: %j", (before, after) => {
        expect(add(before)).toBe(after);
    });

    test.each([
        ["access:\n  block: [a, c]\n", "access:\n  block: [c]\n"],
        ["access:\n  block: [c, a]\n", "access:\n  block: [c]\n"],
        ["access:\n  block: [a]\n", "access:\n  block: []\n"],
        ["access:\n  block:\n    # y\n    - a\n    - c\n", "access:\n  block:\n    # y\n    - c\n"],
        ["access:\n  block: # x\n    - a\nmodel:\n", "access:\n  block: [] # x\nmodel:\n"],
        ["access:\n  allow: [a]\n", "access:\n  allow: [a]\n"],
    ])("loses an entry: %j", (before, after) => {
        expect(remove(before)).toBe(after);
    });
});
