import { setTimeout as delay } from "node:timers/promises";
import { describeError, type Logger } from "../../src/log.ts";
import type { BotClient } from "./bot-client.ts";
import { allowedUpdates } from "./normalise-update.ts";
import type { TelegramTimings } from "./timings.ts";
import type { UpdateQueue } from "./update-queue.ts";

/** What polling needs. */
export interface Polling {
    readonly client: BotClient;
    readonly timings: TelegramTimings;
    readonly logger: Logger;
    /** Outlives a lost connection. */
    readonly queue: UpdateQueue;
    /** Called after each answered request. */
    readonly onAnswer: () => void;
}

/**
 * Receives updates into the queue until the signal aborts or a request fails.
 *
 * This is a loop of our own around telegraf's client, not telegraf's `launch()`: that one moves its
 * offset before the handlers run, so what is received but not yet stored is lost in a crash; it
 * takes a failed handler for a handled update; one slow handler delays everybody; and it waits for
 * a silent socket for 500 s. Here the offset passes an update only when it is handled.
 *
 * @throws The error of a request; called again, it goes on where it stopped.
 */
export async function pollUpdates(polling: Polling, signal: AbortSignal): Promise<void> {
    const { client, timings, queue } = polling;
    // The first request does not wait: it shows at once whether receiving works.
    let holdMs = 0;
    while (!signal.aborted) {
        const updates = await client.call(
            "getUpdates",
            {
                offset: queue.offset,
                limit: 100,
                timeout: Math.ceil(holdMs / 1000),
                allowed_updates: allowedUpdates,
            },
            { signal, timeoutMs: holdMs + timings.requestMs },
        );
        polling.onAnswer();
        queue.add(updates);
        await idleOrLater(queue, timings.busyPollMs, signal);
        // What is still open then is given out again at once, together with what is new.
        holdMs = timings.longPollMs;
    }
}

/** Tells Telegram what was handled. If that fails, the inbox recognises what comes again. */
export async function acknowledge({
    client,
    timings,
    logger,
    queue,
}: Omit<Polling, "onAnswer">): Promise<void> {
    if (queue.offset === 0) return;
    try {
        const request = { offset: queue.offset, limit: 1, timeout: 0 };
        await client.call("getUpdates", request, { timeoutMs: timings.closingMs });
    } catch (error) {
        logger.debug(describeError(error), "handled Telegram messages could not be acknowledged");
    }
}

async function idleOrLater(queue: UpdateQueue, ms: number, signal: AbortSignal): Promise<void> {
    const later = new AbortController();
    const stop = (): void => later.abort();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const timer = delay(ms, undefined, { signal: later.signal }).catch(() => undefined);
    await Promise.race([queue.idle(), timer]);
    signal.removeEventListener("abort", stop);
    stop();
}
