import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type PlacedFault } from "../errors.ts";

/**
 * What somebody reads who writes in a language that the assistant does not speak, in that language:
 * which ones it does speak, and the number to call in an emergency. By the language's tag (BCP 47).
 */
export type OtherLanguages = ReadonlyMap<string, string>;

const fileName = /^([a-z]{2,3}(?:-[A-Z][a-z]{3})?)\.md$/;
const mostCharacters = 400;
const placeholder = "{emergencyNumber}";
// Persian needs its half-space; marks of direction would reorder what is read.
const unwanted = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFD{}]/u;

/**
 * Reads and checks every `<tag>.md` of the folder; a clinic may add languages or take some away. The
 * first line of a file says which languages are spoken; a second one names the emergency number.
 *
 * @param emergencyNumber Absent: the second lines are left out.
 * @throws `prompts-invalid` with all faults at once, one a line.
 */
export async function loadOtherLanguages(
    folder: string,
    emergencyNumber?: string,
): Promise<OtherLanguages> {
    const files = await list(folder);
    const faults: PlacedFault[] = [];
    const texts = new Map<string, string>();
    for (const file of files) {
        const tag = fileName.exec(file)?.[1];
        const found = tag === undefined ? wrongName : await readLines(join(folder, file));
        if ("fault" in found) faults.push({ file, message: found.fault });
        else if (tag !== undefined) texts.set(tag, textFor(found.lines, emergencyNumber));
    }
    if (faults.length > 0) {
        const lines = faults.map(({ file, message }) => `${file}: ${message}`);
        throw new AppError("prompts-invalid", `Some texts cannot be used:\n${lines.join("\n")}`, {
            faults,
            remedy: `Correct these texts in ${folder}, or put back the original files.`,
        });
    }
    return texts;
}

const wrongName = {
    fault: "The name must be a language's tag, such as fr.md or ur-Latn.md.",
} as const;

type Lines = { readonly lines: readonly string[] } | { readonly fault: string };

async function readLines(path: string): Promise<Lines> {
    let text: string;
    try {
        const bytes = await readFile(path);
        text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
    } catch (error) {
        const notText = error instanceof TypeError;
        return { fault: notText ? "It is not saved as UTF-8 text." : "It cannot be read." };
    }
    const lines = text.replaceAll("\r\n", "\n").split("\n");
    const [spoken = "", emergency] = lines;
    if (spoken === "") return { fault: "It is empty." };
    if (lines.length > 2) return { fault: "It must have at most two lines." };
    if (text.length > mostCharacters) {
        return { fault: `It must have at most ${String(mostCharacters)} characters.` };
    }
    if (emergency !== undefined && !emergency.includes(placeholder)) {
        return { fault: `Its second line must hold ${placeholder}.` };
    }
    return unwanted.test(lines.join("").replace(placeholder, ""))
        ? {
              fault: "It holds a brace, an invisible text-direction character or a control character.",
          }
        : { lines };
}

function textFor([spoken = "", emergency]: readonly string[], number: string | undefined): string {
    if (emergency === undefined || number === undefined) return spoken;
    return `${spoken} ${emergency.replace(placeholder, number)}`;
}

async function list(folder: string): Promise<string[]> {
    try {
        const files = await readdir(folder);
        return files.filter((file) => !file.startsWith(".")).sort();
    } catch (error) {
        throw new AppError("prompts-invalid", `The folder of texts cannot be read: ${folder}`, {
            remedy: "Put back the folder that came with the program.",
            cause: error,
        });
    }
}
