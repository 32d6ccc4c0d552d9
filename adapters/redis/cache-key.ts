import { randomBytes } from "node:crypto";
import type { ConversationKey } from "../../src/message.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { placeOf } from "./codec.ts";
import { conversationKeys } from "./keys.ts";
import { defineScript, runScript } from "./script.ts";

const keyBytes = 32;

/** How keys of conversations are kept. */
export interface CacheKeyOptions {
    readonly keyPrefix: string;
    readonly cipher: Cipher;
    readonly expireAfterMs: number;
}

/**
 * The key under which what is kept of a conversation elsewhere is sealed: the one that is stored, or
 * else a new one; `undefined` when the stored one does not open. It lies among the conversation's
 * settings, so that one step forgets both.
 */
export async function cacheKeyOf(
    client: RedisClient,
    { keyPrefix, cipher, expireAfterMs }: CacheKeyOptions,
    key: ConversationKey,
): Promise<Uint8Array | undefined> {
    const place = placeOf("cache-key", key);
    const { settings } = conversationKeys(keyPrefix, key);
    const made = cipher.seal(randomBytes(keyBytes), place);
    const stored = await callRedis(client, (bounded) =>
        runScript(bounded, keepScript, [settings], [made, String(expireAfterMs)]),
    );
    return Buffer.isBuffer(stored) ? cipher.open(stored, place) : undefined;
}

/** Gives what is stored, which is the new value unless there is one. Values: it, and how long it is kept without any change. */
const keepScript = defineScript(`
redis.call('HSETNX', KEYS[1], 'cacheKey', ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('HGET', KEYS[1], 'cacheKey')
`);
