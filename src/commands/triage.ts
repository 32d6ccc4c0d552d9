import { z } from "zod";
import { cleanText } from "../conversation/clean-text.ts";
import { detectLanguage } from "../language/detect-language.ts";
import type { Language } from "../message.ts";
import { loadSafetyRules } from "../open-safety.ts";
import type { Triage } from "../safety/triage/assessment.ts";
import { createScreen } from "../screen-words.ts";
import { createTriage } from "../safety/triage/create-triage.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { answerJsonLines, printJson } from "./json-lines.ts";
import { readConfig } from "./session.ts";

/** `bimedix2 triage`, as it was typed. */
export interface TriageOptions {
    /** JSON lines with a field `text`; `-`: standard input. */
    readonly file?: string;
}

const line = z.object({ text: z.string(), earlier: z.array(z.string()).optional() });

/**
 * Prints what the red-flag screen makes of one text, or of each line of a file: one JSON object a
 * line. Needs neither the model nor Redis.
 */
export async function triage(text: string | undefined, options: TriageOptions): Promise<ExitCode> {
    const { file } = options;
    if ((text === undefined) === (file === undefined)) {
        process.stderr.write(
            'Write one text, for example: bimedix2 triage "chest pain", or name a file of JSON lines: bimedix2 triage --file cases.jsonl\n',
        );
        return exitCode.usage;
    }
    const config = readConfig();
    const { triage: rules } = await loadSafetyRules(config);
    const screen = describe(createScreen(createTriage(rules)), config.defaultLanguage);
    if (text === undefined) {
        return await answerJsonLines(file ?? "-", line, '{"text": "…"}', (read) =>
            screen(read.text, read.earlier),
        );
    }
    printJson(screen(text));
    return exitCode.success;
}

type Screen = (text: string, earlier?: readonly string[]) => object;

function describe(assess: Triage, fallback: Language): Screen {
    return (written, earlier = []) => {
        const text = cleanText(written);
        const { disposition, crisis, rules } = assess(text, earlier);
        const { language } = detectLanguage(text, { fallback });
        return { disposition, crisis, rules, language };
    };
}
