import type { TelegramTexts } from "../../adapters/telegram/publish-menu.ts";
import { createTelegramPlatform } from "../../adapters/telegram/telegram-platform.ts";
import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import type { Notices } from "../notices.ts";
import { describeError, type Logger } from "../log.ts";
import type { Platform } from "../ports.ts";
import type { PromptName } from "../prompt/prompt-library.ts";
import { Reception } from "../reception.ts";
import { openTerminal } from "./chat.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { greeting } from "./greeting.ts";
import { composeVisibly, openLog, readConfig, stopController } from "./session.ts";

/** Serves all configured platforms until the process is told to stop. */
export async function start(): Promise<ExitCode> {
    const stop = stopController();
    const config = readConfig();
    const withTerminal = hasTerminal(config);
    const logger = openLog(config, withTerminal);
    // One conversation's unforeseen fault must not end all others.
    process.on("unhandledRejection", (error) => {
        logger.error(describeError(error), "an unforeseen failure was survived; please report it");
    });
    const composition = await composeVisibly(config, logger, { withoutRedis: "serve" });
    try {
        const { notices } = composition.parts;
        const served = openPlatforms(config, notices, logger, withTerminal);
        process.stdout.write(greeting(composition, served.lines, withTerminal));
        if (served.platforms.length === 0) {
            throw new AppError(
                "config-invalid",
                "Everything works, but there is nobody to answer: no platform is set up, and this is no terminal.",
                { remedy: telegramRemedy },
            );
        }
        const reception = new Reception(composition.parts, stop.signal);
        const recovered = reception.recover(served.platforms);
        await runAll(served.platforms, reception, stop);
        await recovered;
        await reception.idle();
        return exitCode.success;
    } finally {
        stop.abort();
        await composition.close();
    }
}

const telegramRemedy =
    "Ask @BotFather on Telegram for a bot token and put it into the file .env as TELEGRAM_BOT_TOKEN=… (docs/telegram.md).";

function hasTerminal({ platforms }: Config): boolean {
    const { enabled } = platforms.terminal;
    return enabled === "auto" ? process.stdin.isTTY && process.stdout.isTTY : enabled;
}

function openPlatforms(
    { platforms }: Config,
    notices: Notices,
    logger: Logger,
    withTerminal: boolean,
): { platforms: Platform[]; lines: string[] } {
    const opened: Platform[] = [];
    const lines: string[] = [];
    if (platforms.telegram) {
        opened.push(
            createTelegramPlatform({
                ...platforms.telegram,
                texts: telegramTexts(notices),
                logger,
            }),
        );
        lines.push("Telegram  on");
    } else lines.push(`Telegram  off. ${telegramRemedy}`);
    if (withTerminal) opened.push(openTerminal("chat", notices));
    return { platforms: opened, lines };
}

/** What patients read in the menu of commands. */
export function telegramTexts(notices: Notices): TelegramTexts {
    const inBoth = (name: PromptName) => ({ ar: notices(name, "ar"), en: notices(name, "en") });
    return {
        commands: {
            start: inBoth("command-start"),
            help: inBoth("command-help"),
            reset: inBoth("command-reset"),
            language: inBoth("command-language"),
            stop: inBoth("command-stop"),
        },
    };
}

/** Until told to stop, one platform fails for good, or the terminal's conversation is over. */
async function runAll(
    platforms: readonly Platform[],
    reception: Reception,
    stop: AbortController,
): Promise<void> {
    const running = platforms.map(async (platform) => {
        await platform.run((message) => reception.receive(message, platform), stop.signal);
        // Leaving the terminal ends the program, as everybody expects of one.
        if (platform.name === "terminal") {
            await reception.idle();
            stop.abort();
        }
    });
    try {
        await Promise.all(running);
    } finally {
        stop.abort();
        await Promise.allSettled(running);
    }
}
