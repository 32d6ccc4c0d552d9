import { createCaseBook } from "../../../adapters/redis/case-book.ts";
import { openConversationNames } from "../../../adapters/redis/conversation-names.ts";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { createPatientData } from "../../../adapters/redis/patient-data.ts";
import { createLogger, type Logger } from "../../../src/log.ts";
import { freshConversation } from "../../contracts/conversation-store.ts";
import { testCipher } from "../../setup/cipher.ts";
import type { TestRedis } from "../../setup/redis.ts";

/** The data of a clinic of its own, and a conversation that is not there yet. */
export async function clinicDataOn(redis: TestRedis, logger: Logger = createLogger("silent")) {
    const keyPrefix = redis.freshPrefix();
    const limits = {
        keyPrefix,
        cipher: testCipher,
        expireAfterMs: 3_600_000,
        maxTurns: 100,
        logger,
    };
    const nameOf = await openConversationNames(redis.client, keyPrefix, testCipher);
    return {
        key: freshConversation(),
        limits,
        nameOf,
        cases: createCaseBook(redis.client, limits),
        data: createPatientData(redis.client, { ...limits, nameOf }),
        store: createConversationStore(redis.client, limits),
    };
}
