import { join } from "node:path";
import type { Language } from "../message.ts";
import { readEnvironmentFile } from "./environment-file.ts";

/** What decides in which language the command line explains itself. */
export interface CommandLanguageInput {
    /** What stands behind `--lang`. */
    readonly option: string | undefined;
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** Where .env is looked for. */
    readonly folder: string;
}

const variable = "BIMEDIX2_LANG";

/**
 * The language of explanations: the option, else BIMEDIX2_LANG, else the terminal's. What is neither
 * `ar` nor `en` decides nothing.
 */
export function commandLanguage({ option, environment, folder }: CommandLanguageInput): Language {
    const set = environment[variable] || fromFile(folder);
    for (const wanted of [option, set]) {
        const named = wanted?.trim().toLowerCase();
        if (named === "ar" || named === "en") return named;
    }
    const { LC_ALL, LC_MESSAGES, LANG } = environment;
    return /^ar(?![a-z])/i.test(LC_ALL || LC_MESSAGES || LANG || "") ? "ar" : "en";
}

function fromFile(folder: string): string | undefined {
    const { variables } = readEnvironmentFile(join(folder, ".env"), ".env", [variable]);
    return variables.get(variable)?.value;
}
