import { createHash } from "node:crypto";
import { mkdir, open, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import type { ConversationKey } from "../message.ts";
import type { ConversationSummary } from "../privacy-ports.ts";
import { type KeptPicture, renderExport } from "../privacy/render-export.ts";
import { examineRecords, openRecordLog, recordsPath } from "../privacy/signed-records.ts";
import { staffRooms } from "../open-staff.ts";
import { openStorage, type Storage } from "../storage.ts";
import { currentUser } from "./current-user.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { openLog, readConfig } from "./session.ts";

/** `bimedix2 data …`, as it was typed. */
export interface DataOptions {
    readonly json: boolean;
}

/** Shows of which conversations something is kept. */
export async function listData(
    options: DataOptions & { readonly showAddresses: boolean },
): Promise<ExitCode> {
    return await withStorage(async ({ data }) => {
        const rooms = staffRooms(readConfig());
        const found: ConversationSummary[] = [];
        for await (const one of data.list()) {
            if (!rooms.includes(one.conversation)) found.push(one);
        }
        const shown = found
            .sort((one, other) => (other.lastChangeMs ?? 0) - (one.lastChangeMs ?? 0))
            .map(({ conversation, id, turns, waiting, lastChangeMs }) => ({
                id,
                platform: platformOf(conversation),
                ...(options.showAddresses ? { conversation } : {}),
                turns,
                waiting,
                ...(lastChangeMs === undefined ? {} : { lastChange: time(lastChangeMs) }),
            }));
        const lines = shown.map(({ id, platform, turns, waiting, lastChange, conversation }) =>
            [
                id,
                platform.padEnd(14),
                `${String(turns).padStart(5)} turns`,
                `${String(waiting).padStart(3)} waiting`,
                lastChange ?? "".padEnd(24),
                conversation ?? "",
            ]
                .join("  ")
                .trimEnd(),
        );
        const none = "Nothing is kept of any patient.";
        print(options.json, { conversations: shown }, lines.length === 0 ? [none] : lines);
        return exitCode.success;
    });
}

/** Writes everything that is kept of one conversation to a file, and that this was done. */
export async function exportData(
    which: string,
    { out, pictures, json }: DataOptions & { readonly out: string; readonly pictures?: string },
): Promise<ExitCode> {
    return await withStorage(async ({ data, store }, config) => {
        const key = await find(data, which);
        const record = key && (await data.export(key));
        if (record === undefined) return notFound(which);
        // Who cannot write down that it was done shall not do it.
        const records = await openRecordLog(config.dataFolder);
        if (pictures !== undefined) await mkdir(pictures, { recursive: true, mode: 0o700 });
        const text = await renderExport(record, {
            readImage: (conversation, image) => store.readImage(conversation, image),
            ...(pictures === undefined
                ? {}
                : { keepPicture: (id, png) => keepPicture(pictures, id, png) }),
            nowMs: Date.now(),
        });
        await writeNew(out, text);
        const counts = {
            turns: record.turns.length,
            images: new Set(
                [...record.turns, ...record.waiting].flatMap(({ images }) =>
                    images.map(({ id }) => id),
                ),
            ).size,
            messages: record.waiting.length,
            replies: record.undelivered.length,
        };
        const file = sha256(text);
        const { id, unreadable } = record;
        await records.append({ what: "export", ...signature(), conversation: id, counts, file });
        print(json, { id, file: out, sha256: file, counts, unreadable }, [
            `${describe(counts)} of conversation ${id} are in ${out}.`,
            ...(unreadable === 0
                ? []
                : [`${String(unreadable)} stored values could not be understood.`]),
            `It is written down in ${recordsPath(config.dataFolder)}.`,
        ]);
        return exitCode.success;
    });
}

/** Forgets everything of one conversation, and writes down that this was done. */
export async function eraseData(
    which: string,
    { yes, json }: DataOptions & { readonly yes: boolean },
): Promise<ExitCode> {
    return await withStorage(async ({ data }, config) => {
        const key = await find(data, which);
        if (key === undefined) return notFound(which);
        if (!yes && !(await confirmed(which))) {
            process.stderr.write("Nothing was erased.\n");
            return exitCode.failure;
        }
        // Who cannot write down that it was done shall not do it.
        const records = await openRecordLog(config.dataFolder);
        const { id, ...counts } = await data.erase(key);
        await records.append({ what: "erase", ...signature(), conversation: id, counts });
        print(json, { id, counts }, [
            `${describe(counts)} of conversation ${id} are erased.`,
            `It is written down in ${recordsPath(config.dataFolder)}.`,
        ]);
        return exitCode.success;
    });
}

/** Checks what was written down about erasures and exports. */
export async function verifyRecords({ json }: DataOptions): Promise<ExitCode> {
    const { dataFolder } = readConfig();
    const found = await examineRecords(dataFolder);
    const { records, faults, key } = found;
    print(json, found, [
        ...faults.map(({ line, message }) => `line ${String(line)}: ${message}`),
        faults.length === 0
            ? `${String(records)} records are as they were written.`
            : `${String(faults.length)} of ${String(records)} records are not as they were written.`,
        ...(key === undefined
            ? []
            : [`They are checked with the key ${key}; compare it with a copy that you have kept.`]),
    ]);
    return faults.length === 0 ? exitCode.success : exitCode.failure;
}

/** Does something with what is stored, and closes it. */
export async function withStorage(
    work: (storage: Storage, config: Config) => Promise<ExitCode>,
): Promise<ExitCode> {
    const config = readConfig();
    const storage = await openStorage(config, openLog(config, true), () => undefined, {
        withoutRedis: "fail",
    });
    try {
        return await work(storage, config);
    } finally {
        await storage.close();
    }
}

/** Writes an answer: one JSON object, or lines. */
export function print(json: boolean, value: object, lines: readonly string[]): void {
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join("\n")}\n`);
}

/** The conversation of an id that `list` shows, or of an address of which something is kept. */
async function find(data: Storage["data"], which: string): Promise<ConversationKey | undefined> {
    for await (const { conversation, id } of data.list()) {
        if (id === which || conversation === which) return conversation;
    }
    return undefined;
}

function notFound(which: string): ExitCode {
    // An address is the patient's: it is not repeated.
    const name = /^[0-9a-f]{16}$/.test(which) ? ` ${which}` : "";
    process.stderr.write(
        `Nothing is kept of a conversation${name}. "bimedix2 data list" shows those of which something is.\n`,
    );
    return exitCode.failure;
}

async function confirmed(which: string): Promise<boolean> {
    if (!process.stdin.isTTY) {
        process.stderr.write(
            "Nobody can be asked here. Write --yes to erase without a question.\n",
        );
        return false;
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const question = `Everything of the conversation ${which} will be erased for ever. Type yes: `;
    const answer = await terminal.question(question);
    terminal.close();
    return answer.trim().toLowerCase() === "yes";
}

async function keepPicture(folder: string, id: string, png: Buffer): Promise<KeptPicture> {
    const file = join(folder, `${id}.png`);
    await writeFile(file, png, { mode: 0o600 });
    return { file: basename(file), sha256: sha256(png) };
}

async function writeNew(path: string, text: string): Promise<void> {
    try {
        const file = await open(path, "wx", 0o600);
        await file.writeFile(text);
        await file.close();
    } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
        throw new AppError("config-invalid", `The export cannot be written (${code}).`, {
            remedy: "Name a file that does not exist yet, in a folder that you may write to: --out FILE",
            cause: error,
        });
    }
}

function signature(): { readonly when: string; readonly who: string } {
    return { when: time(Date.now()), who: currentUser() };
}

function describe(counts: Readonly<Record<string, number>>): string {
    const parts = Object.entries(counts).map(([name, count]) => `${String(count)} ${name}`);
    return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function platformOf(conversation: ConversationKey): string {
    return conversation.slice(0, conversation.indexOf(":"));
}

function time(ms: number): string {
    return new Date(ms).toISOString();
}

function sha256(content: string | Buffer): string {
    return createHash("sha256").update(content).digest("hex");
}
