import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createCaseBook } from "../../../adapters/redis/case-book.ts";
import { openConversationNames } from "../../../adapters/redis/conversation-names.ts";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { createPatientData } from "../../../adapters/redis/patient-data.ts";
import { exampleTurn, freshConversation } from "../../contracts/conversation-store.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { testCipher } from "../../setup/cipher.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

let redis: TestRedis;
beforeAll(async () => (redis = await startTestRedis()));
afterEach(async () => await redis.client.aclSetUser("default", "+@all"));
afterAll(async () => await redis.close());

/** A conversation with a turn and a case. */
async function kept() {
    const logger = createRecordingLogger();
    const keyPrefix = redis.freshPrefix();
    const limits = {
        keyPrefix,
        cipher: testCipher,
        expireAfterMs: 3_600_000,
        maxTurns: 100,
        logger,
    };
    const nameOf = await openConversationNames(redis.client, keyPrefix, testCipher);
    const data = createPatientData(redis.client, { ...limits, nameOf });
    const cases = createCaseBook(redis.client, limits);
    const key = freshConversation();
    await createConversationStore(redis.client, limits).update(key, { turns: [exampleTurn(0)] });
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
