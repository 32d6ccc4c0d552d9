import { isAppError } from "../../src/errors.ts";
import { wait } from "../../src/wait.ts";
import type { BotClient } from "./bot-client.ts";
import type { FormattedText } from "./formatted-text.ts";
import { renderGrowing } from "./render-reply.ts";
import { editText, sendText, type TextExtras } from "./send-text.ts";
import type { TelegramTimings } from "./timings.ts";

/**
 * The message in which a reply grows. One request at a time, not more often than Telegram allows;
 * only the latest text counts, and whatever fails is left to the reply's end.
 */
export class GrowingMessage {
    readonly #client: BotClient;
    readonly #timings: TelegramTimings;
    readonly #extras: TextExtras;
    readonly #stopped = new AbortController();
    #latest = "";
    #shown = "";
    #messageId: number | undefined;
    #running: Promise<void> | undefined;
    #nextAtMs: number | undefined;
    #editMs: number;
    #quietUntilMs = 0;

    constructor(client: BotClient, timings: TelegramTimings, extras: TextExtras) {
        this.#client = client;
        this.#timings = timings;
        this.#extras = extras;
        this.#editMs = timings.editMs;
    }

    /** Shows the text soon, unless a newer one comes before. */
    show(textSoFar: string): void {
        // The same text once more is nothing to run for: a run that has nothing to do would end
        // before it is stored, and be taken for one under way ever after.
        if (this.#stopped.signal.aborted || textSoFar === this.#latest) return;
        this.#latest = textSoFar;
        this.#nextAtMs ??= performance.now() + this.#timings.firstShowMs;
        this.#running ??= this.#run();
    }

    /**
     * Shows nothing more. Resolves when no request is under way; gives the message if there is one
     * and how long Telegram wants to be left alone. Never fails.
     */
    async stop(): Promise<{ readonly messageId?: number; readonly quietMs: number }> {
        this.#stopped.abort();
        await this.#running;
        return {
            ...(this.#messageId === undefined ? {} : { messageId: this.#messageId }),
            quietMs: Math.max(0, this.#quietUntilMs - performance.now()),
        };
    }

    async #run(): Promise<void> {
        const { signal } = this.#stopped;
        try {
            while (this.#latest !== this.#shown) {
                await wait(Math.max(0, (this.#nextAtMs ?? 0) - performance.now()), signal);
                this.#shown = this.#latest;
                const formatted = renderGrowing(this.#shown);
                if (formatted) await this.#put(formatted);
                this.#nextAtMs = Math.max(performance.now() + this.#editMs, this.#quietUntilMs);
            }
        } catch {
            // Stopped: by the reply's end or because showing has become impossible.
        }
        this.#running = undefined;
    }

    async #put(formatted: FormattedText): Promise<void> {
        try {
            if (this.#messageId === undefined) {
                // Not cancelled at the end: the message's id is needed to complete the message.
                this.#messageId = await sendText(this.#client, formatted, this.#extras, {});
            } else {
                const { chatId } = this.#extras;
                const id = this.#messageId;
                const outcome = await editText(this.#client, id, formatted, { chatId }, {});
                // The patient has removed it: the complete reply will come as a new message.
                if (outcome === "gone") this.#giveUp();
            }
        } catch (error) {
            if (!isAppError(error) || !error.retryable) return this.#giveUp();
            if (error.retryAfterMs === undefined) return;
            this.#quietUntilMs = performance.now() + error.retryAfterMs;
            this.#editMs *= 2;
        }
    }

    #giveUp(): void {
        this.#stopped.abort();
    }
}
