import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openConversationQueue } from "../../../adapters/redis/conversation-queue.ts";
import { DeadReplies } from "../../../adapters/redis/dead-replies.ts";
import { createLogger } from "../../../src/log.ts";
import { freshConversation } from "../../contracts/conversation-store.ts";
import { testCipher } from "../../setup/cipher.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import {
    answer,
    atOnce,
    claimDelivery,
    claimTurn,
    exampleReply,
    mailboxOn,
    messagesOf,
} from "./mailbox-cases.ts";

let redis: TestRedis;

beforeAll(async () => (redis = await startTestRedis()));
afterAll(async () => await redis.close());

const nothing = (): Promise<void> => Promise.resolve();
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
    const [reply, ...others] = await dead.list(nothing);
    expect(others).toEqual([]);
    expect(await dead.find(reply?.id ?? "")).toMatchObject(entry);
    const guess = `${entry.conversation} ${entry.turnId}`;
    const tried = createHash("sha256").update(guess).digest("hex").slice(0, 12);
    expect(reply?.id).not.toBe(tried);

    const elsewhere = new DeadReplies(redis.client, redis.freshPrefix(), 60_000);
    await elsewhere.add(entry);
    expect((await elsewhere.list(nothing))[0]?.id).not.toBe(reply?.id);
});

test("what was set aside for too long goes with its entry, also beside what is set aside later", async () => {
    const keyPrefix = redis.freshPrefix();
    const key = freshConversation();
    const limits = { keyPrefix, expireAfterMs: 3_600_000, maxTurns: 100, cipher: testCipher };
    const mailbox = mailboxOn(redis, limits);
    const dead = new DeadReplies(redis.client, keyPrefix, limits.expireAfterMs);
    const ages = { old: 3_600_001, new: 0 };
    for (const [id, ageMs] of Object.entries(ages)) {
        await mailbox.accept(messagesOf(key)(id), atOnce);
        await answer(mailbox, key, await claimTurn(mailbox, key), { reply: exampleReply(id) });
        const { hold } = await claimDelivery(mailbox, key, "reply");
        const diedAtMs = Date.now() - ageMs;
        await dead.add({ conversation: key, turnId: id, committedAtMs: diedAtMs, diedAtMs });
        await mailbox.endDelivery(key, hold, id, "dead");
    }
    const queue = await openConversationQueue(redis.handle, {
        ...limits,
        quietMs: 0,
        atMostMs: 0,
        logger: createLogger("silent"),
    });
    expect(await queue.outbox.dead()).toHaveLength(1);
    await queue.close();
    expect(await mailbox.readDead(key, "old")).toBeUndefined();
    expect(await mailbox.readDead(key, "new")).toEqual(exampleReply("new"));
});
