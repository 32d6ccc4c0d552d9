import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { join } from "node:path";
import type { AdministrativeAct, AuditLog } from "../status-ports.ts";
import { fingerprintOf, openRecordKey, readRecordKey } from "./record-key.ts";
import { appendAlone, linesOf } from "./record-file.ts";

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

/** Any other act, as it is written down. */
export type ActRecord = AdministrativeAct & Pick<DataRecord, "when">;

/** A record as it is kept: one JSON object a line. */
interface SignedRecord {
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

/** Keeps what was done, in one folder. */
export interface RecordLog {
    /**
     * Adds a record behind the last one; takes equally long however many there are.
     *
     * @throws `config-invalid` when the folder cannot be written to.
     */
    append(record: DataRecord | ActRecord): Promise<void>;
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
            await appendAlone(path, (last) => signedLine(record, key, last));
        },
    };
}

/**
 * The audit log of a data folder: the same signed records, which `bimedix2 data verify` checks. Any
 * number of processes may write to it.
 */
export function createAuditLog(dataFolder: string): AuditLog {
    let opening: Promise<RecordLog> | undefined;
    return {
        record: async (act) => {
            opening ??= openRecordLog(dataFolder);
            opening.catch(() => (opening = undefined));
            const log = await opening;
            await log.append({ ...act, when: new Date().toISOString() });
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

/** @param last The line before. */
function signedLine(
    record: DataRecord | ActRecord,
    key: KeyObject,
    last: { readonly text: string; readonly count: () => Promise<number> } | undefined,
): Promise<string> | string {
    const line = (number: number): string => {
        const kept = {
            number,
            previous: last === undefined ? "" : sha256(last.text),
            ...inOrder(record),
            key: fingerprintOf(createPublicKey(key)),
        };
        const signature = sign(null, Buffer.from(JSON.stringify(kept)), key).toString("base64");
        return JSON.stringify({ ...kept, signature });
    };
    if (last === undefined) return line(1);
    const before = parse(last.text)?.number;
    // What is damaged has no number; all the same it counts as one.
    return before === undefined ? last.count().then((count) => line(count + 1)) : line(before + 1);
}

/** What a record says, and nothing else that its maker may have. */
function inOrder(record: DataRecord | ActRecord): Readonly<Record<string, unknown>> {
    const names = ["what", "when", "who", "conversation", "subject", "counts", "settings", "file"];
    const values: Readonly<Record<string, unknown>> = { ...record };
    return Object.fromEntries(
        names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]),
    );
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

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
