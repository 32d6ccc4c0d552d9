import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../src/config.ts";
import { createLogger } from "../src/log.ts";
import { openStorage } from "../src/storage.ts";
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
