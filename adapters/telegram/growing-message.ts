import { isAppError } from "../../src/errors.ts";
import { wait } from "../../src/wait.ts";
import type { FormattedText } from "../../src/messaging/formatted-text.ts";
import { renderGrowing } from "./render-reply.ts";
import type { ReplyRecord } from "./reply-record.ts";
import { editText, type TextExtras } from "./send-text.ts";
import type { SendingBot } from "./sending-bot.ts";

/**
 * The message in which a reply grows. One request at a time, not more often than Telegram allows;
 * only the latest text counts, and whatever fails is left to the reply's end. Where an earlier
 * process has shown some of the reply, its message goes on.
 */
export class GrowingMessage {
    readonly #bot: SendingBot;
    readonly #record: ReplyRecord;
    readonly #extras: TextExtras;
    readonly #stopped = new AbortController();
    #latest = "";
    #shown = "";
    #running: Promise<void> | undefined;
    #nextAtMs: number | undefined;
    #editMs: number;
    #quietUntilMs = 0;

    constructor(bot: SendingBot, record: ReplyRecord, extras: TextExtras) {
        this.#bot = bot;
        this.#record = record;
        this.#extras = extras;
        this.#editMs = bot.timings.editMs;
        if (record.delivered > 0) this.#giveUp();
    }

    /** Shows the text soon, unless a newer one comes before. */
    show(textSoFar: string): void {
        // The same text once more is nothing to run for: a run that has nothing to do would end
        // before it is stored, and be taken for one under way ever after.
        if (this.#stopped.signal.aborted || textSoFar === this.#latest) return;
        this.#latest = textSoFar;
        this.#nextAtMs ??= performance.now() + this.#bot.timings.firstShowMs;
        this.#running ??= this.#run();
    }

    /**
     * Shows nothing more. Resolves when no request is under way; gives for how many milliseconds
     * Telegram wants to be left alone. Never fails.
     */
    async stop(): Promise<number> {
        this.#stopped.abort();
        await this.#running;
        return Math.max(0, this.#quietUntilMs - performance.now());
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
            const [id] = this.#record.messages;
            if (id === undefined) {
                await this.#record.create(formatted, this.#extras, 0);
                await this.#record.removeStrays(this.#stopped.signal);
            } else {
                const { chatId } = this.#extras;
                const outcome = await editText(this.#bot.client, id, formatted, { chatId }, {});
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
