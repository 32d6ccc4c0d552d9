import { statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";

/** A file or folder that more people may read than need to. */
export interface OpenPlace {
    readonly path: string;
    /** `secret`: with a token, a password or a key. */
    readonly kind: "secret" | "folder";
    /** As they are and as they should be, in the form of chmod. */
    readonly mode: number;
    readonly wanted: number;
}

const forOthers = 0o007;

/**
 * Of the clinic's secrets and its data folder those that others than their owner may read. The group of
 * a file that belongs to root was chosen on purpose: it is how a service reads its settings.
 *
 * @param folder Where .env is.
 * @param secretFiles Those to which clinic.yaml refers.
 */
export function findOpenPlaces(
    { dataFolder, dataKeys }: Pick<Config, "dataFolder" | "dataKeys">,
    folder: string,
    secretFiles: readonly string[],
): readonly OpenPlace[] {
    // Windows has rights of another kind.
    if (process.platform === "win32") return [];
    // What a container puts there is seen by nobody outside of it.
    const own = secretFiles.filter((path) => !path.startsWith("/run/secrets/"));
    const secrets = [join(folder, ".env"), join(dataFolder, "keys", "record.key"), ...own];
    return [
        ...secrets.flatMap((path) => examine(path, "secret", forOthers)),
        ...("path" in dataKeys ? examine(dataKeys.path, "secret", 0o077) : []),
        ...examine(dataFolder, "folder", forOthers),
    ];
}

function examine(path: string, kind: OpenPlace["kind"], tooMuch: number): readonly OpenPlace[] {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return [];
    const mode = found.mode & 0o777;
    if ((mode & tooMuch) === 0) return [];
    const isForService = found.uid === 0 && found.gid !== 0;
    const limit = kind === "folder" ? 0o700 : 0o600;
    const wanted = mode & (isForService ? limit | ((limit >> 3) & 0o050) : limit);
    return wanted === mode ? [] : [{ path, kind, mode, wanted }];
}

/** A mode as chmod writes it. */
export function octal(mode: number): string {
    return mode.toString(8).padStart(3, "0");
}
