import { isAppError } from "../../src/errors.ts";
import { wait } from "../../src/wait.ts";
import type { BotClient } from "./bot-client.ts";
import type { TelegramTimings } from "./timings.ts";

/** Shows a patient that an answer is being written. */
export class Typing {
    readonly #client: BotClient;
    readonly #timings: TelegramTimings;
    readonly #chatId: number;
    #delay: NodeJS.Timeout | undefined;
    #shown: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;

    constructor(client: BotClient, timings: TelegramTimings, chatId: number) {
        this.#client = client;
        this.#timings = timings;
        this.#chatId = chatId;
    }

    /** Shows it from now on, unless it ends at once. */
    start(): void {
        if (this.#delay || this.#shown) return;
        this.#delay = setTimeout(() => {
            this.#delay = undefined;
            const controller = new AbortController();
            this.#shown = { controller, ended: this.#keepShowing(controller.signal) };
        }, this.#timings.typingDelayMs);
    }

    /** Stops showing it. Resolves when no request is under way. Never fails. */
    async stop(): Promise<void> {
        clearTimeout(this.#delay);
        this.#delay = undefined;
        const shown = this.#shown;
        this.#shown = undefined;
        shown?.controller.abort();
        await shown?.ended;
    }

    async #keepShowing(signal: AbortSignal): Promise<void> {
        try {
            for (;;) await wait(await this.#show(signal), signal);
        } catch {
            // Stopped, or the patient has blocked the bot: whoever sends the answer finds out.
        }
    }

    /** Gives how long to wait before showing it again. */
    async #show(signal: AbortSignal): Promise<number> {
        const { typingMs } = this.#timings;
        try {
            const action = { chat_id: this.#chatId, action: "typing" } as const;
            await this.#client.call("sendChatAction", action, { signal });
            return typingMs;
        } catch (error) {
            if (!isAppError(error) || !error.retryable) throw error;
            return Math.max(typingMs, error.retryAfterMs ?? 0);
        }
    }
}
