import { type BotAccount, createBotClient } from "./bot-client.ts";
import { defaultTimings } from "./timings.ts";

type Asked = BotAccount & { readonly signal: AbortSignal };

/**
 * The host of the program that Telegram calls for this bot; `undefined`: none, as it should be. As long
 * as there is one, nobody can ask for the bot's messages.
 *
 * @throws `config-invalid` for a refused token, `platform-unavailable` (retryable), `aborted`.
 */
export async function webhookHost({ signal, ...account }: Asked): Promise<string | undefined> {
    const client = createBotClient(account, defaultTimings);
    const { url } = await client.call("getWebhookInfo", {}, { signal });
    if (url === undefined || url === "") return undefined;
    return URL.canParse(url) ? new URL(url).host : "an address that cannot be read";
}

/**
 * Lets Telegram call no program any more for this bot. Messages that wait stay.
 *
 * @throws as {@link webhookHost}.
 */
export async function removeWebhook({ signal, ...account }: Asked): Promise<void> {
    const client = createBotClient(account, defaultTimings);
    await client.call("deleteWebhook", { drop_pending_updates: false }, { signal });
}
