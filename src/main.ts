/** The command line. */
import { Command, CommanderError, Option } from "commander";
import { isAppError } from "./errors.ts";
import { ask, type AskOptions } from "./commands/ask.ts";
import { chat, type ChatOptions } from "./commands/chat.ts";
import { describeConfig } from "./commands/describe-config.ts";
import { describeData } from "./commands/describe-data.ts";
import { doctor, type DoctorOptions } from "./commands/doctor.ts";
import { exitCode, type ExitCode } from "./commands/exit-code.ts";
import { reportError } from "./commands/session.ts";
import {
    type DeadReplyOptions,
    discardReplies,
    type QueueOptions,
    resendReplies,
    showQueue,
} from "./commands/queue.ts";
import { init } from "./commands/init.ts";
import { language, type LanguageOptions } from "./commands/language.ts";
import { type SafetyOptions, showSafety } from "./commands/safety.ts";
import { start, type StartOptions } from "./commands/start.ts";
import { triage, type TriageOptions } from "./commands/triage.ts";
import { showVersion, type VersionOptions } from "./commands/version.ts";
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
        .enablePositionalOptions()
        .exitOverride();

    program
        .command("init")
        .description("set up a clinic in this folder: a few questions, then clinic.yaml and .env")
        .action(async () => end(await init()));

    program
        .command("start")
        .description("serve all configured platforms, and this terminal")
        .addOption(
            new Option(
                "--role <role>",
                "what this process does: adapters speaks to the platforms, worker answers",
            )
                .choices(["all", "adapters", "worker"])
                .default("all"),
        )
        .action(async (options: StartOptions) => end(await start(options)));

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
        .command("triage")
        .description("show what the red-flag screen makes of a text, as JSON; needs no model")
        .argument("[text]", "a patient's words, in Arabic or English")
        .option(
            "--file <file>",
            "JSON lines with a text each, a result a line; - for standard input",
        )
        .action(async (text: string | undefined, options: TriageOptions) =>
            end(await triage(text, options)),
        );

    program
        .command("language")
        .description("show in which language a text is answered, and why, as JSON; needs no model")
        .argument("[text]", "a patient's words, in any language")
        .addOption(
            new Option("--prior <language>", "the language of the conversation so far").choices([
                "ar",
                "en",
            ]),
        )
        .option(
            "--file <file>",
            "JSON lines with a text each and perhaps a prior, a result a line; - for standard input",
        )
        .action(async (text: string | undefined, options: LanguageOptions) =>
            end(await language(text, options)),
        );

    program
        .command("doctor")
        .description("check the installation and say what to do about each fault")
        .option(
            "--report",
            "a text for a report of a fault: with versions, without secrets and names",
            false,
        )
        .action(async (options: DoctorOptions) => end(await doctor(options)));

    program
        .command("safety")
        .description("show what the safety checks have found so far, in numbers")
        .addOption(new Option("--json", "print one JSON object").default(false))
        .addOption(
            new Option("--prometheus", "print the text that Prometheus reads")
                .default(false)
                .conflicts("json"),
        )
        .action(async (options: SafetyOptions) => end(await showSafety(options)));

    describeQueue(program, end);
    describeData(program, end);
    describeConfig(program, end);
    program
        .command("version")
        .description("print the versions of the program and of what it runs on")
        .option("--json", "print one JSON object", false)
        .action(async (options: VersionOptions) => end(await showVersion(options)));
    program.addHelpText(
        "after",
        "\nSettings: .env (secrets, addresses) and clinic.yaml (everything else) in the current folder; see docs/configuration.md.",
    );
    return program;
}

function describeQueue(program: Command, end: (status: ExitCode) => void): void {
    const queue = program
        .command("queue")
        .description("show who waits, who answers, and which replies could not be delivered")
        .option("--json", "print one JSON object", false)
        // Behind "resend" and "discard", --json is theirs.
        .enablePositionalOptions()
        .action(async (options: QueueOptions) => end(await showQueue(options)));
    const forReplies = (
        name: string,
        description: string,
        treat: (ids: string[], options: DeadReplyOptions) => Promise<ExitCode>,
    ): void => {
        queue
            .command(name)
            .description(description)
            .argument("[id...]", "the replies, as the queue shows them")
            .option("--all", "all of them", false)
            .option("--json", "print one JSON object", false)
            .action(async (ids: string[], options: DeadReplyOptions) =>
                end(await treat(ids, options)),
            );
    };
    forReplies("resend", "send replies again that could not be delivered", resendReplies);
    forReplies("discard", "forget replies that could not be delivered", discardReplies);
}

function collect(value: string, before: readonly string[]): string[] {
    return [...before, value];
}
