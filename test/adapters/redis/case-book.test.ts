import { afterAll, beforeAll, expect, test } from "vitest";
import { createCaseBook } from "../../../adapters/redis/case-book.ts";
import { freshChat } from "../../contracts/exchange-bench.ts";
import { testCipher } from "../../setup/cipher.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

let redis: TestRedis;
beforeAll(async () => (redis = await startTestRedis()));
afterAll(async () => await redis.close());

test("a code is known for longer after it was used, and no longer for being looked up", async () => {
    const keyPrefix = redis.freshPrefix();
    const cases = createCaseBook(redis.client, { keyPrefix, cipher: testCipher });
    const chat = freshChat();
    const code = await cases.name(chat, "1");
    const [name = ""] = await redis.client.keys(`${keyPrefix}{case:*`);
    await redis.client.pExpire(name, 3_600_000);
    expect(await cases.find(code, { prolong: false })).toBe(chat);
    expect(await redis.client.pTTL(name)).toBeLessThanOrEqual(3_600_000);
    expect(await cases.find(code)).toBe(chat);
    expect(await redis.client.pTTL(name)).toBeGreaterThan(3_600_000);
});
