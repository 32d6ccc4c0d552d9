import { AppError, isAppError } from "../../src/errors.ts";
import { wait } from "../../src/wait.ts";
import { type BotAccount, type BotClient, createBotClient } from "./bot-client.ts";
import { defaultTimings } from "./timings.ts";

/** Whom to wait for, and how long. */
export interface Meeting extends BotAccount {
    /** Stands in the link by which the administrator opens the chat with the bot. */
    readonly code: string;
    readonly patienceMs: number;
    /** Between two looks. Default: 2 s. */
    readonly everyMs?: number;
    readonly signal: AbortSignal;
}

/** What is looked at of an update. */
interface Update {
    readonly message?: {
        readonly text?: string;
        readonly chat: { readonly id: number; readonly type: string };
    };
}

const everyMs = 2_000;

/** The address that opens the chat with a bot and gives it the code. */
export function meetingLink(username: string, code: string): string {
    return `https://t.me/${username}?start=${code}`;
}

/**
 * Waits until somebody gives the bot the code, and sends them a message. What others have written
 * to the bot stays unread: nothing is confirmed to Telegram.
 *
 * @returns The number of their account; `undefined`: nobody came within `patienceMs`.
 * @throws `config-invalid` for a refused token, `platform-unavailable` (retryable), `aborted`.
 */
export async function meetAdministrator(
    { code, patienceMs, signal, everyMs: pauseMs = everyMs, ...account }: Meeting,
    text: string,
): Promise<number | undefined> {
    const client = createBotClient(account, defaultTimings);
    const untilMs = performance.now() + patienceMs;
    while (performance.now() < untilMs) {
        const chat = await findChat(client, code, signal);
        if (chat !== undefined) {
            await client.call("sendMessage", { chat_id: chat, text }, { signal });
            return chat;
        }
        await wait(Math.min(pauseMs, Math.max(0, untilMs - performance.now())), signal);
    }
    return undefined;
}

async function findChat(
    client: BotClient,
    code: string,
    signal: AbortSignal,
): Promise<number | undefined> {
    // Without an offset Telegram gives the oldest unread updates and keeps them.
    const request = { timeout: 0, limit: 100, allowed_updates: ["message"] as const };
    try {
        const updates = (await client.call("getUpdates", request, {
            signal,
        })) as readonly Update[];
        const met = updates.find(
            ({ message }) => message?.chat.type === "private" && message.text === `/start ${code}`,
        );
        return met?.message?.chat.id;
    } catch (error) {
        if (!isAppError(error, "platform-rejected")) throw error;
        throw new AppError(
            "platform-unavailable",
            "Another program receives this bot's messages.",
            {
                retryable: true,
                remedy: "Stop it, or make a bot of its own for this clinic with @BotFather.",
                cause: error,
            },
        );
    }
}
