import { describeError, type Logger } from "../../src/log.ts";
import type { CommandName, Language } from "../../src/message.ts";
import type { BotClient } from "./bot-client.ts";

/** The commands in Telegram's menu; the others are given by buttons, or are an administrator's. */
export type MenuCommand = Exclude<CommandName, "agree" | "decline" | "status">;

/** The words that Telegram shows around a conversation. */
export interface TelegramTexts {
    /** What each command does, in a few words. Telegram takes 1 to 256 characters. */
    readonly commands: Readonly<Record<MenuCommand, Readonly<Record<Language, string>>>>;
}

/** The order in the menu: what is needed most comes first. */
const order: readonly MenuCommand[] = [
    "help",
    "doctor",
    "stop",
    "language",
    "reset",
    "privacy",
    "export",
    "delete",
    "start",
];

/** What the menu of a chat needs. */
interface MenuParts {
    readonly client: BotClient;
    readonly texts: TelegramTexts;
    readonly logger: Logger;
}

/**
 * Gives one chat the menu in the language that its patient chose, whatever the app's; `automatic`
 * takes it back. Never fails: the assistant works without it.
 */
export async function publishChatMenu(
    chatId: number,
    language: Language | "automatic",
    { client, texts, logger }: MenuParts,
    signal: AbortSignal,
): Promise<void> {
    try {
        const scope = { type: "chat", chat_id: chatId } as const;
        if (language === "automatic") {
            await client.call("deleteMyCommands", { scope }, { signal });
        } else {
            const payload = { scope, commands: menu(texts.commands, language) };
            await client.call("setMyCommands", payload, { signal });
        }
    } catch (error) {
        if (!signal.aborted) {
            logger.warn(describeError(error), "Telegram: the menu of a chat was not updated");
        }
    }
}

function menu(
    commands: TelegramTexts["commands"],
    language: Language,
): { command: string; description: string }[] {
    return order.map((command) => ({ command, description: commands[command][language] }));
}

/**
 * Publishes the menu of commands: in Arabic for apps in Arabic, in English for all others. Gives
 * whether it succeeded: the assistant works without it.
 */
export async function publishMenu(
    client: BotClient,
    { commands }: TelegramTexts,
    logger: Logger,
    signal: AbortSignal,
): Promise<boolean> {
    try {
        const scope = { type: "all_private_chats" } as const;
        const call = async (language: Language, code?: Language): Promise<void> => {
            const languageCode = code === undefined ? {} : { language_code: code };
            const payload = { scope, commands: menu(commands, language), ...languageCode };
            await client.call("setMyCommands", payload, { signal });
        };
        await call("en");
        await call("en", "en");
        await call("ar", "ar");
        return true;
    } catch (error) {
        if (!signal.aborted)
            logger.warn(describeError(error), "Telegram: the menu was not updated");
        return false;
    }
}
