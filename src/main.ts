/** The command line. Each command is loaded when it is asked for: most of them are heavy. */
import { type Command, CommanderError, Option } from "commander";
import { describeAnswers, describeServing } from "./commands/describe-answers.ts";
import { describeClinic, describeInit } from "./commands/describe-clinic.ts";
import { describeConfig } from "./commands/describe-config.ts";
import { describeData } from "./commands/describe-data.ts";
import { describePull } from "./commands/describe-pull.ts";
import { describeQueue } from "./commands/describe-queue.ts";
import { describeUsers } from "./commands/describe-users.ts";
import { createDescriber, createProgram } from "./commands/describe.ts";
import { exitCode, type ExitCode } from "./commands/exit-code.ts";
import { reportError } from "./commands/report-error.ts";
import { isAppError } from "./errors.ts";
import type { Language } from "./message.ts";
import { packageVersion } from "./package-version.ts";
import { commandLanguage } from "./settings/command-language.ts";

/**
 * Runs one command line.
 *
 * @param args The words behind `bimedix2`.
 * @returns The exit status.
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
    let status: ExitCode = exitCode.success;
    const { option, ordered } = languageFirst(args);
    const language = commandLanguage({
        option,
        environment: process.env,
        folder: process.cwd(),
    });
    const program = describeProgram(language, (code) => {
        status = code;
    });
    try {
        await program.parseAsync(ordered, { from: "user" });
        return status;
    } catch (error) {
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? exitCode.success : exitCode.usage;
        }
        if (isAppError(error, "aborted")) return exitCode.interrupted;
        return reportError(error);
    }
}

/** The whole command line in one language, in the order of its explanation. */
export function describeProgram(language: Language, end: (status: ExitCode) => void): Command {
    const program = createProgram(language);
    const describer = createDescriber(language, end);
    program
        .version(packageVersion(), "--version", describer.say("version"))
        .addOption(new Option("--lang <language>", describer.say("lang")).choices(["ar", "en"]));
    describeInit(program, describer);
    describeServing(program, describer);
    describeAnswers(program, describer);
    describePull(program, describer);
    describeUsers(program, describer);
    describeQueue(program, describer);
    describeData(program, describer);
    describeConfig(program, describer);
    describeClinic(program, describer);
    return program;
}

/** Puts `--lang` before the command, wherever it stands: it is needed before anything is explained. */
function languageFirst(args: readonly string[]): {
    readonly option: string | undefined;
    readonly ordered: readonly string[];
} {
    const end = args.includes("--") ? args.indexOf("--") : args.length;
    const index = args.findIndex(
        (word, at) => at < end && (word === "--lang" || word.startsWith("--lang=")),
    );
    const word = args[index];
    if (word === undefined) return { option: undefined, ordered: args };
    const taken = word === "--lang" ? 2 : 1;
    const named = args.slice(index, index + taken);
    return {
        option: word === "--lang" ? args[index + 1] : word.slice("--lang=".length),
        ordered: [...named, ...args.slice(0, index), ...args.slice(index + taken)],
    };
}
