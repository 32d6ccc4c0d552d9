import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
    createAuditLog,
    type DataRecord,
    examineRecords,
    openRecordLog,
    recordsPath,
} from "../../src/privacy/signed-records.ts";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "bimedix2-records-"))));
afterEach(async () => await rm(folder, { recursive: true }));

function record(turns: number): DataRecord {
    return {
        what: "erase",
        when: "2030-01-01T00:00:00.000Z",
        who: "nurse",
        conversation: "0123456789abcdef",
        counts: { turns },
    };
}

/** Five records, then whatever is done to their lines. */
async function after(change: (lines: string[]) => readonly (string | undefined)[]) {
    const log = await openRecordLog(folder);
    for (const turns of [1, 2, 3, 4, 5]) await log.append(record(turns));
    const lines = (await readFile(recordsPath(folder), "utf8")).trimEnd().split("\n");
    const kept = change(lines).filter((line) => line !== undefined);
    await writeFile(recordsPath(folder), kept.map((line) => `${line}\n`).join(""));
    const { records, faults } = await examineRecords(folder);
    return { records, lines: faults.map(({ line }) => line), faults };
}

it("finds nothing wrong with records as they were written", async () => {
    expect(await examineRecords(folder)).toEqual({ records: 0, faults: [] });
    expect(await after((lines) => lines)).toEqual({ records: 5, lines: [], faults: [] });
});

it("writes one behind the other, however many processes do so at once", async () => {
    const logs = await Promise.all([1, 2, 3, 4].map(async () => await openRecordLog(folder)));
    await Promise.all(
        logs.map(async (log, index) => {
            for (const turn of [1, 2, 3]) await log.append(record(index * 10 + turn));
        }),
    );
    expect(await examineRecords(folder)).toMatchObject({ records: 12, faults: [] });
});

it("finds the record that was changed, in whatever it says", async () => {
    const changed = [
        (line: string) => line.replace('"turns":3', '"turns":2'),
        (line: string) => line.replace("nurse", "nobody"),
        (line: string) => line.replace('"erase"', '"export"'),
        (line: string) => line.replace('{"number"', '{ "number"'),
    ];
    for (const change of changed) {
        await rm(recordsPath(folder), { force: true });
        const found = await after((lines) => lines.with(2, change(lines[2] ?? "")));
        // The next one does not fit behind it either.
        expect(found.lines).toEqual([3, 4]);
        expect(found.faults[0]?.message).toMatch(/changed/);
    }
});

it("finds where records were removed, moved, repeated or added", async () => {
    const cases: [(lines: string[]) => readonly (string | undefined)[], number[]][] = [
        [(lines) => lines.slice(1), [1]],
        [(lines) => lines.toSpliced(2, 1), [3]],
        [([one, two, three, four, five]) => [one, three, two, four, five], [2, 3, 4]],
        [(lines) => [...lines, lines[2]], [6]],
        [(lines) => lines.toSpliced(1, 0, "{}"), [2, 3]],
        [(lines) => lines.with(4, lines[4]?.slice(0, 50) ?? ""), [5]],
    ];
    for (const [change, lines] of cases) {
        await rm(recordsPath(folder), { force: true });
        expect((await after(change)).lines).toEqual(lines);
    }
});

it("does not take a record that another key has signed", async () => {
    const other = await mkdtemp(join(tmpdir(), "bimedix2-records-"));
    await (await openRecordLog(other)).append(record(1));
    await openRecordLog(folder);
    await appendFile(recordsPath(folder), await readFile(recordsPath(other)));
    await rm(other, { recursive: true });
    expect((await examineRecords(folder)).faults).toMatchObject([
        { line: 1, message: "It is signed with another key." },
    ]);
});

it("writes other acts behind those with patients' data, and what was cut off stays one fault", async () => {
    await (await openRecordLog(folder)).append(record(1));
    const audit = createAuditLog(folder);
    const act = { what: "resend", who: "nurse", subject: "9f3a", text: "my chest hurts" } as const;
    await audit.record(act);
    await audit.record({ what: "configure", who: "page", settings: ["limits.patient"] });
    expect(await examineRecords(folder)).toMatchObject({ records: 3, faults: [] });
    const written = await readFile(recordsPath(folder), "utf8");
    expect(JSON.parse(written.split("\n")[1] ?? "")).toMatchObject({
        number: 2,
        what: "resend",
        who: "nurse",
        subject: "9f3a",
    });
    // What is no part of an act is not written down.
    expect(written).not.toContain("hurts");

    await writeFile(recordsPath(folder), written.slice(0, -40));
    await audit.record({ what: "sign-in-refused", who: "page" });
    await audit.record({ what: "sign-in", who: "page" });
    expect((await examineRecords(folder)).faults.map(({ line }) => line)).toEqual([3]);
});

it("finds the end of the last line, however long it is", async () => {
    const settings = Array.from({ length: 5_000 }, (_, index) => `limits.number-${String(index)}`);
    const audit = createAuditLog(folder);
    await audit.record({ what: "configure", who: "page", settings });
    await audit.record({ what: "configure", who: "page", settings });
    await audit.record({ what: "discard", who: "nurse", subject: "9f3a" });
    expect(await examineRecords(folder)).toMatchObject({ records: 3, faults: [] });
});

it("takes over what a process that died has locked, and no lock of a living one", async () => {
    const lock = `${recordsPath(folder)}.lock`;
    const longAgo = new Date(Date.now() - 60_000);
    for (let round = 1; round <= 8; round += 1) {
        await writeFile(lock, "");
        await utimes(lock, longAgo, longAgo);
        const acts = Array.from({ length: 12 }, () =>
            createAuditLog(folder).record({ what: "open", who: "page", subject: "1" }),
        );
        await Promise.all(acts);
        expect(await examineRecords(folder)).toMatchObject({ records: 12 * round, faults: [] });
    }
    expect(await readdir(folder)).not.toContain("records.jsonl.lock.clearing");
});

it("says that an act cannot be written down", async () => {
    const audit = createAuditLog(join(folder, "records.jsonl", "none"));
    await writeFile(recordsPath(folder), "");
    await expect(audit.record({ what: "open", who: "page" })).rejects.toMatchObject({
        code: "config-invalid",
    });
});
