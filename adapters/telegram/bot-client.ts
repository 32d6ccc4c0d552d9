import { Telegram } from "telegraf";
import type { UserFromGetMe } from "telegraf/types";
import { withDeadline } from "../../src/wait.ts";
import { translateFailure } from "./failures.ts";
import type { TelegramTimings } from "./timings.ts";

type CallApi<Method extends BotMethod> = typeof Telegram.prototype.callApi<Method>;

/** A method of the Bot API that telegraf knows. */
export type BotMethod = Parameters<typeof Telegram.prototype.callApi>[0];
/** What a method takes. */
export type BotPayload<Method extends BotMethod> = Parameters<CallApi<Method>>[1];
/** What a method gives, as a promise. */
export type BotResult<Method extends BotMethod> = ReturnType<CallApi<Method>>;

/** How a request is bounded. */
export interface CallOptions {
    /** Ends the request early; whether Telegram carried it out is then unknown. */
    readonly signal?: AbortSignal;
    /** Instead of `requestMs`. */
    readonly timeoutMs?: number;
}

/** Telegraf's client for one bot, with bounded requests and the product's errors. */
export interface BotClient {
    /** The bot's number: the part of the token that is no secret. */
    readonly botId: string;
    /**
     * One request, tried once.
     *
     * @throws `config-invalid` for a refused token, `platform-unavailable` (retryable),
     * `patient-unreachable`, `platform-rejected`, `aborted`.
     */
    call<Method extends BotMethod>(
        method: Method,
        payload: BotPayload<Method>,
        options?: CallOptions,
    ): BotResult<Method>;
    /** Where a file's bytes are. Holds the token: never to be shown or logged. */
    fileUrl(filePath: string): string;
    /** Whether the clinic runs the Bot API server itself: then files can lie on this machine. */
    readonly ownServer: boolean;
}

/** Which bot, and where its Bot API server is. */
export interface BotAccount {
    readonly token: string;
    /** Default: Telegram's own. */
    readonly apiRoot?: string;
}

const cloudApiRoot = "https://api.telegram.org";

/** Telegraf's client for one bot. Does nothing until it is called. */
export function createBotClient(
    { token, apiRoot = cloudApiRoot }: BotAccount,
    { requestMs }: Pick<TelegramTimings, "requestMs">,
): BotClient {
    const root = apiRoot.replace(/\/+$/, "");
    // The slash keeps a path in the address: telegraf resolves method names relative to it.
    const telegram = new Telegram(token, { apiRoot: `${root}/`, webhookReply: false });
    return {
        botId: token.replace(/:.*$/s, ""),
        call: async (method, payload, { signal, timeoutMs = requestMs } = {}) => {
            try {
                // Telegraf gives up after 500 s only: the deadline is what notices a dead socket.
                return await withDeadline(timeoutMs, signal, (bounded) =>
                    telegram.callApi(method, payload, {
                        signal: bounded as CallSignal,
                    }),
                );
            } catch (error) {
                throw translateFailure(error, signal);
            }
        },
        ownServer: root !== cloudApiRoot,
        fileUrl: (filePath) =>
            `${root}/file/bot${token}/${filePath.split("/").map(encodeURIComponent).join("/")}`,
    };
}

/** Telegraf declares the signal of a shim; node-fetch takes Node's own. */
type CallSignal = NonNullable<NonNullable<Parameters<CallApi<"getMe">>[2]>["signal"]>;

/**
 * Asks Telegram whose token this is.
 *
 * @throws `config-invalid` for a refused token, `platform-unavailable`, `aborted`.
 */
export async function identifyBot(client: BotClient, signal: AbortSignal): Promise<UserFromGetMe> {
    return await client.call("getMe", {}, { signal });
}
