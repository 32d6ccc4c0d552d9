import { setMaxListeners } from "node:events";
import type { Logger } from "../../src/log.ts";
import type { PlatformAccount } from "../../src/message.ts";
import type { MessageLedger, Platform } from "../../src/ports.ts";
import type { ConditionDisplay, PlatformCondition } from "../../src/status-ports.ts";
import { type BotAccount, createBotClient } from "./bot-client.ts";
import { downloadFile } from "./download-file.ts";
import { Intake } from "./intake.ts";
import { KnownMessages } from "./known-messages.ts";
import type { Bot } from "./normalise-update.ts";
import { Pace } from "./pace.ts";
import { acknowledge, pollUpdates } from "./poll-updates.ts";
import { publishMenu, type TelegramTexts } from "./publish-menu.ts";
import { TelegramReply } from "./telegram-reply.ts";
import { superviseReceiving } from "./supervise.ts";
import { defaultTimings, type TelegramTimings } from "./timings.ts";
import { UpdateQueue } from "./update-queue.ts";

/** What a Telegram bot needs. */
export interface TelegramOptions extends BotAccount {
    readonly texts: TelegramTexts;
    readonly logger: Logger;
    /** Shared by all processes that speak for this bot; absent: there are no others. */
    readonly ledger?: MessageLedger;
    /** Where the administrator sees how the bot stands. */
    readonly conditions?: ConditionDisplay;
    /** The group of the clinic's people; absent: there is none. */
    readonly staffChat?: number;
    /** Those of {@link defaultTimings} that are to be different. */
    readonly timings?: Partial<TelegramTimings>;
}

/** The account of the bot with this token. Holds nothing secret. */
export function telegramAccount(token: string): PlatformAccount {
    return `telegram:${token.replace(/:.*$/s, "")}`;
}

/** A Telegram bot as a platform. Does nothing until `run` or another method is called. */
export function createTelegramPlatform(options: TelegramOptions): Platform {
    const { texts, logger, ledger, staffChat } = options;
    const timings = { ...defaultTimings, ...options.timings };
    const client = createBotClient(options, timings);
    const known = new KnownMessages(ledger);
    const sending = { client, timings, logger, texts, known, pace: new Pace(timings.probeMs) };
    const account = telegramAccount(options.token);
    const onCondition = (condition: PlatformCondition): void =>
        options.conditions?.show(account, condition);
    return {
        name: "telegram",
        sharing: "receive-alone",
        account,
        run: async (receive, signal, glance) => {
            const confirmMs = timings.closingMs;
            const intake = new Intake({ client, logger, known, confirmMs }, receive);
            let menuPublished = false;
            const staff = staffChat === undefined ? {} : { staffChat };
            let bot: Bot = { id: client.botId, username: "", ...staff };
            // A refused token ends the handling as well, not only the caller's signal.
            const ended = new AbortController();
            // Every chat whose message waits to be stored listens; Node would take that for a leak.
            setMaxListeners(0, ended.signal);
            const queue = new UpdateQueue(
                {
                    handle: (update) => intake.take(update, bot),
                    glance: (update) => intake.glance(update, bot, glance),
                    timings,
                    logger,
                },
                ended.signal,
            );
            const end = (): void => ended.abort();
            signal.addEventListener("abort", end, { once: true });
            const session = async (username: string, onAnswer: () => void): Promise<void> => {
                bot = { ...bot, username };
                menuPublished ||= await publishMenu(client, texts, logger, signal);
                await pollUpdates({ client, timings, logger, queue, onAnswer }, signal);
            };
            try {
                const supervision = { client, timings, logger, onCondition, session };
                await superviseReceiving(supervision, signal);
            } finally {
                signal.removeEventListener("abort", end);
                end();
                await queue.idle();
                await acknowledge({ client, timings, logger, queue });
                await intake.settled();
            }
        },
        download: (attachment, maxBytes, signal) =>
            downloadFile(client, timings, attachment, maxBytes, signal),
        startReply: (to, journal) => new TelegramReply(sending, to, journal),
    };
}
