import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openConversationNames } from "../../../adapters/redis/conversation-names.ts";
import { openConversationQueue } from "../../../adapters/redis/conversation-queue.ts";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { createPatientData } from "../../../adapters/redis/patient-data.ts";
import { reencrypt } from "../../../adapters/redis/reencrypt.ts";
import { createLogger } from "../../../src/log.ts";
import type { ConversationKey } from "../../../src/message.ts";
import type { Cipher } from "../../../src/privacy-ports.ts";
import { exampleTurn } from "../../contracts/conversation-store.ts";
import { eventually, freshChat } from "../../contracts/exchange-bench.ts";
import { cipherWith, testCipher } from "../../setup/cipher.ts";
import { quickTimings } from "../../setup/queue.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import { atOnce, claimTurn, mailboxOn, messagesOf } from "./mailbox-cases.ts";

let redis: TestRedis;
beforeAll(async () => (redis = await startTestRedis()));
afterAll(async () => await redis.close());

function open(keyPrefix: string, cipher: Cipher = testCipher, expireAfterMs = 3_600_000) {
    const logger = createLogger("silent");
    const limits = { keyPrefix, cipher, expireAfterMs, maxTurns: 100, logger };
    const nameOf = (key: string): string => key;
    return {
        data: createPatientData(redis.client, { ...limits, nameOf }),
        store: createConversationStore(redis.client, limits),
        mailbox: mailboxOn(redis, limits),
        limits,
    };
}

const hex = (key: Uint8Array | undefined): string =>
    Buffer.from(key ?? expect.unreachable()).toString("hex");

it("is made once, though several ask at once, and for each conversation another", async () => {
    const keyPrefix = redis.freshPrefix();
    const [key, other] = [freshChat(), freshChat()];
    const processes = [open(keyPrefix), open(keyPrefix), open(keyPrefix)];
    for (const chat of [key, other]) {
        await open(keyPrefix).mailbox.accept(messagesOf(chat)("1"), atOnce);
    }
    const asked = processes.flatMap(({ data }) => [data.cacheKey(key), data.cacheKey(key)]);
    const keys = new Set((await Promise.all(asked)).map(hex));
    const [made = ""] = keys;
    expect(keys.size).toBe(1);
    expect(made).toHaveLength(64);
    expect(hex(await open(keyPrefix).data.cacheKey(other))).not.toBe(made);
});

it("is forgotten with what was said, and another is made afterwards", async () => {
    const { data, store, mailbox } = open(redis.freshPrefix());
    const key = freshChat();
    const message = messagesOf(key);
    const forgetting: readonly (() => Promise<unknown>)[] = [
        async () => await data.erase(key),
        async () => await store.update(key, { reset: true }),
        async () => {
            await claimTurn(mailbox, key);
            await data.erase(key, { turn: "1" });
        },
    ];
    const seen = new Set<string>();
    for (const forget of forgetting) {
        await mailbox.accept(message("1"), atOnce);
        seen.add(hex(await data.cacheKey(key)));
        await store.update(key, { turns: [exampleTurn(0)], chosenLanguage: "ar" });
        seen.add(hex(await data.cacheKey(key)));
        await forget();
    }
    seen.add(hex(await data.cacheKey(key)));
    expect(seen.size).toBe(4);
});

it("is made while a first message is being answered, and not for what was erased meanwhile", async () => {
    const keyPrefix = redis.freshPrefix();
    const { data, mailbox } = open(keyPrefix);
    const key = freshChat();
    await mailbox.accept(messagesOf(key)("1"), atOnce);
    await claimTurn(mailbox, key);
    const first = await data.cacheKey(key);
    expect(first).toHaveLength(32);
    await data.erase(key);
    expect(await data.cacheKey(key)).toBeUndefined();
    const listed: ConversationKey[] = [];
    for await (const { conversation } of data.list()) listed.push(conversation);
    expect(listed).toEqual([]);
    await mailbox.accept(messagesOf(key)("2"), atOnce);
    expect(hex(await data.cacheKey(key))).not.toBe(hex(first));
    expect(await data.cacheKey("terminal:local:chat")).toHaveLength(32);
});

it("expires with the conversation, also where nothing was said", async () => {
    const keyPrefix = redis.freshPrefix();
    const { data, store, mailbox } = open(keyPrefix, testCipher, 60_000);
    const key = freshChat();
    await mailbox.accept(messagesOf(key)("1"), atOnce);
    const settings = `${keyPrefix}{${key}}:settings`;
    const first = hex(await data.cacheKey(key));
    expect(await redis.client.pTTL(settings)).toBeGreaterThan(50_000);
    await redis.client.pExpire(settings, 20_000);
    expect(hex(await data.cacheKey(key))).toBe(first);
    expect(await redis.client.pTTL(settings)).toBeLessThanOrEqual(20_000);
    await store.update(key, { turns: [exampleTurn(0)] });
    expect(await redis.client.pTTL(settings)).toBeGreaterThan(50_000);
    expect(hex(await data.cacheKey(key))).toBe(first);
});

it("stands in no record of the patient, and opens with the clinic's keys alone", async () => {
    const keyPrefix = redis.freshPrefix();
    const { data, store } = open(keyPrefix);
    const key = freshChat();
    await store.update(key, { turns: [exampleTurn(0)] });
    await data.cacheKey(key);
    expect(await store.read(key)).toEqual({ turns: [exampleTurn(0)] });
    expect(JSON.stringify(await data.export(key))).not.toContain("acheKey");
    expect(await open(keyPrefix, cipherWith("foreign")).data.cacheKey(key)).toBeUndefined();
});

it("stays the same when the clinic's key is changed", async () => {
    const keyPrefix = redis.freshPrefix();
    const key = freshChat();
    const [former, both, fresh] = [["a"], ["b", "a"], ["b"]].map((keys) => cipherWith(...keys));
    const before = open(keyPrefix, former);
    await openConversationNames(redis.client, keyPrefix, former ?? expect.unreachable());
    await before.store.update(key, { turns: [exampleTurn(0)], chosenLanguage: "ar" });
    const made = hex(await before.data.cacheKey(key));
    const cipher = both ?? expect.unreachable();
    expect(await reencrypt(redis.client, { keyPrefix, cipher })).toMatchObject({
        rewritten: 2,
        unreadable: 0,
        remaining: 0,
    });
    expect(hex(await open(keyPrefix, fresh).data.cacheKey(key))).toBe(made);
});

it("tells all processes which conversation was erased, by whomever", async () => {
    const keyPrefix = redis.freshPrefix();
    const { data, limits, mailbox } = open(keyPrefix);
    const queues = await Promise.all(
        [1, 2].map(async () => {
            const options = { ...limits, quietMs: 0, atMostMs: 0, timings: quickTimings };
            return await openConversationQueue(redis.handle, options);
        }),
    );
    const over = new AbortController();
    const heard: ConversationKey[][] = queues.map(() => []);
    const listening = queues.map(async ({ turns }, index) => {
        await turns.onErased((key) => heard[index]?.push(key), over.signal);
    });
    const byClinic: ConversationKey = `web:1:ب} ${randomUUID()}`;
    const byPatient = freshChat();
    // Whoever has just begun to listen may miss the first
    await eventually(async () => {
        await data.erase(byClinic);
        return heard.every((keys) => keys.includes(byClinic));
    });
    await mailbox.accept(messagesOf(byPatient)("1"), atOnce);
    await claimTurn(mailbox, byPatient);
    await data.erase(byPatient, { turn: "1" });
    await eventually(() => heard.every((keys) => keys.includes(byPatient)));
    // A turn that has ended erases nothing
    await data.erase(byClinic, { turn: "gone" });
    await data.erase(byPatient);
    await eventually(() => heard.every((keys) => keys.at(-1) === byPatient));
    expect(heard.every((keys) => keys.lastIndexOf(byClinic) < keys.indexOf(byPatient))).toBe(true);
    over.abort();
    await Promise.all(listening);
    await Promise.all(queues.map(async (queue) => await queue.close()));
});
