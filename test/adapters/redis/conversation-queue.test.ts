import { afterAll, beforeAll } from "vitest";
import {
    openConversationQueue,
    type ConversationQueue,
} from "../../../adapters/redis/conversation-queue.ts";
import { createLogger } from "../../../src/log.ts";
import type { ConversationStore } from "../../../src/ports.ts";
import { describeFleet } from "../../contracts/fleet.ts";
import { describeInboxQueue } from "../../contracts/inbox-queue.ts";
import { describeOutbox } from "../../contracts/outbox.ts";
import { describePictureQueue } from "../../contracts/picture-queue.ts";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { describeStaffPorts } from "../../contracts/staff.ts";
import { describeTurnQueue } from "../../contracts/turn-queue.ts";
import { quickTimings } from "../../setup/queue.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import { testCipher } from "../../setup/cipher.ts";

let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(async () => {
    await redis.close();
});

async function open(): Promise<ConversationQueue & { readonly store: ConversationStore }> {
    const options = {
        keyPrefix: redis.freshPrefix(),
        expireAfterMs: 3_600_000,
        maxTurns: 20,
        cipher: testCipher,
        quietMs: 20,
        atMostMs: 200,
        timings: quickTimings,
        logger: createLogger("silent"),
    };
    const queue = await openConversationQueue(redis.handle, options);
    return { ...queue, store: createConversationStore(redis.client, options) };
}

describeInboxQueue("Redis", open);
describeTurnQueue("Redis", open);
describeOutbox("Redis", open);
describePictureQueue("Redis", open);
describeStaffPorts("Redis", open);
describeFleet("Redis", open);
