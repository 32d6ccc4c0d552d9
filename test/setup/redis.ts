import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RedisClient } from "../../adapters/redis/client.ts";
import { ensureRedis, type RedisHandle } from "../../adapters/redis/embedded-server.ts";
import { createLogger } from "../../src/log.ts";

/** The package's folder, as the product's `packageRoot`. */
export const packageRoot = resolve(import.meta.dirname, "../..");

/** A real Redis with a data folder of its own. */
export interface TestRedis {
    readonly client: RedisClient;
    readonly handle: RedisHandle;
    readonly dataFolder: string;
    /** A key prefix that nothing else uses. */
    freshPrefix(): string;
    /** Stops the server and removes its data. */
    close(): Promise<void>;
}

/** Starts a real Redis, as the product does with nothing configured. */
export async function startTestRedis(): Promise<TestRedis> {
    const dataFolder = await mkdtemp(join(tmpdir(), "bimedix2-redis-"));
    const handle = await ensureRedis({ dataFolder, packageRoot, logger: createLogger("silent") });
    return {
        client: await handle.connect(),
        handle,
        dataFolder,
        freshPrefix: () => `test-${randomUUID()}:`,
        async close() {
            await handle.close();
            await rm(dataFolder, { recursive: true, force: true });
        },
    };
}
