import { createReadStream } from "node:fs";
import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";
import { z } from "zod";
import { cleanText } from "../conversation/clean-text.ts";
import { AppError } from "../errors.ts";
import { detectLanguage } from "../language/detect-language.ts";
import type { Language } from "../message.ts";
import { loadSafetyRules } from "../open-safety.ts";
import type { Triage } from "../safety/triage/assessment.ts";
import { createTriage } from "../safety/triage/create-triage.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
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
    const screen = createScreen(createTriage(rules), config.defaultLanguage);
    if (text !== undefined) {
        print(screen(text, []));
        return exitCode.success;
    }
    return await screenLines(open(file ?? "-"), screen);
}

type Screen = (text: string, earlier: readonly string[]) => object;

function createScreen(assess: Triage, fallback: Language): Screen {
    return (written, earlier) => {
        const text = cleanText(written);
        const { disposition, crisis, rules } = assess(text, earlier);
        const { language } = detectLanguage(text, { fallback });
        return { disposition, crisis, rules, language };
    };
}

function open(file: string): Readable {
    return file === "-" ? process.stdin : createReadStream(file);
}

async function screenLines(input: Readable, screen: Screen): Promise<ExitCode> {
    let number = 0;
    let status: ExitCode = exitCode.success;
    try {
        for await (const source of createInterface({ input, crlfDelay: Infinity })) {
            number += 1;
            if (source.trim() === "") continue;
            const read = readLine(source);
            if (read) print(screen(read.text, read.earlier ?? []));
            else {
                // Results stay beside their lines.
                print({ error: 'This line is no JSON object with a text, like {"text": "…"}.' });
                process.stderr.write(`Line ${String(number)} is no JSON object with a text.\n`);
                status = exitCode.failure;
            }
        }
    } catch (error) {
        throw new AppError("config-invalid", "The file of test lines cannot be read.", {
            remedy: "Name a file that exists and may be read, or - for standard input.",
            cause: error,
        });
    }
    return status;
}

function readLine(source: string): z.output<typeof line> | undefined {
    try {
        // Editors on Windows begin a file with a mark, which is white space to `trim` alone.
        return line.safeParse(JSON.parse(source.trim())).data;
    } catch {
        return undefined;
    }
}

function print(result: object): void {
    process.stdout.write(`${JSON.stringify(result)}\n`);
}
