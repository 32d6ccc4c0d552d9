import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { RedisClient } from "./client.ts";

/** So much within so many seconds, counted under any number of keys, by all processes together. */
export interface RateLimitWindow {
    /**
     * Counts one. `undefined`: it is within the limit; else the milliseconds until the window ends.
     *
     * @throws Whatever the client of Redis throws.
     */
    take(key: string): Promise<number | undefined>;
    /** Counts so many, whatever the limit. Throws as `take` does. */
    add(key: string, amount: number): Promise<void>;
    /** What `take` would say if the limit were reached with what is counted. Throws as `take` does. */
    look(key: string): Promise<number | undefined>;
}

/** A window: it begins with what is counted first under a key, and its key expires at its end. */
export function createRateLimitWindow(
    client: RedisClient,
    { limit, seconds }: { readonly limit: number; readonly seconds: number },
): RateLimitWindow {
    const limiter = new RateLimiterRedis({
        storeClient: client,
        // It would take a client of node-redis 5 or newer for one of ioredis.
        useRedisPackage: true,
        points: limit,
        duration: seconds,
        // The keys are whole: they say which slot of a cluster they belong to.
        keyPrefix: "",
    });
    return {
        async take(key) {
            try {
                await limiter.consume(key);
                return undefined;
            } catch (error) {
                if (error instanceof RateLimiterRes) return error.msBeforeNext;
                throw error;
            }
        },
        async add(key, amount) {
            await limiter.penalty(key, amount);
        },
        async look(key) {
            const counted = await limiter.get(key);
            const isReached = counted !== null && counted.consumedPoints >= limit;
            return isReached ? counted.msBeforeNext : undefined;
        },
    };
}
