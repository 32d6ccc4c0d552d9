import type { ReceiptLedger } from "../../src/ports.ts";
import { callRedis, type RedisClient } from "./client.ts";

/** Longer than an answer is tried to be delivered without a new question. */
const keepMs = 24 * 60 * 60 * 1000;

/** Receipts in Redis: one entry for each token, which expires by itself. */
export function createReceiptLedger(client: RedisClient, keyPrefix: string): ReceiptLedger {
    const keyOf = (token: string): string => `${keyPrefix}{receipt:${token}}`;
    return {
        async keep(token) {
            await callRedis(client, (bounded) =>
                bounded.set(keyOf(token), "", { expiration: { type: "PX", value: keepMs } }),
            );
        },
        async has(token) {
            return (await callRedis(client, (bounded) => bounded.exists(keyOf(token)))) === 1;
        },
    };
}
