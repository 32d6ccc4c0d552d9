import { type Command, type CommandName, commandNames } from "../message.ts";

/** The command with this name, in whatever case; `undefined`: there is none. */
export function commandNamed(name: string): CommandName | undefined {
    return commandNames.find((candidate) => candidate === name.toLowerCase());
}

/**
 * `/name` or `/name argument`. Where several bots listen to one chat also `/name@bot`, which counts
 * if `isOurs` says so; another bot's command is none.
 */
export function readCommand(
    text: string,
    isOurs: (addressee: string) => boolean = () => false,
): Command | undefined {
    const [, name = "", addressee, argument = ""] =
        /^\/(\w+)(?:@(\w+))?(?:\s+(.*))?$/su.exec(withoutMarks(text).trim()) ?? [];
    const known = commandNamed(name);
    if (known === undefined || (addressee !== undefined && !isOurs(addressee))) return undefined;
    return { name: known, argument: argument.trim() };
}

/** Copied text brings the invisible marks of direction with it. */
function withoutMarks(text: string): string {
    return text.replaceAll(/[\u061C\u200E\u200F\u2060\u2066-\u2069]/g, "");
}
