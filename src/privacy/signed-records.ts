import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../errors.ts";
import { isCode } from "./private-file.ts";
import { fingerprintOf, openRecordKey, readRecordKey } from "./record-key.ts";

/** What somebody did with a patient's data. Says nothing that only the patient knows. */
export interface DataRecord {
    readonly what: "erase" | "export";
    /** ISO 8601. */
    readonly when: string;
    /** The user of the operating system. */
    readonly who: string;
    /** The id that `bimedix2 data list` shows. */
    readonly conversation: string;
    /** How much it was. */
    readonly counts: Readonly<Record<string, number>>;
    /** SHA-256 of the exported file, in hexadecimal. */
    readonly file?: string;
}

/** A record as it is kept: one JSON object a line. */
interface SignedRecord extends DataRecord {
    /** From 1. */
    readonly number: number;
    /** SHA-256 of the line before, in hexadecimal; empty for the first. */
    readonly previous: string;
    /** Names the key: the beginning of its SHA-256. */
    readonly key: string;
    /** Ed25519 of the JSON text without this field, in base64. */
    readonly signature: string;
}

/** Something wrong with the records. */
export interface RecordFault {
    /** From 1. */
    readonly line: number;
    readonly message: string;
}

/** What an examination of the records has found. */
export interface RecordExamination {
    readonly records: number;
    /** Names the key that all should be signed with; absent while there is none. */
    readonly key?: string;
    readonly faults: readonly RecordFault[];
}

const lockPatienceMs = 10_000;

/** Keeps what was done with patients' data, in one folder. */
export interface RecordLog {
    /**
     * Adds a record behind the last one.
     *
     * @throws `config-invalid` when the folder cannot be written to.
     */
    append(record: DataRecord): Promise<void>;
}

/**
 * Opens the records of a data folder (`records.jsonl`) and makes the key that signs them, where
 * there is none: who has erased something shall be able to write it down.
 *
 * @throws `config-invalid` when the folder cannot be written to.
 */
export async function openRecordLog(dataFolder: string): Promise<RecordLog> {
    const key = await openRecordKey(dataFolder);
    const path = recordsPath(dataFolder);
    return {
        append: async (record) => {
            await locked(path, async () => await appendLine(path, key, record));
        },
    };
}

/**
 * Looks whether the records are as they were written: none changed, added, moved, or removed before
 * the last. That the last ones are missing cannot be seen from what is left.
 *
 * @throws `config-invalid` when they cannot be read.
 */
export async function examineRecords(dataFolder: string): Promise<RecordExamination> {
    const path = recordsPath(dataFolder);
    const key = await readRecordKey(dataFolder);
    const faults: RecordFault[] = [];
    let records = 0;
    let before = "";
    for await (const line of linesOf(path)) {
        records += 1;
        const message = faultOf(line, before, key);
        if (message !== undefined) faults.push({ line: records, message });
        before = line;
    }
    return { records, ...(key === undefined ? {} : { key: fingerprintOf(key) }), faults };
}

/** Where the records of a data folder are. */
export function recordsPath(dataFolder: string): string {
    return join(dataFolder, "records.jsonl");
}

async function appendLine(path: string, key: KeyObject, record: DataRecord): Promise<void> {
    let number = 1;
    let last = "";
    for await (const line of linesOf(path)) {
        number += 1;
        last = line;
    }
    const previous = last === "" ? "" : sha256(last);
    const { what, when, who, conversation, counts, file } = record;
    const kept = {
        number,
        previous,
        what,
        when,
        who,
        conversation,
        counts,
        ...(file === undefined ? {} : { file }),
        key: fingerprintOf(createPublicKey(key)),
    };
    const signature = sign(null, Buffer.from(JSON.stringify(kept)), key).toString("base64");
    const output = await open(path, "a", 0o600);
    try {
        await output.writeFile(`${JSON.stringify({ ...kept, signature })}\n`);
        await output.sync();
    } finally {
        await output.close();
    }
}

function faultOf(line: string, before: string, key: KeyObject | undefined): string | undefined {
    const record = parse(line);
    if (record === undefined) return "This is no record.";
    const { signature, ...signed } = record;
    // A second way to write the same record is a change as well.
    const bytes = Buffer.from(JSON.stringify(signed));
    const genuine = JSON.stringify({ ...signed, signature }) === line;
    if (key === undefined)
        return "The key keys/record.pub, which this record must be checked with, is missing.";
    if (record.key !== fingerprintOf(key)) return "It is signed with another key.";
    if (!genuine || !verify(null, bytes, key, Buffer.from(signature, "base64"))) {
        return "It was changed after it was written: the signature does not fit.";
    }
    const expected = before === "" ? 1 : (parse(before)?.number ?? record.number - 1) + 1;
    if (record.previous === (before === "" ? "" : sha256(before)) && record.number === expected)
        return undefined;
    return "It does not follow the line before: records were removed, added or moved here.";
}

function parse(line: string): SignedRecord | undefined {
    try {
        const value: unknown = JSON.parse(line);
        if (typeof value !== "object" || value === null) return undefined;
        const { signature, key, previous, number } = value as Partial<SignedRecord>;
        const complete =
            typeof signature === "string" &&
            typeof key === "string" &&
            typeof previous === "string" &&
            typeof number === "number";
        return complete ? (value as SignedRecord) : undefined;
    } catch {
        return undefined;
    }
}

/** None for a file that does not exist. A last line that was cut off is one as well. */
async function* linesOf(path: string): AsyncGenerator<string> {
    try {
        await stat(path);
    } catch (error) {
        if (isCode(error, "ENOENT")) return;
        throw cannot("read", path, error);
    }
    yield* createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}

/** One at a time; what a process that died has left is taken away. */
async function locked(path: string, work: () => Promise<void>): Promise<void> {
    const lock = `${path}.lock`;
    const untilMs = performance.now() + lockPatienceMs;
    for (;;) {
        try {
            await (await open(lock, "wx", 0o600)).close();
            break;
        } catch (error) {
            if (!isCode(error, "EEXIST")) throw cannot("write", path, error);
            if (performance.now() > untilMs) await unlink(lock).catch(() => undefined);
            await sleep(20);
        }
    }
    try {
        await work();
    } catch (error) {
        throw error instanceof AppError ? error : cannot("write", path, error);
    } finally {
        await unlink(lock).catch(() => undefined);
    }
}

function cannot(what: "read" | "write", path: string, error: unknown): AppError {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const done = what === "read" ? "read" : "written";
    return new AppError("config-invalid", `The records ${path} cannot be ${done} (${code}).`, {
        remedy: "Let the user who runs this program read and write them.",
        cause: error,
    });
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
