import {
    createTerminalPlatform,
    type TerminalOptions,
} from "../../adapters/terminal/terminal-platform.ts";
import type { Notices } from "../notices.ts";
import type { Platform } from "../ports.ts";
import { Reception } from "../reception.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import {
    composeVisibly,
    openLog,
    readConfig,
    stopController,
    terminalConversation,
    terminalLanguage,
} from "./session.ts";
import { greeting } from "./greeting.ts";

/** `bimedix2 chat`, as it was typed. */
export interface ChatOptions {
    readonly conversation: string;
}

/** A conversation in the terminal, until its input ends. */
export async function chat(options: ChatOptions): Promise<ExitCode> {
    const stop = stopController();
    const config = readConfig();
    const composition = await composeVisibly(config, openLog(config, true), {
        withoutRedis: "serve",
    });
    try {
        const platform = openTerminal(options.conversation, composition.parts.notices);
        process.stdout.write(greeting(composition, [], true));
        const reception = new Reception(composition.parts, stop.signal);
        const recovered = reception.recover([platform]);
        await platform.run((message) => reception.receive(message, platform), stop.signal);
        await reception.idle();
        stop.abort();
        await recovered;
        return exitCode.success;
    } finally {
        await composition.close();
    }
}

/** The terminal of this process as a platform. */
export function openTerminal(conversation: string, notices: Notices): Platform {
    const { appLanguage } = terminalLanguage();
    const options: TerminalOptions = {
        input: process.stdin,
        output: process.stdout,
        interactive: process.stdin.isTTY,
        conversation: terminalConversation(conversation),
        ...(appLanguage === undefined ? {} : { appLanguage }),
        texts: {
            attached: notices("picture-attached", appLanguage === "ar" ? "ar" : "en"),
            prompt: "> ",
        },
    };
    return createTerminalPlatform(options);
}
