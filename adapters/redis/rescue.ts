import { JoinedSignal } from "../../src/joined-signal.ts";
import { describeError } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import { callRedis } from "./client.ts";
import { pause } from "./pause.ts";
import type { QueueParts } from "./queue-parts.ts";
import { literally, scanKeys } from "./scan-keys.ts";

/** One process looks for all, and not twice in a row for the same reason. */
const leastPauseMs = 10_000;

/**
 * Looks now and then for conversations that nobody is called to. A message and the call to answer
 * it are two writes, of which a power failure, or a replica that becomes the master, can lose the
 * second. So it looks at the start, after each lost connection, and every few minutes.
 */
export async function rescue(parts: QueueParts, signal: AbortSignal): Promise<void> {
    const { client, timings, logger } = parts;
    let back = new AbortController();
    const onBack = (): void => back.abort();
    for (const event of reconnected) client.on(event, onBack);
    while (!signal.aborted) {
        let pauseMs = timings.rescueMs;
        try {
            if (await isOurTurn(parts)) await lookForForgotten(parts, signal);
            else pauseMs = Math.min(pauseMs, leastPauseMs);
        } catch (error) {
            logger.debug(describeError(error), "Forgotten conversations were not looked for");
            pauseMs = Math.min(pauseMs, leastPauseMs);
        }
        const either = new JoinedSignal(signal, back.signal);
        await pause(pauseMs, either.signal);
        either.release();
        if (back.signal.aborted) {
            back = new AbortController();
            // What the others write just now is better not taken for forgotten.
            await pause(timings.firstRetryMs, signal);
        }
    }
    for (const event of reconnected) client.off(event, onBack);
}

/** Events of the three kinds of client. */
const reconnected = ["ready", "node-ready"] as const;

async function isOurTurn({ client, keyPrefix, timings }: QueueParts): Promise<boolean> {
    const value = Math.min(leastPauseMs, timings.rescueMs);
    const options = { condition: "NX", expiration: { type: "PX", value } } as const;
    const key = `${keyPrefix}{fleet}:rescue`;
    return (await callRedis(client, (bounded) => bounded.set(key, "1", options))) !== null;
}

async function lookForForgotten(parts: QueueParts, signal: AbortSignal): Promise<void> {
    const { mailbox, wakeUps } = parts;
    for await (const key of conversationsWith("inbox", parts, signal)) {
        const ripeness = await mailbox.ripeness(key);
        if (ripeness.waiting > 0) await wakeUps.answer(key, "model", ripeness);
    }
    for await (const key of conversationsWith("outbox", parts, signal)) await wakeUps.deliver(key);
}

/** The conversations that have something in a list of that name. */
async function* conversationsWith(
    name: "inbox" | "outbox",
    { client, keyPrefix }: QueueParts,
    signal: AbortSignal,
): AsyncGenerator<ConversationKey> {
    const beginning = `${keyPrefix}{`;
    const end = `}:${name}`;
    for await (const key of scanKeys(client, `${literally(beginning)}*${end}`)) {
        if (signal.aborted) return;
        yield key.slice(beginning.length, -end.length) as ConversationKey;
    }
}
