import { afterAll, beforeAll } from "vitest";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { createLogger } from "../../../src/log.ts";
import { describeConversationStore } from "../../contracts/conversation-store.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

const logger = createLogger("silent");
let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

describeConversationStore("Redis", () =>
    createConversationStore(redis.client, {
        keyPrefix: redis.freshPrefix(),
        expireAfterMs: 3_600_000,
        maxTurns: 100,
        logger,
    }),
);
