import { readFileSync, statSync } from "node:fs";
import { open, unlink } from "node:fs/promises";
import { AppError } from "../errors.ts";
import type { KeySource } from "./cipher.ts";
import { createDataKey, type DataKey, formatDataKey, parseKeyLines } from "./data-key.ts";
import { createPrivateFile, isCode, replacePrivateFile } from "./private-file.ts";

/** How often it is looked whether the file has changed. */
const lookEveryMs = 1_000;

const remark = `# Keys for what is stored of patients. The first one encrypts, all of them decrypt.
# Whoever has this file and the data can read the data. Without it nobody can: keep a copy elsewhere.
`;

/**
 * Makes a file with a new key, unless there is a file. Safe when several processes start at once.
 *
 * @throws `config-invalid` when it cannot be written.
 */
export async function ensureKeyFile(path: string): Promise<void> {
    if (exists(path)) return;
    await createPrivateFile(path, `${remark}${formatDataKey(createDataKey())}\n`);
}

/**
 * The keys of a file, which are read anew when it changes. A change that cannot be understood is
 * left unheeded until it can.
 *
 * @throws `config-invalid` when the file cannot be read now, or holds no key.
 */
export function openKeyFile(path: string): KeySource {
    let { state, keys } = readKeyFile(path);
    let lookedAtMs = performance.now();
    return (look) => {
        const nowMs = performance.now();
        if (!look && nowMs - lookedAtMs < lookEveryMs) return keys;
        lookedAtMs = nowMs;
        try {
            if (stateOf(path) !== state) ({ state, keys } = readKeyFile(path));
        } catch {
            // Whoever is just changing it puts it right, or the next start says what is wrong.
        }
        return keys;
    };
}

/**
 * Puts a new key before those of a file, so that it encrypts from now on.
 *
 * @throws `config-invalid` when the file cannot be read or written, or somebody else is just doing
 * the same.
 */
export async function prependKey(path: string): Promise<void> {
    const lock = `${path}.lock`;
    try {
        await (await open(lock, "wx", 0o600)).close();
    } catch (error) {
        if (!isCode(error, "EEXIST")) throw cannotRead(path, error);
        throw new AppError("config-invalid", "Somebody else is just changing the keys.", {
            remedy: `Try again. If nobody is, remove the file ${lock}.`,
        });
    }
    try {
        readKeyFile(path);
        const lines = readFileSync(path, "utf8").replaceAll("\r\n", "\n").split("\n");
        const first = lines.findIndex((line) => !/^\s*(#|$)/.test(line));
        lines.splice(Math.max(0, first), 0, formatDataKey(createDataKey()));
        await replacePrivateFile(path, lines.join("\n"));
    } finally {
        await unlink(lock);
    }
}

/** Whether others than the owner may read a file; `false` where there is none. */
export function isOpenToOthers(path: string): boolean {
    try {
        return (statSync(path).mode & 0o077) !== 0;
    } catch {
        return false;
    }
}

function readKeyFile(path: string): { readonly state: string; readonly keys: readonly DataKey[] } {
    let state: string;
    let text: string;
    try {
        state = stateOf(path);
        text = readFileSync(path, "utf8");
    } catch (error) {
        throw cannotRead(path, error);
    }
    const { keys, problems } = parseKeyLines(text);
    const [problem] = problems;
    if (problem === undefined) return { state, keys };
    throw new AppError("config-invalid", `${path}, line ${problem.line}: ${problem.message}`, {
        remedy: "Correct the file, or put back the copy that you have kept elsewhere.",
    });
}

function stateOf(path: string): string {
    const { ino, size, mtimeMs } = statSync(path);
    return [ino, size, mtimeMs].join(" ");
}

function exists(path: string): boolean {
    try {
        return statSync(path, { throwIfNoEntry: false }) !== undefined;
    } catch {
        // Whoever reads it says why not.
        return true;
    }
}

function cannotRead(path: string, error: unknown): AppError {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return new AppError("config-invalid", `The file of keys ${path} cannot be read (${code}).`, {
        remedy: "Put back the copy that you have kept elsewhere, and let the user who runs this program read it.",
        cause: error,
    });
}
