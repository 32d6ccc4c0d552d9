import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";

/** One change of llama.cpp's sources; native/corrections.json lists them. */
export interface Correction {
    /** Relative to the root of llama.cpp's sources. */
    readonly file: string;
    /** What is wrong with the line as it is. */
    readonly reason: string;
    /** A whole line, or several. */
    readonly expected: string;
    readonly replacement: string;
}

/**
 * Applies the corrections to a folder of llama.cpp's sources. A line that is not there exactly once
 * means that the sources have changed and a person must look at the correction again.
 *
 * @throws `companion-unavailable` before anything was written.
 */
export async function correctSources(
    sourcesFolder: string,
    corrections: readonly Correction[],
): Promise<void> {
    const texts = new Map<string, string>();
    for (const correction of corrections) {
        const path = join(sourcesFolder, correction.file);
        const text = texts.get(path) ?? (await readFile(path, "utf8").catch(() => ""));
        texts.set(path, correctText(text, correction));
    }
    for (const [path, text] of texts) await writeFile(path, text);
}

/**
 * Replaces the one occurrence of the expected lines.
 *
 * @throws `companion-unavailable` when they occur never or several times.
 */
export function correctText(text: string, correction: Correction): string {
    const [first, ...others] = occurrences(text, correction.expected);
    if (first === undefined || others.length > 0) {
        const times = first === undefined ? 0 : others.length + 1;
        throw new AppError(
            "companion-unavailable",
            `llama.cpp's ${correction.file} holds a line that must be corrected ${times} times instead of once (${correction.reason}).`,
            {
                remedy: "Run `npm ci` to get the node-llama-cpp version that this program was made for; if that does not help, report it to the program's makers.",
            },
        );
    }
    const after = text.slice(first + correction.expected.length);
    return `${text.slice(0, first)}${correction.replacement}${after}`;
}

/** Where `lines` stand as whole lines. */
function occurrences(text: string, lines: string): readonly number[] {
    const framed = `\n${text}\n`;
    const found: number[] = [];
    for (let at = -1; (at = framed.indexOf(`\n${lines}\n`, at + 1)) >= 0;) found.push(at);
    return found;
}
