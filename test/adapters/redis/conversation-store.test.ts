import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { changedHistory } from "../../../adapters/redis/history-cache.ts";
import {
    createConversationStore,
    type ConversationStoreOptions,
} from "../../../adapters/redis/conversation-store.ts";
import { createLogger, type Logger } from "../../../src/log.ts";
import type { Conversation, ConversationChange, ModelImage } from "../../../src/message.ts";
import type { ConversationStore } from "../../../src/ports.ts";
import {
    describeConversationStore,
    exampleImage,
    exampleTurn,
    freshConversation,
} from "../../contracts/conversation-store.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import { testCipher } from "../../setup/cipher.ts";

let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

function createStore(options: Partial<ConversationStoreOptions> = {}): ConversationStore {
    return createConversationStore(redis.client, {
        keyPrefix: redis.freshPrefix(),
        expireAfterMs: 3_600_000,
        maxTurns: 100,
        cipher: testCipher,
        logger: createLogger("silent"),
        ...options,
    });
}

async function keysOf(prefix: string): Promise<string[]> {
    const keys = await redis.client.keys(`${prefix}*`);
    return keys.filter((key) => !key.includes(":change:")).sort();
}

describeConversationStore("Redis", () => createStore());

describe("the conversation store in Redis", () => {
    it("behaves as a list in memory, whatever the changes", async () => {
        const pictures = [exampleImage(0), exampleImage(1), exampleImage(2)];
        const change = fc.record(
            {
                id: fc.constantFrom("1", "2"),
                reset: fc.boolean(),
                chosenLanguage: fc.constantFrom("ar", "en", "automatic"),
                turns: fc.array(
                    fc.record({
                        role: fc.constantFrom("user", "assistant"),
                        text: fc.string({ unit: "binary" }),
                        language: fc.constantFrom("ar", "en"),
                        atMs: fc.nat(),
                        images: fc.subarray(pictures.map(({ id, side }) => ({ id, side }))),
                    }),
                    { maxLength: 4 },
                ),
            },
            { requiredKeys: [] },
        );
        const maxTurns = 5;
        await fc.assert(
            fc.asyncProperty(fc.array(change, { maxLength: 8 }), async (changes) => {
                const store = createStore({ maxTurns });
                const key = freshConversation();
                let expected: Conversation = { turns: [] };
                const applied = new Set<string | undefined>();
                for (const parts of changes as ConversationChange[]) {
                    const shown = new Set(parts.turns?.flatMap(({ images }) => images));
                    const ids = new Set([...shown].map(({ id }) => id));
                    const images = pictures.filter(({ id }) => ids.has(id));
                    await store.update(key, { ...parts, images });
                    if (parts.id !== undefined && applied.has(parts.id)) continue;
                    applied.add(parts.id);
                    expected = applyTo(expected, parts, maxTurns);
                }
                expect(await store.read(key)).toEqual(expected);
                const kept = new Set(
                    expected.turns.flatMap((turn) => turn.images.map(({ id }) => id)),
                );
                for (const picture of pictures) {
                    const stored = await store.readImage(key, picture);
                    expect(stored !== undefined).toBe(kept.has(picture.id));
                }
            }),
            { numRuns: 60 },
        );
    });

    it("lets a quarter of the oldest turns go at once, so that most prompts begin as the one before", async () => {
        const maxTurns = 28;
        const keyPrefix = redis.freshPrefix();
        const store = createStore({ keyPrefix, maxTurns });
        const key = freshConversation();
        const beginnings = new Set<string>();
        let expected: Conversation = { turns: [] };
        for (let number = 0; number < 60; number++) {
            const change = { turns: [exampleTurn(number)] };
            await store.update(key, change);
            // A change without turns lets none go, also where fewer may be kept than there are
            const language = { chosenLanguage: "ar" } as const;
            await createStore({ keyPrefix, maxTurns: 4 }).update(key, language);
            expected = changedHistory(changedHistory(expected, change, maxTurns), language, 4);
            expect(await store.read(key)).toEqual(expected);
            expect(expected.turns.length).toBeGreaterThanOrEqual(Math.min(number, 20));
            beginnings.add(expected.turns[0]?.text ?? "");
        }
        expect(beginnings.size).toBe(5);
    });

    it("keeps exactly the newest turns and the pictures that they show", async () => {
        const keyPrefix = redis.freshPrefix();
        const store = createStore({ keyPrefix, maxTurns: 3 });
        const key = freshConversation();
        const [once, twice] = [exampleImage(1), exampleImage(2)];
        const add = (number: number, ...images: ModelImage[]): Promise<void> =>
            store.update(key, { turns: [exampleTurn(number, images)], images });
        await add(0, once, twice);
        await add(1);
        await add(2, twice);
        await add(3);
        expect((await store.read(key)).turns).toEqual([
            exampleTurn(1),
            exampleTurn(2, [twice]),
            exampleTurn(3),
        ]);
        expect(await store.readImage(key, once)).toBeUndefined();
        expect(await store.readImage(key, twice)).toBeDefined();
        await add(4);
        await add(5);
        expect(await store.readImage(key, twice)).toBeUndefined();
        expect(await keysOf(keyPrefix)).not.toContain(`${keyPrefix}{${key}}:images`);
    });

    it("lets a conversation expire as a whole, counted from its last change", async () => {
        const keyPrefix = redis.freshPrefix();
        const key = freshConversation();
        const image = exampleImage(1);
        const lifetimes = async (): Promise<number[]> =>
            await Promise.all((await keysOf(keyPrefix)).map((name) => redis.client.pTTL(name)));

        const short = createStore({ keyPrefix, expireAfterMs: 100_000 });
        await short.update(key, {
            chosenLanguage: "ar",
            turns: [exampleTurn(0, [image])],
            images: [image],
        });
        expect(await lifetimes()).toHaveLength(3);
        for (const lifetime of await lifetimes()) {
            expect(lifetime).toBeGreaterThan(0);
            expect(lifetime).toBeLessThanOrEqual(100_000);
        }
        const long = createStore({ keyPrefix, expireAfterMs: 900_000 });
        await long.update(key, { turns: [exampleTurn(1)] });
        for (const lifetime of await lifetimes()) expect(lifetime).toBeGreaterThan(100_000);

        const momentary = createStore({ keyPrefix, expireAfterMs: 1 });
        await momentary.update(key, { turns: [exampleTurn(2)] });
        await vi.waitFor(async () => expect(await keysOf(keyPrefix)).toEqual([]), 20_000);
        expect(await short.read(key)).toEqual({ turns: [] });
        expect(await short.readImage(key, image)).toBeUndefined();
    });

    it("is the same for every process and platform on one server", async () => {
        const keyPrefix = redis.freshPrefix();
        const other = createConversationStore(await redis.handle.connect(), {
            keyPrefix,
            expireAfterMs: 3_600_000,
            maxTurns: 100,
            cipher: testCipher,
            logger: createLogger("silent"),
        });
        const key = "telegram:bot:1";
        await createStore({ keyPrefix }).update(key, { turns: [exampleTurn(0)] });
        expect((await other.read(key)).turns).toEqual([exampleTurn(0)]);
        expect((await createStore().read(key)).turns).toEqual([]);
    });

    it("leaves out what it cannot understand, counts it, and goes on", async () => {
        const keyPrefix = redis.freshPrefix();
        const warn = vi.fn<Logger["warn"]>();
        const logger: Logger = Object.assign(createLogger("silent"), { warn });
        const store = createStore({ keyPrefix, logger, maxTurns: 4 });
        const key = freshConversation();
        const image = exampleImage(1);
        const turns = `${keyPrefix}{${key}}:turns`;
        await store.update(key, { turns: [exampleTurn(0, [image])], images: [image] });
        await redis.client.rPush(turns, ["", "damaged", '\n9{"from":"the future"}']);
        await redis.client.hSet(`${keyPrefix}{${key}}:images`, image.id, "damaged");
        await redis.client.hSet(`${keyPrefix}{${key}}:settings`, "language", "tlh");

        expect(await store.read(key)).toEqual({ turns: [exampleTurn(0, [image])] });
        expect(warn).toHaveBeenCalledWith({ skipped: 3 }, expect.any(String));
        expect(await store.readImage(key, image)).toBeUndefined();
        for (const number of [1, 2, 3, 4])
            await store.update(key, { turns: [exampleTurn(number)] });
        expect((await store.read(key)).turns).toEqual([1, 2, 3, 4].map((n) => exampleTurn(n)));
        expect(JSON.stringify(warn.mock.calls)).not.toContain("Question");
    });

    it("does the same work for a change, however long the history", async () => {
        const store = createStore({ maxTurns: 2_000 });
        const key = freshConversation();
        const append = (): Promise<void> => store.update(key, { turns: [exampleTurn(0)] });
        await append();
        const early = await commandsOf(append);
        expect(early.length).toBeGreaterThan(0);
        const history = Array.from({ length: 1_000 }, (_, index) => exampleTurn(index));
        await store.update(key, { turns: history });
        expect(await commandsOf(append)).toEqual(early);
    });

    it("refuses a key prefix that would defeat the slots of a cluster", async () => {
        await expect(createStore({ keyPrefix: "{a}" }).read("web:a:b")).rejects.toMatchObject({
            code: "config-invalid",
        });
    });
});

function applyTo(before: Conversation, change: ConversationChange, maxTurns: number): Conversation {
    const turns = [...(change.reset ? [] : before.turns), ...(change.turns ?? [])];
    const chosen = change.chosenLanguage ?? before.chosenLanguage ?? "automatic";
    return {
        turns: turns.slice(-maxTurns),
        ...(chosen === "automatic" ? {} : { chosenLanguage: chosen }),
    };
}

/** How often each command ran, but for those that clients send by themselves. */
async function commandsOf(work: () => Promise<unknown>): Promise<string[]> {
    await redis.client.configResetStat();
    await work();
    const info = await redis.client.info("commandstats");
    const counts = info.match(/^cmdstat_\S+:calls=\d+/gm) ?? [];
    return counts.filter((count) => !/config|info|ping/.test(count)).sort();
}
