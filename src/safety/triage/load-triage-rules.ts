import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError } from "../../errors.ts";
import { type NamedText, parseTriageRules } from "./parse-triage-rules.ts";
import type { TriageRules } from "./triage-rules.ts";

/**
 * Reads the rules that came with the program, and then a clinic's own files, which may add words,
 * concepts and rules and replace rules by their id.
 *
 * @param folder Holds `*.yaml`, read in the order of their names.
 * @param extraFiles Paths of the clinic's own files.
 * @throws `rules-invalid` when a file cannot be read or understood.
 */
export async function loadTriageRules(
    folder: string,
    extraFiles: readonly string[] = [],
): Promise<TriageRules> {
    const names = await orUnreadable(readdir(folder), folder);
    const paths = names
        .filter((name) => name.endsWith(".yaml"))
        .sort()
        .map((name) => join(folder, name));
    if (paths.length === 0) throw unreadable(folder);
    const files: NamedText[] = [];
    for (const path of [...paths, ...extraFiles]) {
        const text = await orUnreadable(readFile(path, "utf8"), path);
        files.push({ name: basename(path), text });
    }
    return parseTriageRules(files);
}

async function orUnreadable<Value>(value: Promise<Value>, path: string): Promise<Value> {
    try {
        return await value;
    } catch (error) {
        throw unreadable(path, error);
    }
}

function unreadable(path: string, cause?: unknown): AppError {
    return new AppError("rules-invalid", `The triage rules cannot be read: ${path}`, {
        remedy: "Put back the files that came with the program, or correct the path.",
        ...(cause !== undefined && { cause }),
    });
}
