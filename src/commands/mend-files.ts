import { existsSync, readFileSync, statSync } from "node:fs";
import { constants, mkdir, open, rename, unlink } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { isCode } from "../privacy/private-file.ts";
import { replaceFile } from "../settings/replace-file.ts";
import { findOpenPlaces, octal } from "./private-places.ts";

/** What was mended, or why it could not be. */
export interface Mending {
    readonly name: string;
    readonly mended: boolean;
    readonly text: string;
    readonly remedy?: string;
}

/** Does one thing, and tells it; a failure is told as well. */
export async function mend(
    name: string,
    done: string,
    remedy: string,
    act: () => Promise<unknown>,
): Promise<Mending> {
    try {
        await act();
        return { name, mended: true, text: done };
    } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return { name, mended: false, text, remedy };
    }
}

const misnamed = [
    ["clinic.yml", "clinic.yaml"],
    ["clinic.yaml.txt", "clinic.yaml"],
    [".env.txt", ".env"],
] as const;

/** Renames and converts files of settings that Windows or an editor has saved in another way. */
export async function mendSettingsFiles(folder: string): Promise<readonly Mending[]> {
    const mendings: Mending[] = [];
    for (const [wrong, right] of misnamed) {
        const isUnused = process.env["BIMEDIX2_CONFIG"] && right === "clinic.yaml";
        const [from, to] = [join(folder, wrong), join(folder, right)];
        if (isUnused || !existsSync(from) || existsSync(to)) continue;
        const remedy = `Rename ${wrong} to ${right}.`;
        const done = `${wrong} is named ${right} now`;
        mendings.push(await mend("settings", done, remedy, () => rename(from, to)));
    }
    for (const name of ["clinic.yaml", ".env"]) {
        const path = join(folder, name);
        const text = textOfUtf16(path);
        if (text === undefined) continue;
        const done = `${name} was saved as UTF-16 and is UTF-8 now`;
        const remedy = `Open ${name} in an editor and save it as UTF-8.`;
        mendings.push(
            await mend("settings", done, remedy, () => replaceFile(path, text, () => undefined)),
        );
    }
    return mendings;
}

/** The text of a file that begins with a mark of UTF-16; `undefined` for all others. */
function textOfUtf16(path: string): string | undefined {
    if (!existsSync(path)) return undefined;
    const bytes = readFileSync(path);
    const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
    const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
    if (!isLittle && !isBig) return undefined;
    return new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(bytes);
}

type Places = Pick<Config, "dataFolder" | "dataKeys">;

/**
 * Keeps the clinic's secrets and its data folder to their owner.
 *
 * @param secretFiles Those to which clinic.yaml refers.
 */
export async function mendPlaces(
    config: Places,
    folder: string,
    secretFiles: readonly string[],
): Promise<readonly Mending[]> {
    const mendings: Mending[] = [];
    const { dataFolder } = config;
    // One that root has made would be closed to the user of the service.
    if (!existsSync(dataFolder) && process.getuid?.() !== 0) {
        const remedy = "Let the user who runs this program write to the folder above it.";
        mendings.push(
            await mend("data folder", `${dataFolder} is made`, remedy, () =>
                mkdir(dataFolder, { recursive: true, mode: 0o700 }),
            ),
        );
    }
    for (const { path, mode, wanted } of findOpenPlaces(config, folder, secretFiles)) {
        const done = `${path} had mode ${octal(mode)}, which lets others read it, and has ${octal(wanted)} now`;
        const remedy = `Run as its owner or with sudo: chmod ${octal(wanted)} ${path}`;
        mendings.push(await mend("files", done, remedy, () => restrict(path, wanted)));
    }
    return mendings;
}

/** Never follows a link: who may put one there must not choose whose file root closes. */
async function restrict(path: string, mode: number): Promise<void> {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const place = await open(path, flags).catch((error: unknown) => {
        if (!isCode(error, "ELOOP")) throw error;
        throw new Error(`${path} is a link to a file that others may read`, { cause: error });
    });
    try {
        await place.chmod(mode);
    } finally {
        await place.close();
    }
}

/**
 * Takes away what a process has left that died while it changed the keys: only what is older than the
 * start of this machine, because then its process cannot live.
 */
export async function mendKeyLock({ dataKeys }: Places): Promise<readonly Mending[]> {
    if (!("path" in dataKeys)) return [];
    const lock = `${dataKeys.path}.lock`;
    const found = statSync(lock, { throwIfNoEntry: false });
    if (!found) return [];
    const bootedAtMs = Date.now() - uptime() * 1000;
    const remedy = `If no "bimedix2 data rotate-key" runs, remove the file ${lock}.`;
    if (found.mtimeMs > bootedAtMs) {
        const text = `${lock} says that the keys are just being changed.`;
        return [{ name: "data keys", mended: false, text, remedy }];
    }
    const done = `${lock} was left by a process that had died, and is removed`;
    return [await mend("data keys", done, remedy, () => unlink(lock))];
}
