import { afterAll, beforeAll } from "vitest";
import {
    openConversationQueue,
    type ConversationQueue,
} from "../../../adapters/redis/conversation-queue.ts";
import { createLogger } from "../../../src/log.ts";
import { describeFleet } from "../../contracts/fleet.ts";
import { describeInboxQueue } from "../../contracts/inbox-queue.ts";
import { describeOutbox } from "../../contracts/outbox.ts";
import { describePictureQueue } from "../../contracts/picture-queue.ts";
import { describeTurnQueue } from "../../contracts/turn-queue.ts";
import { quickTimings } from "../../setup/queue.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(async () => {
    await redis.close();
});

async function open(): Promise<ConversationQueue> {
    return await openConversationQueue(redis.handle, {
        keyPrefix: redis.freshPrefix(),
        expireAfterMs: 3_600_000,
        maxTurns: 20,
        quietMs: 20,
        atMostMs: 200,
        timings: quickTimings,
        logger: createLogger("silent"),
    });
}

describeInboxQueue("Redis", open);
describeTurnQueue("Redis", open);
describeOutbox("Redis", open);
describePictureQueue("Redis", open);
describeFleet("Redis", open);
