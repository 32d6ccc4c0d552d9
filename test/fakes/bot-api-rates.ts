import { type Payload, Refusal } from "./bot-api-chats.ts";

/** How many messages a second Telegram takes, new and edited ones together. */
export interface RateLimits {
    readonly perChat: number;
    readonly overall: number;
}

const limited = /^(?:sendMessage|editMessageText|editMessageReplyMarkup|deleteMessage)$/;

/** Telegram's limits on how fast a bot may write, counted over the last second. */
export class BotApiRates {
    limits: RateLimits | undefined;
    #recent: { readonly chat: unknown; readonly atMs: number }[] = [];

    /** @throws {@link Refusal} 429 for a request that comes too soon. */
    check(method: string, payload: Payload): void {
        if (this.limits === undefined || !limited.test(method)) return;
        const nowMs = performance.now();
        const chat = payload["chat_id"];
        this.#recent = this.#recent.filter(({ atMs }) => nowMs - atMs < 1_000);
        const inChat = this.#recent.filter((request) => request.chat === chat).length;
        if (inChat >= this.limits.perChat || this.#recent.length >= this.limits.overall) {
            throw new Refusal(429, "Too Many Requests: retry after 1", 1);
        }
        this.#recent.push({ chat, atMs: nowMs });
    }
}
