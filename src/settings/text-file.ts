import { readFileSync } from "node:fs";

/** What became of reading a file: its text, or why there is none. */
export type TextFile =
    { readonly text: string } | { readonly missing: true } | { readonly problem: string };

/** Far more than any configuration needs; guards against a wrong path. */
const maxBytes = 1_048_576;

/** Reads a text file as administrators make them; a byte order mark and CRLF are taken away. */
export function readTextFile(path: string): TextFile {
    let bytes: Buffer;
    try {
        bytes = readFileSync(path);
    } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        if (code === "ENOENT" || code === "ENOTDIR") return { missing: true };
        if (code === "EISDIR") return { problem: "This is a folder; it must be a file." };
        return {
            problem: `The file cannot be read (${code || "unknown reason"}); let the user who runs this program read it.`,
        };
    }
    if (bytes.length > maxBytes) {
        return { problem: "The file is larger than 1 MB; this is not a configuration file." };
    }
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
        return { problem: "The file is saved as UTF-16; save it again as UTF-8." };
    }
    try {
        const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
        return { text: text.replaceAll("\r\n", "\n") };
    } catch {
        return { problem: "The file is not UTF-8 text; save it again as UTF-8." };
    }
}
