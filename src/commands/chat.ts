import {
    createTerminalPlatform,
    type TerminalOptions,
} from "../../adapters/terminal/terminal-platform.ts";
import type { AssistantParts } from "../assistant.ts";
import { compose } from "../compose.ts";
import type { Notices } from "../notices.ts";
import type { Platform } from "../ports.ts";
import { prepareModel } from "../prepare-model.ts";
import { DirectAnswers } from "../direct-answers.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import {
    openLog,
    readConfig,
    stopController,
    terminalConversation,
    terminalLanguage,
    visibly,
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
    const composition = await visibly((onProgress) =>
        compose(config, openLog(config, true), onProgress, { withoutRedis: "serve" }),
    );
    const { parts, redis } = composition;
    try {
        const { model, notices } = parts;
        void prepareModel(model, parts);
        const { licence } = config.model;
        process.stdout.write(
            greeting({
                model: model.description,
                notices,
                redis,
                licence,
                lines: [],
                withTerminal: true,
            }),
        );
        const terminal = openTerminal(options.conversation, notices);
        await attendTerminal(terminal, () => parts, stop.signal);
        return exitCode.success;
    } finally {
        await composition.close();
    }
}

/** Talks to whoever sits at the terminal, until its input ends and everything is answered. */
export async function attendTerminal(
    terminal: Platform,
    parts: () => AssistantParts,
    signal: AbortSignal,
): Promise<void> {
    const direct = new DirectAnswers(parts, signal);
    await terminal.run((message) => {
        direct.receive(message, terminal);
        return Promise.resolve();
    }, signal);
    await direct.idle();
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
