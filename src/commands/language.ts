import { z } from "zod";
import { cleanText } from "../conversation/clean-text.ts";
import { detectLanguage } from "../language/detect-language.ts";
import type { Language } from "../message.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { answerJsonLines, printJson } from "./json-lines.ts";

/** `bimedix2 language`, as it was typed. */
export interface LanguageOptions {
    /** The language of the conversation so far. */
    readonly prior?: Language;
    /** JSON lines with a field `text` and perhaps `prior`; `-`: standard input. */
    readonly file?: string;
}

const line = z.object({ text: z.string(), prior: z.enum(["ar", "en"]).nullish() });

/**
 * Prints in which language one text is answered, or each line of a file, and why: one JSON object a
 * line. Needs neither configuration nor model nor Redis.
 */
export async function language(
    text: string | undefined,
    { prior, file }: LanguageOptions,
): Promise<ExitCode> {
    if ((text === undefined) === (file === undefined)) {
        process.stderr.write(
            'Write one text, for example: bimedix2 language "3andi soda3", or name a file of JSON lines: bimedix2 language --file lines.jsonl\n',
        );
        return exitCode.usage;
    }
    if (text === undefined) {
        return await answerJsonLines(file ?? "-", line, '{"text": "…", "prior": "ar"}', (read) =>
            describe(read.text, read.prior ?? prior),
        );
    }
    printJson(describe(text, prior));
    return exitCode.success;
}

/** The language asked for, else the one the text is in, `other` or `keep`. */
function describe(text: string, previous: Language | undefined): object {
    const decision = detectLanguage(cleanText(text), {
        ...(previous === undefined ? {} : { previous }),
        fallback: "en",
    });
    const { reading, switchTo } = decision;
    const { detail, reasons } = reading;
    if (switchTo === undefined) {
        return { language: reading.language, detail, switch: false, reasons };
    }
    const asked = switchTo === "automatic" ? "the patient's own" : switchTo;
    return {
        language: switchTo === "automatic" ? reading.language : switchTo,
        detail,
        switch: true,
        reasons: [`asks for answers in another language: ${asked}`, ...reasons],
    };
}
