import { type Command, Option } from "commander";
import type { AskOptions } from "./ask.ts";
import type { ChatOptions } from "./chat.ts";
import type { Describer } from "./describe.ts";
import type { LanguageOptions } from "./language.ts";
import type { StartOptions } from "./start.ts";
import type { StatusOptions } from "./status.ts";
import type { TriageOptions } from "./triage.ts";

/** Describes `start`, how it goes, and `chat`. */
export function describeServing(program: Command, { command, say, end }: Describer): void {
    command(program, "start")
        .addOption(
            new Option("--role <role>", say("role"))
                .choices(["all", "adapters", "worker"])
                .default("all"),
        )
        .action(async (options: StartOptions) =>
            end(await (await import("./start.ts")).start(options)),
        );
    command(program, "status")
        .option("--json", say("json"), false)
        .option("--watch", say("watch"), false)
        .action(async (options: StatusOptions) =>
            end(await (await import("./status.ts")).showStatus(options)),
        );
    command(program, "chat")
        .option("--conversation <id>", say("chatConversation"), "chat")
        .action(async (options: ChatOptions) =>
            end(await (await import("./chat.ts")).chat(options)),
        );
}

/** Describes `ask`, `triage` and `language`, which say something about one text. */
export function describeAnswers(program: Command, { command, say, end }: Describer): void {
    command(program, "ask")
        .argument("[question]", say("question"))
        .option("--image <file>", say("image"), collect, [])
        .addOption(new Option("--language <language>", say("answerLanguage")).choices(languages))
        .option("--conversation <id>", say("askConversation"))
        .option("--json", say("json"), false)
        .action(async (question: string | undefined, options: AskOptions) =>
            end(await (await import("./ask.ts")).ask(question, options)),
        );
    command(program, "triage")
        .argument("[text]", say("triageText"))
        .option("--file <file>", say("triageFile"))
        .action(async (text: string | undefined, options: TriageOptions) =>
            end(await (await import("./triage.ts")).triage(text, options)),
        );
    command(program, "language")
        .argument("[text]", say("languageText"))
        .addOption(new Option("--prior <language>", say("prior")).choices(languages))
        .option("--file <file>", say("languageFile"))
        .action(async (text: string | undefined, options: LanguageOptions) =>
            end(await (await import("./language.ts")).language(text, options)),
        );
}

const languages = ["ar", "en"];

function collect(value: string, before: readonly string[]): string[] {
    return [...before, value];
}
