import type { Logger } from "../../src/log.ts";
import type { BotClient } from "./bot-client.ts";
import type { KnownMessages } from "./known-messages.ts";
import type { Pace } from "./pace.ts";
import type { TelegramTexts } from "./publish-menu.ts";
import type { TelegramTimings } from "./timings.ts";

/** What all replies of one bot share. */
export interface SendingBot {
    readonly client: BotClient;
    readonly timings: TelegramTimings;
    readonly logger: Logger;
    readonly texts: TelegramTexts;
    readonly known: KnownMessages;
    /** For what patients do not wait for. */
    readonly pace: Pick<Pace, "queueMs" | "turn">;
}
