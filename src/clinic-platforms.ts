/** The composition root's part for the platforms: which are switched on, and with what. */
import { join } from "node:path";
import { createStaffWebhook } from "../adapters/staff-webhook/staff-webhook.ts";
import type { TelegramTexts } from "../adapters/telegram/publish-menu.ts";
import { createTelegramPlatform, telegramAccount } from "../adapters/telegram/telegram-platform.ts";
import { createWhatsAppCloud } from "../adapters/whatsapp-cloud/whatsapp-cloud.ts";
import { createWhatsAppWebPlatform } from "../adapters/whatsapp-web/whatsapp-web-platform.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./log.ts";
import type { Notices } from "./notices.ts";
import type { LinkDisplay, Platform } from "./ports.ts";
import type { PromptName } from "./prompt/prompt-library.ts";
import type { ConditionDisplay } from "./status-ports.ts";
import type { Storage } from "./storage.ts";

/** What platforms are made with. */
export interface PlatformParts {
    readonly notices: Notices;
    readonly storage: Pick<Storage, "ledger" | "receipts">;
    /** Where the administrator sees how a linked phone stands. */
    readonly display: LinkDisplay;
    /** Where the administrator sees how each account stands. */
    readonly conditions?: ConditionDisplay;
    readonly logger: Logger;
}

/** The platforms that the configuration switches on. They do nothing until they are used. */
export function openPlatforms(config: Config, parts: PlatformParts): readonly Platform[] {
    const { telegram, whatsappWeb, whatsappCloud } = config.platforms;
    const staffChat = config.staff?.telegramGroup;
    const { notices, storage, display, conditions, logger } = parts;
    const told = { logger, ...(conditions ? { conditions } : {}) };
    return [
        ...(telegram
            ? [
                  createTelegramPlatform({
                      ...telegram,
                      texts: telegramTexts(notices),
                      ledger: storage.ledger(telegramAccount(telegram.token)),
                      ...(staffChat === undefined ? {} : { staffChat }),
                      ...told,
                  }),
              ]
            : []),
        ...(whatsappCloud
            ? createWhatsAppCloud({ ...whatsappCloud, receipts: storage.receipts, ...told })
            : []),
        ...(whatsappWeb ? [openWhatsAppWeb(config, whatsappWeb, display, logger)] : []),
        ...(config.staff?.webhook
            ? [createStaffWebhook({ ...config.staff.webhook, ...told })]
            : []),
    ];
}

/** Where the link with the phone is kept. */
export function whatsappWebFolder({ dataFolder }: Pick<Config, "dataFolder">): string {
    return join(dataFolder, "whatsapp-web");
}

function openWhatsAppWeb(
    config: Config,
    settings: NonNullable<Config["platforms"]["whatsappWeb"]>,
    display: LinkDisplay,
    logger: Logger,
): Platform {
    const { phoneNumber, browser, version, groups, catchUpMs } = settings;
    return createWhatsAppWebPlatform({
        sessionFolder: whatsappWebFolder(config),
        groups,
        catchUpMs,
        ...(browser === undefined ? {} : { browserPath: browser }),
        ...(version === undefined ? {} : { webVersion: version }),
        ...(phoneNumber === undefined ? {} : { pairWithPhone: phoneNumber }),
        display,
        logger,
    });
}

/** What patients read in Telegram's menu of commands. */
export function telegramTexts(notices: Notices): TelegramTexts {
    const inBoth = (name: PromptName) => ({ ar: notices(name, "ar"), en: notices(name, "en") });
    return {
        commands: {
            start: inBoth("command-start"),
            help: inBoth("command-help"),
            reset: inBoth("command-reset"),
            language: inBoth("command-language"),
            stop: inBoth("command-stop"),
            privacy: inBoth("command-privacy"),
            export: inBoth("command-export"),
            delete: inBoth("command-delete"),
            doctor: inBoth("command-doctor"),
        },
    };
}
