import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeadReplies } from "../../../adapters/redis/dead-replies.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

let redis: TestRedis;

beforeAll(async () => (redis = await startTestRedis()));
afterAll(async () => await redis.close());

const entry = {
    conversation: "telegram:1:7310557218",
    turnId: "12",
    committedAtMs: Date.now(),
    diedAtMs: Date.now(),
} as const;

test("a reply that was set aside has one id, from which the patient cannot be found by trying", async () => {
    const keyPrefix = redis.freshPrefix();
    const dead = new DeadReplies(redis.client, keyPrefix, 60_000);
    await dead.add(entry);
    await new DeadReplies(redis.client, keyPrefix, 60_000).add(entry);
    const [reply, ...others] = await dead.list();
    expect(others).toEqual([]);
    expect(await dead.find(reply?.id ?? "")).toMatchObject(entry);
    const guess = `${entry.conversation} ${entry.turnId}`;
    const tried = createHash("sha256").update(guess).digest("hex").slice(0, 12);
    expect(reply?.id).not.toBe(tried);

    const elsewhere = new DeadReplies(redis.client, redis.freshPrefix(), 60_000);
    await elsewhere.add(entry);
    expect((await elsewhere.list())[0]?.id).not.toBe(reply?.id);
});
