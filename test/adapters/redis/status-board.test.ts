import { afterAll, beforeAll, expect, it } from "vitest";
import { closeClient } from "../../../adapters/redis/client.ts";
import { createStatusBoard } from "../../../adapters/redis/status-board.ts";
import { createLogger } from "../../../src/log.ts";
import { describeStatusBoard, exampleStatus } from "../../contracts/status-board.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

const logger = createLogger("silent");
let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

describeStatusBoard("Redis", async ({ silentAfterMs }) => {
    const keyPrefix = redis.freshPrefix();
    const options = {
        keyPrefix,
        logger,
        ...(silentAfterMs === undefined ? {} : { silentAfterMs }),
    };
    const other = await redis.handle.connect();
    return [
        createStatusBoard(() => redis.client, options),
        createStatusBoard(() => other, options),
    ];
});

it("leaves nothing in Redis when all processes have fallen silent", async () => {
    const keyPrefix = redis.freshPrefix();
    const board = createStatusBoard(() => redis.client, {
        keyPrefix,
        logger,
        silentAfterMs: 2_000,
    });
    await board.publish(exampleStatus("one"));
    expect(await redis.client.keys(`${keyPrefix}*`)).toHaveLength(1);
    await expect.poll(() => redis.client.keys(`${keyPrefix}*`), { timeout: 10_000 }).toEqual([]);
});

it("says that Redis is away, before the first connection and after the last, and leaves quietly", async () => {
    const keyPrefix = redis.freshPrefix();
    const unavailable = { code: "store-unavailable", retryable: true };
    const closed = await redis.handle.connect();
    await closeClient(closed);
    for (const client of [undefined, closed]) {
        const board = createStatusBoard(() => client, { keyPrefix, logger });
        await expect(board.publish(exampleStatus("one"))).rejects.toMatchObject(unavailable);
        await expect(board.read()).rejects.toMatchObject(unavailable);
        await board.leave("one");
    }
});
