import { afterAll, beforeAll, expect, it } from "vitest";
import { createReceiptLedger } from "../../../adapters/redis/receipt-ledger.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

it("tells every process what any of them has kept, for a day", async () => {
    const prefix = redis.freshPrefix();
    await createReceiptLedger(redis.client, prefix).keep("a");
    await createReceiptLedger(redis.client, prefix).keep("a");
    const reader = createReceiptLedger(redis.client, prefix);
    expect(await reader.has("a")).toBe(true);
    expect(await reader.has("b")).toBe(false);
    expect(await createReceiptLedger(redis.client, redis.freshPrefix()).has("a")).toBe(false);
    const [key] = await redis.client.keys(`${prefix}*`);
    const leftMs = await redis.client.pTTL(key ?? "");
    expect(leftMs).toBeGreaterThan(23 * 60 * 60 * 1000);
    expect(leftMs).toBeLessThanOrEqual(24 * 60 * 60 * 1000);
});
