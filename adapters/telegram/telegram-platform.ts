import type { Update } from "telegraf/types";
import type { Logger } from "../../src/log.ts";
import type { Platform } from "../../src/ports.ts";
import { type BotAccount, createBotClient } from "./bot-client.ts";
import { downloadFile } from "./download-file.ts";
import { Intake } from "./intake.ts";
import { pollUpdates, type Position } from "./poll-updates.ts";
import { publishMenu, type TelegramTexts } from "./publish-menu.ts";
import { TelegramReply } from "./telegram-reply.ts";
import { superviseReceiving } from "./supervise.ts";
import { defaultTimings, type TelegramTimings } from "./timings.ts";

/** What a Telegram bot needs. */
export interface TelegramOptions extends BotAccount {
    readonly texts: TelegramTexts;
    readonly logger: Logger;
    /** Those of {@link defaultTimings} that are to be different. */
    readonly timings?: Partial<TelegramTimings>;
}

/** A Telegram bot as a platform. Does nothing until `run` or another method is called. */
export function createTelegramPlatform(options: TelegramOptions): Platform {
    const { texts, logger } = options;
    const timings = { ...defaultTimings, ...options.timings };
    const client = createBotClient(options, timings);
    return {
        name: "telegram",
        run: async (receive, signal) => {
            const position: Position = { offset: 0, ahead: new Set() };
            const intake = new Intake(client, logger, receive);
            let menuPublished = false;
            const session = async (username: string, onAnswer: () => void): Promise<void> => {
                menuPublished ||= await publishMenu(client, texts, logger, signal);
                const bot = { id: client.botId, username };
                const handle = (update: Update): Promise<void> => intake.take(update, bot);
                await pollUpdates({ client, timings, logger, position, handle, onAnswer }, signal);
            };
            await superviseReceiving(
                {
                    client,
                    timings,
                    logger,
                    receive: ({ username }, onAnswer) => session(username, onAnswer),
                },
                signal,
            );
            await intake.settled();
        },
        download: (attachment, maxBytes, signal) =>
            downloadFile(client, timings, attachment, maxBytes, signal),
        startReply: (to) => new TelegramReply(client, timings, to),
    };
}
