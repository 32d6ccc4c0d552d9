import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { exampleTurn } from "../../contracts/conversation-store.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import { clinicDataOn } from "./clinic-data.ts";

let redis: TestRedis;
beforeAll(async () => (redis = await startTestRedis()));
afterEach(async () => await redis.client.aclSetUser("default", "+@all"));
afterAll(async () => await redis.close());

/** A conversation with a turn and a case. */
async function kept() {
    const logger = createRecordingLogger();
    const { key, data, cases, store } = await clinicDataOn(redis, logger);
    await store.update(key, { turns: [exampleTurn(0)] });
    return { key, data, cases, logger, code: await cases.name(key, "1") };
}

test("says what it has erased also where nobody can be told of it", async () => {
    const { key, data, cases, code, logger } = await kept();
    await redis.client.aclSetUser("default", "-publish");
    expect(await data.erase(key)).toMatchObject({ turns: 1 });
    expect(await data.export(key)).toBeUndefined();
    expect(await cases.find(code)).toBeUndefined();
    expect(logger.entries.map(({ level, fields }) => [level, fields["code"]])).toEqual([
        ["warn", "store-failed"],
        ["warn", "store-failed"],
    ]);
    expect(JSON.stringify(logger.entries)).not.toContain(key);
});

test("a turn that has ended takes no codes away", async () => {
    const { key, data, cases, code } = await kept();
    expect(await data.erase(key, { turn: "1" })).toMatchObject({ turns: 0 });
    expect(await cases.find(code)).toBe(key);
});
