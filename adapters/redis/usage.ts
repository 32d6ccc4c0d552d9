import type { RedisClient } from "./client.ts";
import { createRateLimitWindow } from "./rate-limit-window.ts";

const daySeconds = 24 * 60 * 60;

/** Tokens that were spent under a key within 24 hours, counted from the first. */
export interface DailyUsage {
    /** The milliseconds until more may be spent; `undefined`: the limit is not reached. */
    exhausted(key: string): Promise<number | undefined>;
    book(key: string, tokens: number): Promise<void>;
}

/**
 * Counts tokens against a limit a day. Its methods throw whatever the client of Redis throws.
 *
 * @param tokensPerDay Above 0.
 */
export function createDailyUsage(client: RedisClient, tokensPerDay: number): DailyUsage {
    const window = createRateLimitWindow(client, { limit: tokensPerDay, seconds: daySeconds });
    return {
        exhausted: (key) => window.look(key),
        book: (key, tokens) => window.add(key, tokens),
    };
}
