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

/**
 * The inbox in Redis. Recognising a message, numbering it and storing it are one atomic step;
 * "oldest" is the order of acceptance.
 */
export function createInbox(client: RedisClient, options: InboxOptions): Inbox {
    const keys = inboxKeys(options.keyPrefix);
    return {
        async accept(message) {
            // The name of this call lets the server recognise it when a lost connection makes
            // callRedis repeat it: what it accepted itself is no duplicate.
            const callId = randomUUID();
            const reply = await callRedis(client, (bounded) =>
                runScript(
                    bounded,
                    acceptScript,
                    [keys.seen(message), keys.sequence, keys.pending],
                    [callId, String(recogniseForMs), inboxField(message), encodeMessage(message)],
                ),
            );
            return reply === 1 ? "accepted" : "duplicate";
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
