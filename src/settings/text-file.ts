import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What became of reading a file: its text, or why there is none. */
export type TextFile =
    { readonly text: string } | { readonly missing: true } | { readonly problem: string };

/** Far more than any configuration needs; guards against a wrong path. */
const maxBytes = 1_048_576;

/**
 * Reads a text file as administrators make them; a byte order mark and CRLF are taken away. A file
 * of the same folder with one of the `misnamed` names is told apart from none at all.
 */
export function readTextFile(path: string, misnamed: readonly string[] = []): TextFile {
    let bytes: Buffer;
    try {
        bytes = readFileSync(path);
    } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        if (code === "ENOENT" || code === "ENOTDIR") {
            const found = misnamed.find((name) => existsSync(join(dirname(path), name)));
            if (found === undefined) return { missing: true };
            return { problem: `The file is named ${found}. Rename it to ${basename(path)}.` };
        }
        if (code === "EISDIR") return { problem: "This is a folder. It must be a file." };
        return {
            problem: `The file cannot be read (${code || "unknown reason"}). Let the user who runs this program read it.`,
        };
    }
    if (bytes.length > maxBytes) {
        return { problem: "The file is larger than 1 MB. This is not a configuration file." };
    }
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
        return { problem: "The file is saved as UTF-16. Save it again as UTF-8." };
    }
    try {
        const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
        return { text: text.replaceAll("\r\n", "\n") };
    } catch {
        return { problem: "The file is not UTF-8 text. Save it again as UTF-8." };
    }
}
