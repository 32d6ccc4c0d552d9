/**
 * One product process, for tests that start several and kill them: finds or starts the Redis of a
 * data folder (or uses that of a URL), then stores numbered turns and prints each number once it is stored. Ends in order
 * when its standard input ends.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { ensureRedis } from "../../../adapters/redis/embedded-server.ts";
import { createLogger } from "../../../src/log.ts";
import type { ConversationKey } from "../../../src/message.ts";
import { testCipher } from "../../setup/cipher.ts";

const [place = "", packageRoot = "", conversation = ""] = process.argv.slice(2);
const logger = createLogger("silent");
const url = /^rediss?:/.test(place) ? { url: place } : {};
const handle = await ensureRedis({ ...url, dataFolder: place, packageRoot, logger });
const store = createConversationStore(await handle.connect(), {
    keyPrefix: "contenders:",
    expireAfterMs: 3_600_000,
    maxTurns: 100_000,
    cipher: testCipher,
    logger,
});

process.stdin.resume();
for (let number = 0; !process.stdin.readableEnded; number++) {
    const turn = {
        text: String(number),
        role: "user",
        language: "en",
        atMs: 0,
        images: [],
    } as const;
    await store.update(conversation as ConversationKey, { turns: [turn] });
    process.stdout.write(`${number}\n`);
    await sleep(5);
}
await handle.close();
