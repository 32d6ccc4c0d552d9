import { setMaxListeners } from "node:events";
import type { ConversationKey } from "../message.ts";
import type { Config } from "../config.ts";
import { type ConfigInput, type InspectedConfig, inspectConfig, loadConfig } from "../config.ts";
import type { SoundConfig } from "../live-config.ts";
import { configInvalid } from "../settings/faults.ts";
import type { OnProgress } from "../storage.ts";
import { AppError } from "../errors.ts";
import { createLogger, type Logger } from "../log.ts";
import { packageRoot } from "../package-root.ts";
import { createReadableLogger } from "../readable-log.ts";
import { join } from "node:path";
import { exitCode } from "./exit-code.ts";
import { createProgressLine } from "./terminal-output.ts";

/** The configuration of the current folder. */
export function readConfig(): Config {
    return loadConfig(currentFolder());
}

/** The configuration of the current folder with its faults. */
export function inspectCurrentConfig(): InspectedConfig {
    return inspectConfig(currentFolder());
}

/**
 * The configuration of the current folder, with what a later one is compared with.
 *
 * @throws `config-invalid`.
 */
export function readSoundConfig(): SoundConfig {
    const inspected = inspectCurrentConfig();
    const { config, faults } = inspected;
    if (config === undefined) throw configInvalid(faults);
    return { ...inspected, config };
}

/** Where the current folder's configuration is read from. */
export function currentFolder(): ConfigInput {
    return { environment: process.env, folder: process.cwd(), packageRoot: packageRoot() };
}

/**
 * The log: standard error for a service, in lines for people where that is a terminal; a file in the
 * data folder where somebody reads the answers in the terminal.
 */
export function openLog(config: Config, forPerson: boolean): Logger {
    if (!forPerson && process.stderr.isTTY) {
        const colours = process.stderr.hasColors();
        return createReadableLogger(config.logLevel, { output: process.stderr, colours });
    }
    if (!forPerson) return createLogger(config.logLevel);
    return createLogger(config.logLevel, join(config.dataFolder, "bimedix2.log"));
}

/** Does something and says on standard error what of it takes time. */
export async function visibly<Result>(
    work: (onProgress: OnProgress) => Promise<Result>,
): Promise<Result> {
    const progress = createProgressLine(process.stderr, process.stderr.isTTY);
    try {
        return await work((step, percent) => progress.show(step, percent));
    } finally {
        progress.end();
    }
}

/**
 * The key of a terminal conversation.
 *
 * @throws `config-invalid` for an id with other characters than letters, digits, `.`, `_` and `-`.
 */
export function terminalConversation(id: string): ConversationKey {
    if (!/^[\w.-]{1,64}$/.test(id)) {
        throw new AppError("config-invalid", "The name of the conversation cannot be used.", {
            remedy: "Use 1 to 64 letters, digits, dots, hyphens or underscores, for example: --conversation visit-7",
        });
    }
    return `terminal:local:${id}`;
}

/** The language of the terminal (BCP 47), where the environment tells it. */
export function terminalLanguage(): { appLanguage?: string } {
    const locale = process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"] || "";
    const language = /^[a-z]{2}/.exec(locale)?.[0];
    return language === undefined ? {} : { appLanguage: language };
}

/**
 * Aborts at the first Ctrl-C, SIGTERM or hang-up; the second ends the process at once. The caller may abort
 * it as well.
 */
export function stopController(): AbortController {
    const controller = new AbortController();
    // Every wait, download and request of every conversation listens to it.
    setMaxListeners(0, controller.signal);
    let asked = 0;
    const stop = (): void => {
        asked += 1;
        if (asked > 1) process.exit(exitCode.interrupted);
        controller.abort();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
    // A reader that has gone (a closed window, `| head`) is an end like these.
    process.stdout.on("error", () => controller.abort());
    return controller;
}
