import { randomUUID } from "node:crypto";
import type { Logger } from "../../src/log.ts";
import type { InboundMessage } from "../../src/message.ts";
import type { Inbox } from "../../src/ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { decodeMessage, encodeMessage } from "./codec.ts";
import { inboxField, inboxKeys } from "./keys.ts";
import { defineScript, runScript } from "./script.ts";

/** How the inbox is kept. */
export interface InboxOptions {
    /** What all keys begin with; no braces. */
    readonly keyPrefix: string;
    readonly logger: Logger;
}

/** A message is recognised as a duplicate for so long. */
const recogniseForMs = 7 * 24 * 60 * 60 * 1000;

/** Most messages whose outcome is remembered as unknown; one entry takes about 200 bytes. */
const mostUnsure = 10_000;

/**
 * The inbox in Redis. Recognising a message, numbering it and storing it are one atomic step;
 * "oldest" is the order of acceptance.
 */
export function createInbox(client: RedisClient, options: InboxOptions): Inbox {
    const keys = inboxKeys(options.keyPrefix);
    const unsure = new UnsureCalls();
    return {
        async accept(message) {
            const field = inboxField(message);
            // The name of this call lets the server recognise it when it is repeated, by callRedis
            // or by the caller: what it accepted itself is no duplicate.
            const callId = unsure.take(field) ?? randomUUID();
            try {
                const reply = await callRedis(client, (bounded) =>
                    runScript(
                        bounded,
                        acceptScript,
                        [keys.seen(message), keys.sequence, keys.pending],
                        [callId, String(recogniseForMs), field, encodeMessage(message)],
                    ),
                );
                return reply === 1 ? "accepted" : "duplicate";
            } catch (error) {
                unsure.keep(field, callId);
                throw error;
            }
        },

        async settle(message) {
            await callRedis(client, (bounded) => bounded.hDel(keys.pending, inboxField(message)));
        },

        async unsettled() {
            const stored = await callRedis(client, (bounded) =>
                runScript(bounded, pendingScript, [keys.pending], []),
            );
            return decodePending(stored as Buffer[], options.logger);
        },
    };
}

/**
 * The calls that failed and that the server may carry out all the same, later: a frozen server
 * finds them in its socket when it wakes up. Without their names the caller's next attempt would
 * be a duplicate, and nobody would answer the message.
 */
class UnsureCalls {
    readonly #idByField = new Map<string, string>();

    /** The name to repeat a call with. It goes to one caller: only one may be told `accepted`. */
    take(field: string): string | undefined {
        const callId = this.#idByField.get(field);
        this.#idByField.delete(field);
        return callId;
    }

    keep(field: string, callId: string): void {
        const oldest = this.#idByField.keys().next();
        if (this.#idByField.size >= mostUnsure && !oldest.done)
            this.#idByField.delete(oldest.value);
        this.#idByField.set(field, callId);
    }
}

const acceptScript = defineScript(`
local seen, sequence, pending = KEYS[1], KEYS[2], KEYS[3]
local acceptedBy = redis.call('GET', seen)
if acceptedBy then return acceptedBy == ARGV[1] and 1 or 0 end
redis.call('SET', seen, ARGV[1], 'PX', ARGV[2])
redis.call('HSET', pending, ARGV[3], redis.call('INCR', sequence) .. ' ' .. ARGV[4])
return 1
`);

const pendingScript = defineScript(`return redis.call('HVALS', KEYS[1])`);

function decodePending(stored: readonly Buffer[], logger: Logger): readonly InboundMessage[] {
    const pending: { sequence: number; message: InboundMessage }[] = [];
    for (const entry of stored) {
        const end = entry.indexOf(" ");
        const message = decodeMessage(entry.subarray(end + 1));
        if (message === undefined) continue;
        pending.push({ sequence: Number(entry.toString("latin1", 0, end)), message });
    }
    const skipped = stored.length - pending.length;
    if (skipped > 0) logger.error({ skipped }, "Stored messages were not understood and left out");
    return pending
        .sort((left, right) => left.sequence - right.sequence)
        .map((entry) => entry.message);
}
