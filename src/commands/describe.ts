import { Command, Help, type HelpConfiguration, type Option } from "commander";
import type { Language } from "../message.ts";
import { arabicComplaint, arabicExtras, arabicTitle } from "./commander-words.ts";
import type { ExitCode } from "./exit-code.ts";
import { type CommandName, commandTexts } from "./help-commands.ts";
import { type OptionName, optionTexts } from "./help-options.ts";
import { rightToLeft } from "./right-to-left.ts";

/** What commands are described with. */
export interface Describer {
    /** Adds a command, named by its words behind `bimedix2`, to the one above it. */
    readonly command: (parent: Command, name: CommandName) => Command;
    /** The meaning of an argument or an option. */
    readonly say: (name: OptionName) => string;
    /** Is told how a command ended. */
    readonly end: (status: ExitCode) => void;
}

/** Describes commands in one language. */
export function createDescriber(language: Language, end: Describer["end"]): Describer {
    return {
        command: (parent, name) =>
            parent
                .command(name.split(" ").at(-1) ?? name)
                .description(commandTexts[name][language])
                // Not where it would be one more command of a command that does something itself.
                .helpCommand(false),
        say: (name) => optionTexts[name][language],
        end,
    };
}

/** The program without commands, which explains itself and complains in one language. */
export function createProgram(language: Language): Command {
    const say = (name: OptionName): string => optionTexts[name][language];
    return new Command("bimedix2")
        .description(say("program"))
        .helpOption("--help", say("help"))
        .helpCommand("help [command]", commandTexts.help[language])
        .configureHelp({
            showGlobalOptions: true,
            optionDescription: explainOption,
            ...(language === "ar" ? arabicHelp : {}),
        })
        .configureOutput({
            outputError: (text, write) =>
                write(language === "ar" ? rightToLeft(arabicComplaint(text)) : text),
        })
        .addHelpText("after", () => `\n${ordered(say("settings"), language)}`)
        .showSuggestionAfterError()
        .showHelpAfterError(say("help-after-error"))
        .enablePositionalOptions()
        .exitOverride();
}

function ordered(text: string, language: Language): string {
    return language === "ar" ? rightToLeft(text) : text;
}

const plain = new Help();

/** That something is not so without its option goes without saying. */
function explainOption(option: Option): string {
    return plain.optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/, "");
}

const arabicHelp: HelpConfiguration = {
    styleTitle: arabicTitle,
    optionDescription: (option) => arabicExtras(explainOption(option)),
    formatHelp: (command, helper) => rightToLeft(plain.formatHelp(command, helper)),
};
