import { createReadStream } from "node:fs";
import { createInterface } from "node:readline/promises";
import type { z } from "zod";
import { AppError } from "../errors.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";

/**
 * Prints one JSON object for each line of a file of JSON lines, in the same order; lines that cannot
 * be read are named on standard error.
 *
 * @param file `-`: standard input.
 * @param example A line as it should be.
 * @param answer What is printed for a line.
 * @throws `config-invalid` when the file cannot be read.
 */
export async function answerJsonLines<Line extends { readonly text: string }>(
    file: string,
    schema: z.ZodType<Line>,
    example: string,
    answer: (line: Line) => object,
): Promise<ExitCode> {
    const input = file === "-" ? process.stdin : createReadStream(file);
    let number = 0;
    // A reader that has gone (`| head`) wants no more.
    process.stdout.on("error", () => process.exit(exitCode.success));
    let status: ExitCode = exitCode.success;
    try {
        for await (const source of createInterface({ input, crlfDelay: Infinity })) {
            number += 1;
            if (source.trim() === "") continue;
            const line = readLine(source, schema);
            if (line) printJson(answer(line));
            else {
                // Results stay beside their lines.
                printJson({ error: `This line is no JSON object like ${example}.` });
                process.stderr.write(`Line ${String(number)} is no JSON object like ${example}.\n`);
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

/** Prints one JSON object on a line of its own. */
export function printJson(result: object): void {
    process.stdout.write(`${JSON.stringify(result)}\n`);
}

function readLine<Line>(source: string, schema: z.ZodType<Line>): Line | undefined {
    try {
        // Editors on Windows begin a file with a mark, which is white space to `trim` alone.
        return schema.safeParse(JSON.parse(source.trim())).data;
    } catch {
        return undefined;
    }
}
