import { AppError, isAppError } from "../../src/errors.ts";
import { type BotAccount, createBotClient, identifyBot } from "./bot-client.ts";
import { defaultTimings } from "./timings.ts";

/**
 * Asks Telegram whether it accepts a bot's token. Receives and changes nothing.
 *
 * @throws `config-invalid` when it does not, with the remedy; `platform-unavailable` (retryable)
 * when Telegram cannot be asked; `aborted`.
 */
export async function checkTelegramToken({
    signal,
    ...account
}: BotAccount & { readonly signal: AbortSignal }): Promise<{ readonly username: string }> {
    try {
        const { username } = await identifyBot(createBotClient(account, defaultTimings), signal);
        return { username };
    } catch (error) {
        if (isAppError(error, "config-invalid", "platform-unavailable", "aborted")) throw error;
        throw new AppError("platform-unavailable", "Telegram did not say whose token this is.", {
            retryable: true,
            cause: error,
        });
    }
}
