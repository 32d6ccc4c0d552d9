import { afterAll, beforeAll, expect, it } from "vitest";
import { createMailbox } from "../../../adapters/redis/create-mailbox.ts";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { ensureRedis, type RedisHandle } from "../../../adapters/redis/embedded-server.ts";
import { createLogger } from "../../../src/log.ts";
import {
    exampleImage,
    exampleTurn,
    freshConversation,
} from "../../contracts/conversation-store.ts";
import {
    answer,
    atOnce,
    claimDelivery,
    claimTurn,
    exampleReply,
    messagesOf,
} from "./mailbox-cases.ts";
import { packageRoot, startExternalRedis, type ExternalRedis } from "../../setup/redis.ts";
import { testCipher } from "../../setup/cipher.ts";

const logger = createLogger("silent");
let node: ExternalRedis;
let handle: RedisHandle;
beforeAll(async () => {
    node = await startExternalRedis(["--cluster-enabled", "yes"]);
    const url = `redis://127.0.0.1:${node.port}`;
    handle = await ensureRedis({ url, dataFolder: "/nonexistent", packageRoot, logger });
});
afterAll(async () => {
    await handle.close();
    await node.close();
});

it("every operation keeps to one slot, as a Redis Cluster demands", async () => {
    const client = await handle.connect();
    await client.sendCommand(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    const options = {
        cipher: testCipher,
        keyPrefix: "c:",
        expireAfterMs: 60_000,
        maxTurns: 2,
        logger,
    };
    const store = createConversationStore(client, options);
    const mailbox = createMailbox(client, options);
    const image = exampleImage(1);
    for (const key of [freshConversation(), freshConversation(), "web:a:}" as const]) {
        for (const number of [0, 1, 2]) {
            await store.update(key, {
                chosenLanguage: "en",
                turns: [exampleTurn(number, [image])],
                images: [image],
            });
        }
        expect((await store.read(key)).turns).toHaveLength(2);
        expect(await store.readImage(key, image)).toBeDefined();
        await store.update(key, { reset: true });
    }
    for (const key of [freshConversation(), freshConversation()]) {
        await mailbox.accept(messagesOf(key)("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        await answer(mailbox, key, turn, {
            reply: exampleReply("reply"),
            change: { turns: [exampleTurn(0, [image])], images: [image] },
        });
        const { hold, id } = await claimDelivery(mailbox, key, "reply");
        expect(await mailbox.saveJournal(key, hold, id, "half")).toBe(true);
        expect(await mailbox.endDelivery(key, hold, id, "dead")).toEqual({ waiting: 0 });
        expect(await mailbox.resendDead(key, id)).toBe(true);
        expect((await store.read(key)).turns).toHaveLength(1);
    }
});
