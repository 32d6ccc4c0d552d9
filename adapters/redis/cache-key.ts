import { randomBytes } from "node:crypto";
import type { ConversationKey } from "../../src/message.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import type { RedisClient } from "./client.ts";
import { placeOf } from "./codec.ts";
import { mailboxKeys } from "./keys.ts";
import { defineMailboxScript, runMailboxScript } from "./mailbox-scripts.ts";

const keyBytes = 32;

/** How keys of conversations are kept. */
export interface CacheKeyOptions {
    readonly keyPrefix: string;
    readonly cipher: Cipher;
    readonly expireAfterMs: number;
}

/**
 * The key under which what is kept of a conversation elsewhere is sealed: the one that is stored, or
 * else a new one; `undefined` when the stored one does not open, or when the conversation has been
 * erased. It lies among the conversation's settings, so that one step forgets both.
 */
export async function cacheKeyOf(
    client: RedisClient,
    { keyPrefix, cipher, expireAfterMs }: CacheKeyOptions,
    key: ConversationKey,
): Promise<Uint8Array | undefined> {
    const place = placeOf("cache-key", key);
    const made = cipher.seal(randomBytes(keyBytes), place);
    // In a terminal nothing waits, and the first turn is stored when it has been answered.
    const unseen = key.startsWith("terminal:") ? "1" : "";
    const stored = await runMailboxScript(client, keepScript, mailboxKeys(keyPrefix, key), [
        made,
        String(expireAfterMs),
        unseen,
    ]);
    return Buffer.isBuffer(stored) ? cipher.open(stored, place) : undefined;
}

/**
 * Values: a new key, how long it is kept without any change, `1` for a conversation that may have
 * nothing stored yet. Gives what is stored, which is the new one unless there is one, or nothing.
 */
const keepScript = defineMailboxScript(`
if redis.call('HEXISTS', settings, 'cacheKey') == 0 then
    -- What was said before an erasure must get no key that is valid after it.
    if ARGV[3] ~= '1' and redis.call('EXISTS', turns, inbox) == 0 then return false end
    redis.call('HSET', settings, 'cacheKey', ARGV[1])
end
if redis.call('PTTL', settings) < 0 then redis.call('PEXPIRE', settings, ARGV[2]) end
return redis.call('HGET', settings, 'cacheKey')
`);
