import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RedisClient } from "../../../adapters/redis/client.ts";
import { createCounters, type OpenCounters } from "../../../adapters/redis/counters.ts";
import { createLogger } from "../../../src/log.ts";
import type { CounterLabels, CounterReading } from "../../../src/safety-ports.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { serverProcessId, startTestRedis, type TestRedis } from "../../setup/redis.ts";

const logger = createLogger("silent");
const emergency = { disposition: "emergency", crisis: "no" } as const;
let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

function countersOf(keyPrefix: string, client: RedisClient = redis.client): OpenCounters {
    return createCounters(() => client, { keyPrefix, logger });
}

/** The readings above 0, as `name label,label` and number. */
function told(readings: readonly CounterReading[]): Record<string, number> {
    return Object.fromEntries(
        readings
            .filter(({ value }) => value > 0)
            .map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(" "), value]),
    );
}

describe("the counters of safety", () => {
    it("count over all processes, and are there after a restart", async () => {
        const prefix = redis.freshPrefix();
        const [one, another] = [
            countersOf(prefix),
            countersOf(prefix, await redis.handle.connect()),
        ];
        for (let count = 0; count < 100; count += 1) {
            one.count("screened", emergency);
            another.count("screened", emergency);
        }
        another.count("replaced");
        one.count("limited", { reason: "rate", scope: "clinic" });
        await one.close();
        await another.close();
        const readings = await countersOf(prefix).read();
        expect(told(readings)).toEqual({
            "screened emergency no": 200,
            replaced: 1,
            "limited clinic rate": 1,
        });
        expect(readings).toContainEqual({
            name: "screened",
            labels: { disposition: "none", crisis: "yes" },
            value: 0,
        });
    });

    it("write by themselves, and show what they have not written yet", async () => {
        const prefix = redis.freshPrefix();
        const counters = countersOf(prefix);
        counters.count("erased");
        expect(told(await counters.read())).toEqual({ erased: 1 });
        counters.count("erased");
        await expect
            .poll(async () => await redis.client.hGetAll(`${prefix}{counters}`), { timeout: 5_000 })
            .toEqual({ erased: "2" });
    });

    it("count nothing but what the catalogue has, whatever goes around the types", async () => {
        const recording = createRecordingLogger();
        const prefix = redis.freshPrefix();
        const counters = createCounters(() => redis.client, {
            keyPrefix: prefix,
            logger: recording,
        });
        const wrong = [
            { choice: "My name is Layla" },
            { choice: "given", name: "Layla" },
            {},
        ] as unknown as CounterLabels<"consent">[];
        for (const labels of wrong) counters.count("consent", labels);
        counters.count("Layla" as "erased");
        await counters.close();
        expect(await redis.client.keys(`${prefix}*`)).toEqual([]);
        expect(recording.entries).toHaveLength(4);
        expect(JSON.stringify(recording.entries)).not.toContain("Layla");
    });

    it("wait for a Redis that comes later, and cannot be read before", async () => {
        const prefix = redis.freshPrefix();
        let client: RedisClient | undefined;
        const counters = createCounters(() => client, { keyPrefix: prefix, logger });
        counters.count("exported");
        await expect(counters.read()).rejects.toMatchObject({ code: "store-unavailable" });
        client = redis.client;
        await counters.close();
        expect(told(await countersOf(prefix).read())).toEqual({ exported: 1 });
    });

    it("count once what a frozen Redis writes after the answer is no longer waited for", async () => {
        const own = await startTestRedis();
        const counters = createCounters(() => own.client, { keyPrefix: "late:", logger });
        counters.count("regenerated");
        // Now the server knows the script: the next call is carried out without a round trip more.
        expect(told(await counters.read())).toEqual({ regenerated: 1 });
        counters.count("regenerated");
        const server = await serverProcessId(own.client);
        process.kill(server, "SIGSTOP");
        try {
            await expect(counters.read()).rejects.toMatchObject({ code: "store-unavailable" });
            counters.count("regenerated");
        } finally {
            process.kill(server, "SIGCONT");
        }
        expect(told(await counters.read())).toEqual({ regenerated: 3 });
        await own.close();
    }, 60_000);
});
