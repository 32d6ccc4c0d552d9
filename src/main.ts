/** The command line. */
import { Command, CommanderError, Option } from "commander";
import { isAppError } from "./errors.ts";
import { ask, type AskOptions } from "./commands/ask.ts";
import { chat, type ChatOptions } from "./commands/chat.ts";
import { doctor } from "./commands/doctor.ts";
import { exitCode, type ExitCode } from "./commands/exit-code.ts";
import { reportError } from "./commands/session.ts";
import { start } from "./commands/start.ts";
import { packageVersion } from "./package-version.ts";

/**
 * Runs one command line.
 *
 * @param args The words behind `bimedix2`.
 * @returns The exit status.
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
    let status: ExitCode = exitCode.success;
    const program = describeProgram((code) => {
        status = code;
    });
    try {
        await program.parseAsync(args, { from: "user" });
        return status;
    } catch (error) {
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? exitCode.success : exitCode.usage;
        }
        if (isAppError(error, "aborted")) return exitCode.interrupted;
        return reportError(error);
    }
}

function describeProgram(end: (status: ExitCode) => void): Command {
    const program = new Command("bimedix2")
        .description("A bilingual (Arabic / English) medical assistant on your own machine.")
        .version(packageVersion(), "--version", "print the version")
        .helpOption("--help", "explain a command")
        .configureHelp({ showGlobalOptions: true })
        .showSuggestionAfterError()
        .exitOverride();

    program
        .command("start")
        .description("serve all configured platforms, and this terminal")
        .action(async () => end(await start()));

    program
        .command("chat")
        .description("talk to the assistant in this terminal")
        .option("--conversation <id>", "the name of the conversation to go on with", "chat")
        .action(async (options: ChatOptions) => end(await chat(options)));

    program
        .command("ask")
        .description("answer one question; without words, the question is read from standard input")
        .argument("[question]", "the question, in Arabic or English")
        .option("--image <file>", "a picture; may be repeated", collect, [])
        .addOption(
            new Option("--language <language>", "the language of the answer").choices(["ar", "en"]),
        )
        .option("--conversation <id>", "questions of one name form one conversation")
        .option("--json", "print one JSON object", false)
        .action(async (question: string | undefined, options: AskOptions) =>
            end(await ask(question, options)),
        );

    program
        .command("doctor")
        .description("check the installation and say what to do about each fault")
        .action(async () => end(await doctor()));

    program.addHelpText(
        "after",
        "\nSettings: .env (secrets, addresses) and clinic.yaml (everything else) in the current folder; see docs/configuration.md.",
    );
    return program;
}

function collect(value: string, before: readonly string[]): string[] {
    return [...before, value];
}
