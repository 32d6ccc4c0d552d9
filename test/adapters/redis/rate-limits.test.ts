import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLimits } from "../../../adapters/redis/rate-limits.ts";
import { ensureRedis } from "../../../adapters/redis/embedded-server.ts";
import { callRedis, type RedisClient } from "../../../adapters/redis/client.ts";
import { createLogger } from "../../../src/log.ts";
import type { Limits, LimitSettings } from "../../../src/safety-ports.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import {
    packageRoot,
    serverProcessId,
    startExternalRedis,
    startTestRedis,
    type TestRedis,
} from "../../setup/redis.ts";

const chat = "telegram:1:4242424242";
const other = "telegram:1:7";
const logger = createLogger("silent");
let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

function limitsOf(
    keyPrefix: string,
    settings: Partial<LimitSettings>,
    client: RedisClient = redis.client,
): Limits {
    return createLimits(client, {
        keyPrefix,
        settings: { patient: {}, clinic: {}, ...settings },
        logger,
        // These are about counting, however slow the machine is
        patienceMs: 30_000,
    });
}

const allowed = { allowed: true };

/** Ends every window whose key matches. */
async function endWindows(keyPrefix: string, pattern: string): Promise<void> {
    const keys = await redis.client.keys(`${keyPrefix}*${pattern}`);
    expect(keys).not.toEqual([]);
    for (const key of keys) await redis.client.pExpire(key, 0);
}

describe("limits", () => {
    it("count over all processes, for each patient alone, and tell once a window", async () => {
        const prefix = redis.freshPrefix();
        const settings = { patient: { questionsPerMinute: 4 } };
        const one = limitsOf(prefix, settings);
        const another = limitsOf(prefix, settings, await redis.handle.connect());
        const takes = Array.from({ length: 10 }, (_, index) =>
            (index % 2 === 0 ? one : another).take(chat, "question"),
        );
        const outcomes = await Promise.all(takes);
        expect(outcomes.filter((outcome) => outcome.allowed)).toHaveLength(4);
        const refused = outcomes.filter((outcome) => !outcome.allowed);
        expect(refused.filter(({ told }) => !told)).toHaveLength(1);
        for (const { scope, reason, retryAfterMs } of refused) {
            expect({ scope, reason }).toEqual({ scope: "patient", reason: "rate" });
            expect(retryAfterMs).toBeGreaterThan(50_000);
            expect(retryAfterMs).toBeLessThanOrEqual(60_000);
        }
        expect(await another.take(other, "question")).toEqual(allowed);

        await endWindows(prefix, "minute");
        for (let count = 0; count < 4; count += 1) {
            expect(await one.take(chat, "question")).toEqual(allowed);
        }
        expect(await another.take(chat, "question")).toMatchObject({ told: false });
    });

    it("refuse without using up the longer windows", async () => {
        const prefix = redis.freshPrefix();
        const limits = limitsOf(prefix, {
            patient: { questionsPerMinute: 2, questionsPerHour: 3 },
            clinic: { questionsPerHour: 10 },
        });
        for (let count = 0; count < 6; count += 1) await limits.take(chat, "question");
        await endWindows(prefix, "questions-minute");
        expect(await limits.take(chat, "question")).toEqual(allowed);
        const refused = await limits.take(chat, "question");
        expect(refused).toMatchObject({ allowed: false, scope: "patient", told: false });
        expect(refused.allowed || refused.retryAfterMs).toBeGreaterThan(3_500_000);
        expect(await redis.client.get(`${prefix}{limit:clinic}:questions-hour`)).toBe("3");
    });

    it("hold for the clinic as a whole, and tell each patient", async () => {
        const limits = limitsOf(redis.freshPrefix(), { clinic: { questionsPerHour: 1 } });
        expect(await limits.take(chat, "question")).toEqual(allowed);
        for (const patient of [chat, other] as const) {
            for (const told of [false, true]) {
                expect(await limits.take(patient, "question")).toMatchObject({
                    scope: "clinic",
                    reason: "rate",
                    told,
                });
            }
        }
        expect(await limits.take(chat, "message")).toEqual(allowed);
    });

    it("stop a flood of messages without counting them as questions", async () => {
        const settings = { patient: { messagesPerMinute: 2, questionsPerMinute: 1 } };
        const limits = limitsOf(redis.freshPrefix(), settings);
        const outcomes = [];
        for (let count = 0; count < 3; count += 1)
            outcomes.push(await limits.take(chat, "message"));
        expect(outcomes.map((outcome) => outcome.allowed)).toEqual([true, true, false]);
        expect(await limits.take(chat, "question")).toEqual(allowed);
    });

    it("end a day's answers when they have cost enough, also for the clinic", async () => {
        const limits = limitsOf(redis.freshPrefix(), {
            patient: { tokensPerDay: 1_000 },
            clinic: { tokensPerDay: 1_500 },
        });
        await limits.spend(chat, 999);
        for (const nothing of [0, -5, Number.NaN]) await limits.spend(chat, nothing);
        expect(await limits.take(chat, "question")).toEqual(allowed);
        await limits.spend(chat, 0.6);
        const refused = await limits.take(chat, "question");
        expect(refused).toMatchObject({ scope: "patient", reason: "daily-cost", told: false });
        expect(refused.allowed || refused.retryAfterMs).toBeGreaterThan(23 * 3_600_000);
        expect(await limits.take(chat, "question")).toMatchObject({ told: true });
        expect(await limits.take(other, "question")).toEqual(allowed);
        await limits.spend(other, 900);
        expect(await limits.take(other, "question")).toMatchObject({
            scope: "clinic",
            reason: "daily-cost",
        });
        expect(await limits.take(other, "message")).toEqual(allowed);
    });

    it("are none where they are absent or 0, and keep nothing then", async () => {
        const prefix = redis.freshPrefix();
        const limits = limitsOf(prefix, { patient: { questionsPerHour: 0, tokensPerDay: 0 } });
        for (let count = 0; count < 50; count += 1) {
            expect(await limits.take(chat, "question")).toEqual(allowed);
        }
        await limits.spend(chat, 1e9);
        expect(await redis.client.keys(`${prefix}*`)).toEqual([]);
    });

    it("leave keys that name nobody and expire within a day", async () => {
        const prefix = redis.freshPrefix();
        const all = { questionsPerMinute: 1, questionsPerHour: 9, questionsPerDay: 9 };
        const limits = limitsOf(prefix, {
            patient: { ...all, messagesPerMinute: 9, tokensPerDay: 9 },
            clinic: { questionsPerHour: 9, tokensPerDay: 9 },
        });
        await limits.take(chat, "message");
        for (let count = 0; count < 3; count += 1) await limits.take(chat, "question");
        await limits.spend(chat, 10);
        const keys = await redis.client.keys(`${prefix}*`);
        expect(keys).toHaveLength(8);
        for (const key of keys) {
            expect(key).not.toContain("4242");
            const leftMs = await redis.client.pTTL(key);
            expect(leftMs).toBeGreaterThan(0);
            expect(leftMs).toBeLessThanOrEqual(24 * 3_600_000);
        }
    });

    it("keep to one slot each, as a Redis Cluster demands", async () => {
        const node = await startExternalRedis(["--cluster-enabled", "yes"]);
        const url = `redis-cluster://127.0.0.1:${String(node.port)}`;
        const single = await ensureRedis({
            url: `redis://127.0.0.1:${String(node.port)}`,
            dataFolder: "/nonexistent",
            packageRoot,
            logger,
        });
        await (await single.connect()).sendCommand(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
        const cluster = await ensureRedis({ url, dataFolder: "/nonexistent", packageRoot, logger });
        const client = await cluster.connect();
        // A cluster begins to serve soon after its slots are given out.
        await callRedis(client, (bounded) => bounded.set("c:begun", ""));
        const settings = {
            patient: { questionsPerMinute: 1, tokensPerDay: 5 },
            clinic: { questionsPerHour: 1 },
        };
        const limits = limitsOf("c:", settings, client);
        expect(await limits.take(chat, "question")).toEqual(allowed);
        expect(await limits.take(chat, "question")).toMatchObject({ scope: "patient" });
        expect(await limits.take(other, "question")).toMatchObject({ scope: "clinic" });
        await limits.spend(chat, 5);
        expect(await limits.take(chat, "question")).toMatchObject({ reason: "daily-cost" });
        await cluster.close();
        await single.close();
        await node.close();
    });
});

describe("limits without Redis", () => {
    it("allow everything while it is frozen or refuses, and say so once an outage", async () => {
        const own = await startTestRedis();
        const recording = createRecordingLogger();
        const limits = createLimits(own.client, {
            keyPrefix: "away:",
            settings: { patient: { questionsPerMinute: 1 }, clinic: { tokensPerDay: 1 } },
            logger: recording,
        });
        expect(await limits.take(chat, "question")).toEqual(allowed);
        expect(await limits.take(chat, "question")).toMatchObject({ allowed: false });
        const server = await serverProcessId(own.client);
        process.kill(server, "SIGSTOP");
        try {
            for (let count = 0; count < 3; count += 1) {
                expect(await limits.take(chat, "question")).toEqual(allowed);
            }
            await limits.spend(chat, 5);
        } finally {
            process.kill(server, "SIGCONT");
        }
        expect(recording.entries).toMatchObject([
            { level: "warn", fields: { code: "store-unavailable" } },
        ]);
        await expect.poll(() => limits.take(chat, "question")).toMatchObject({ allowed: false });

        await own.client.set("away:{limit:clinic}:tokens-day", "not a number");
        await limits.spend(chat, 5);
        expect(recording.entries).toMatchObject([{}, { fields: { code: "store-failed" } }]);
        expect(JSON.stringify(recording.entries)).not.toMatch(/4242|not a number/);
        await own.close();
    });
});
