import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type PlacedFault } from "../errors.ts";
import type { Language } from "../message.ts";
import { promptFaults } from "./check-prompt.ts";
import { fillPrompt, type PromptValues } from "./fill-prompt.ts";
import { promptLanguages, type PromptName, promptNames } from "./prompt-names.ts";

export type { PromptName } from "./prompt-names.ts";

/** What the assistant says and is told, in both languages. */
export interface PromptLibrary {
    /**
     * A text with its placeholders filled; values that it does not ask for are ignored.
     *
     * @throws `prompts-invalid` when a value that it asks for is not given.
     */
    text(name: PromptName, language: Language, values?: PromptValues): string;
}

/** An administrator's own wording of some texts. */
export type PromptOverrides = Partial<
    Record<PromptName, Readonly<Partial<Record<Language, string>>>>
>;

/** A text as it was found, with the words that name its place. */
interface Source {
    readonly origin: "file" | "clinic";
    readonly place: string;
    readonly text: string;
}

/**
 * Reads and checks every text of the product. The folder holds `<name>.<ar|en>.md` for every name
 * and nothing else but a README.md, the folder `other-languages` and hidden files.
 *
 * @param overrides Wordings to use instead of files; they may leave placeholders away.
 * @throws `prompts-invalid` with all faults at once, one a line.
 */
export async function loadPrompts(
    folder: string,
    overrides: PromptOverrides = {},
): Promise<PromptLibrary> {
    const faults: PlacedFault[] = [...(await strangers(folder))];
    const texts = new Map<string, string>();
    for (const name of promptNames) {
        for (const language of promptLanguages) {
            const source = await readSource(folder, name, language, overrides);
            if ("message" in source) {
                faults.push(source);
                continue;
            }
            const found = promptFaults(name, language, source.text, source.origin);
            faults.push(...found.map((message) => ({ file: source.place, message })));
            texts.set(`${name}.${language}`, source.text);
        }
    }
    if (faults.length > 0) {
        const lines = faults.map(({ file, message }) => `${file}: ${message}`);
        throw new AppError("prompts-invalid", `Some texts cannot be used:\n${lines.join("\n")}`, {
            faults,
            remedy: `Correct these texts in ${folder} or in the configuration, or put back the original files.`,
        });
    }
    return {
        text: (name, language, values = {}) =>
            fillPrompt(name, language, texts.get(`${name}.${language}`) ?? "", values),
    };
}

async function readSource(
    folder: string,
    name: PromptName,
    language: Language,
    overrides: PromptOverrides,
): Promise<Source | PlacedFault> {
    const override = overrides[name]?.[language];
    const file = `${name}.${language}.md`;
    if (override !== undefined) {
        const place = `your own wording of ${name} (${language})`;
        return { origin: "clinic", place, text: withoutComments(tidy(override)) };
    }
    try {
        const bytes = await readFile(join(folder, file));
        const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
        return { origin: "file", place: file, text: withoutComments(tidy(text)) };
    } catch (error) {
        if (error instanceof TypeError) return { file, message: "It is not saved as UTF-8 text." };
        const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
        return { file, message: missing ? "It is missing." : "It cannot be read." };
    }
}

/** What stands in the folder beside the texts. */
const beside: ReadonlySet<string> = new Set(["README.md", "other-languages"]);

async function strangers(folder: string): Promise<PlacedFault[]> {
    const known = new Set(
        promptNames.flatMap((name) => promptLanguages.map((language) => `${name}.${language}.md`)),
    );
    try {
        const files = await readdir(folder);
        return files
            .filter((file) => !known.has(file) && !beside.has(file) && !file.startsWith("."))
            .map((file) => ({ file, message: "No text of this name is used." }));
    } catch (error) {
        throw new AppError("prompts-invalid", `The folder of texts cannot be read: ${folder}`, {
            remedy: "Put back the folder that came with the program.",
            cause: error,
        });
    }
}

function tidy(text: string): string {
    return text.replaceAll("\r\n", "\n").trim();
}

/** Notes for those who edit a file stand in comments at its beginning. */
function withoutComments(text: string): string {
    let rest = text;
    while (rest.startsWith("<!--") && rest.includes("-->")) {
        rest = rest.slice(rest.indexOf("-->") + 3).trimStart();
    }
    return rest;
}
