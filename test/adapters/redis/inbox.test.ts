import { afterAll, beforeAll } from "vitest";
import { createInbox } from "../../../adapters/redis/inbox.ts";
import { createLogger } from "../../../src/log.ts";
import { describeInbox } from "../../contracts/inbox.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

const logger = createLogger("silent");
let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

describeInbox("Redis", () => createInbox(redis.client, { keyPrefix: redis.freshPrefix(), logger }));
