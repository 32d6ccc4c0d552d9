import type { Update } from "telegraf/types";
import { describeError, type Logger } from "../../src/log.ts";
import type { BotClient } from "./bot-client.ts";
import { allowedUpdates } from "./normalise-update.ts";
import { backoffMs, type TelegramTimings, wait } from "./timings.ts";

/** How far the updates have been handled; outlives a lost connection. */
export interface Position {
    /** The first update that is not handled yet: asking for it acknowledges all before it. */
    offset: number;
    /** Handled updates beyond `offset`: they are delivered again and must be skipped. */
    readonly ahead: Set<number>;
}

/** What polling needs. */
export interface Polling {
    readonly client: BotClient;
    readonly timings: TelegramTimings;
    readonly logger: Logger;
    readonly position: Position;
    /** Handles one update; when it rejects, the update comes again. */
    readonly handle: (update: Update) => Promise<void>;
    /** Called after each answered request. */
    readonly onAnswer: () => void;
}

/**
 * Receives updates until the signal aborts, then tells Telegram which ones were handled.
 *
 * This is a loop of our own around telegraf's client, not telegraf's `launch()`: that one moves its
 * offset before the handlers run, so what is received but not yet stored is lost in a crash; it
 * takes a failed handler for a handled update; and it waits for a silent socket for 500 s. Here the
 * offset passes an update only after `handle` resolved, and a failed one is simply asked for again.
 *
 * @throws The error of a request; calling it again goes on at the same position.
 */
export async function pollUpdates(polling: Polling, signal: AbortSignal): Promise<void> {
    const { client, timings, position } = polling;
    let acknowledged = position.offset;
    let failures = 0;
    // The first request does not wait: it shows at once whether receiving works.
    let holdMs = 0;
    try {
        while (!signal.aborted) {
            const updates = await client.call(
                "getUpdates",
                {
                    offset: position.offset,
                    limit: 100,
                    timeout: Math.ceil(holdMs / 1000),
                    allowed_updates: allowedUpdates,
                },
                { signal, timeoutMs: holdMs + timings.requestMs },
            );
            acknowledged = position.offset;
            holdMs = timings.longPollMs;
            polling.onAnswer();
            failures = (await handleAll(updates, polling)) ? 0 : failures + 1;
            if (failures > 0) await wait(backoffMs(failures, timings.redeliver), signal);
        }
    } catch (error) {
        if (!signal.aborted) throw error;
    } finally {
        if (signal.aborted && position.offset > acknowledged) await acknowledge(polling);
    }
}

/** Handles each chat's updates in order, different chats side by side. */
async function handleAll(updates: readonly Update[], polling: Polling): Promise<boolean> {
    const { position, logger, handle } = polling;
    const chats = new Map<number, Update[]>();
    for (const update of updates) {
        if (position.ahead.has(update.update_id)) continue;
        const chat = chatIdOf(update);
        chats.set(chat, [...(chats.get(chat) ?? []), update]);
    }
    const results = await Promise.all(
        [...chats.values()].map(async (inOrder) => {
            for (const update of inOrder) {
                try {
                    await handle(update);
                    position.ahead.add(update.update_id);
                } catch (error) {
                    logger.warn(describeError(error), "a Telegram message waits to be stored");
                    return false;
                }
            }
            return true;
        }),
    );
    advance(position, updates);
    return results.every(Boolean);
}

function advance(position: Position, updates: readonly Update[]): void {
    const ids = updates.map(({ update_id: id }) => id).sort((a, b) => a - b);
    const last = ids.at(-1);
    if (last === undefined) return;
    // After a quiet week Telegram begins anew at any number, also a lower one.
    position.offset = ids.find((id) => !position.ahead.has(id)) ?? last + 1;
    const open = new Set(ids.filter((id) => id >= position.offset));
    for (const id of position.ahead) if (!open.has(id)) position.ahead.delete(id);
}

function chatIdOf(update: Update): number {
    if ("message" in update) return update.message.chat.id;
    if ("callback_query" in update) return update.callback_query.message?.chat.id ?? 0;
    return 0;
}

/** Acknowledges without receiving; if it fails, the inbox recognises what comes again. */
async function acknowledge({ client, timings, logger, position }: Polling): Promise<void> {
    try {
        const request = { offset: position.offset, limit: 1, timeout: 0 };
        await client.call("getUpdates", request, { timeoutMs: timings.closingMs });
    } catch (error) {
        logger.debug(describeError(error), "handled Telegram messages could not be acknowledged");
    }
}
