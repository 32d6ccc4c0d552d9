import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../src/config.ts";
import { createLogger } from "../src/log.ts";
import { openStorage, type Storage } from "../src/storage.ts";
import { packageRoot } from "../src/package-root.ts";
import { redisFolder, startRedis } from "./chaos/processes.ts";

let folder: string;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-storage-"));
    await mkdir(redisFolder(folder));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

test("a Redis that goes between the start and the queue is waited for, and the queue opens when it is back", async () => {
    const redis = await startRedis(redisFolder(folder));
    const config = loadConfig({
        environment: { REDIS_URL: redis.url },
        folder,
        packageRoot: packageRoot(),
    });
    const storage = await openStorage(config, createLogger("silent"), () => undefined, {
        withoutRedis: "serve",
    });
    const back = redis.kill(1_500);
    const { inbox } = await storage.openExchange();
    await back;
    const message = {
        id: "1",
        conversation: "telegram:1:2",
        receivedAtMs: 1_700_000_000_000,
        text: "I have a headache.",
        attachments: [],
    } as const;
    expect(await inbox.accept(message)).toBe("accepted");
    await storage.close();
    await redis.stop();
});

test("without Redis everything is allowed, and what is counted meanwhile is there later", async () => {
    const first = await startRedis(redisFolder(folder));
    const config = loadConfig({
        environment: { REDIS_URL: first.url },
        folder,
        packageRoot: packageRoot(),
    });
    const settings = { ...config, limits: { patient: { questionsPerMinute: 1 }, clinic: {} } };
    const open = (withoutRedis: "fail" | "serve"): Promise<Storage> =>
        openStorage(settings, createLogger("silent"), () => undefined, { withoutRedis });
    const back = first.kill(500);
    const early = await open("serve");
    const limits = early.openLimits(settings.limits);
    for (const _ of [1, 2]) {
        expect(await limits.take("telegram:1:2", "question")).toEqual({ allowed: true });
    }
    await limits.spend("telegram:1:2", 100);
    early.counters.count("erased");
    await back;
    await early.openExchange();
    await limits.take("telegram:1:2", "question");
    expect(await limits.take("telegram:1:2", "question")).toMatchObject({
        allowed: false,
    });
    await early.close();
    const late = await open("fail");
    const readings = await late.counters.read();
    expect(readings.find(({ name }) => name === "erased")?.value).toBe(1);
    await late.close();
    await first.stop();
});
