import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openConversationQueue } from "../../../adapters/redis/conversation-queue.ts";
import { ensureRedis } from "../../../adapters/redis/embedded-server.ts";
import { createLogger } from "../../../src/log.ts";
import { eventually, freshChat, messageIn } from "../../contracts/exchange-bench.ts";
import { Child } from "../../setup/child-process.ts";
import { packageRoot } from "../../setup/redis.ts";
import { startRedisNode, type RedisNode } from "../../setup/redis-topologies.ts";
import { startTlsFront, type TlsFront } from "../../setup/tls-front.ts";
import { testCipher } from "../../setup/cipher.ts";

vi.setConfig({ testTimeout: 120_000 });
const program = fileURLToPath(new URL("./queue-worker.ts", import.meta.url));
const keyPrefix = "access:";
let node: RedisNode;
let front: TlsFront;

beforeAll(async () => {
    node = await startRedisNode();
    front = await startTlsFront(node.port);
    // As docs/configuration.md advises: nothing but what begins with our prefix.
    const limits = [`~${keyPrefix}*`, `&${keyPrefix}*`, "+@all"];
    await node.ask("ACL", "SETUSER", "clinic", "on", ">s3cret@", "resetchannels", ...limits);
});
afterAll(async () => {
    await front.close();
    await node.remove();
});

it.each([
    ["with a password", () => `redis://clinic:s3cret%40@127.0.0.1:${node.port}`],
    ["over TLS", () => `rediss://clinic:s3cret%40@127.0.0.1:${front.port}`],
])("a message is answered by a user that is limited to our keys, %s", async (_how, url) => {
    const trust = { NODE_EXTRA_CA_CERTS: front.trustedFile };
    const worker = new Child(
        program,
        [url(), packageRoot, keyPrefix, "0", "telegram:clinic"],
        trust,
    );
    const logger = createLogger("silent");
    const handle = await ensureRedis({
        url: `redis://clinic:s3cret%40@127.0.0.1:${node.port}`,
        dataFolder: "/nonexistent",
        packageRoot,
        logger,
    });
    const limits = {
        cipher: testCipher,
        expireAfterMs: 3_600_000,
        maxTurns: 20,
        quietMs: 10,
        atMostMs: 100,
    };
    const queue = await openConversationQueue(handle, { keyPrefix, ...limits, logger });
    await queue.inbox.accept(messageIn(freshChat(), "1"));
    await eventually(() => worker.said("delivered Text 1"));
    expect(await worker.end()).toBe(0);
    await queue.close();
    await handle.close();
});
