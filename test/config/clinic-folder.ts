import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Config, type ConfigInput, loadConfig } from "../../src/config.ts";
import { packageRoot } from "../../src/package-root.ts";

/** The files of a folder by their names. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Runs `use` in a fresh folder with these files, as an administrator would have made it. */
export function inFolderWith<Result>(files: Files, use: (folder: string) => Result): Result {
    const folder = mkdtempSync(join(tmpdir(), "bimedix2-config-"));
    try {
        for (const [name, content] of Object.entries(files)) {
            mkdirSync(dirname(join(folder, name)), { recursive: true });
            writeFileSync(join(folder, name), content);
        }
        return use(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** The configuration that these files and variables make. */
export function configOf(files: Files, environment: ConfigInput["environment"] = {}): Config {
    return inFolderWith(files, (folder) =>
        loadConfig({ environment, folder, packageRoot: packageRoot() }),
    );
}

/** Has the form of a Telegram bot token and is none. */
export const token = `123456789:${"A".repeat(35)}`;
/** Not of any account. */
export const accessToken = `EAA${"x".repeat(40)}`;
/** Not of any app. */
export const appSecret = "0123456789abcdef".repeat(2);
