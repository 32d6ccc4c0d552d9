import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createMailbox } from "../../../adapters/redis/create-mailbox.ts";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { createLogger } from "../../../src/log.ts";
import { exampleTurn, freshConversation } from "../../contracts/conversation-store.ts";
import { atOnce, claimTurn, messagesOf } from "./mailbox-cases.ts";
import { serverProcessId, startTestRedis, type TestRedis } from "../../setup/redis.ts";
import { testCipher } from "../../setup/cipher.ts";

const logger = createLogger("silent");
let redis: TestRedis;
beforeEach(async () => {
    redis = await startTestRedis();
});
afterEach(() => redis.close());

/** Runs calls on a server that is frozen until all have failed, and carries them out only then. */
async function whileFrozen(...calls: (() => Promise<unknown>)[]): Promise<void> {
    const server = await serverProcessId(redis.client);
    process.kill(server, "SIGSTOP");
    try {
        const outcomes = await Promise.allSettled(calls.map((call) => call()));
        for (const outcome of outcomes) {
            expect(outcome).toMatchObject({ reason: { code: "store-unavailable" } });
        }
    } finally {
        process.kill(server, "SIGCONT");
    }
}

describe("a call that failed and that a frozen server carries out later", () => {
    it("is repeated by its caller without losing or doubling anything", async () => {
        const limits = {
            cipher: testCipher,
            keyPrefix: "late:",
            expireAfterMs: 60_000,
            maxTurns: 50,
            logger,
        };
        const mailbox = createMailbox(redis.client, limits);
        const store = createConversationStore(redis.client, limits);
        // Only a script that the server knows is carried out without a further round trip.
        const before = freshConversation();
        await mailbox.accept(messagesOf(before)("1"), atOnce);
        await claimTurn(mailbox, before);
        await store.update(freshConversation(), {});

        const [chat, waiting, key] = [
            freshConversation(),
            freshConversation(),
            freshConversation(),
        ];
        const message = messagesOf(chat)("1");
        await mailbox.accept(messagesOf(waiting)("1"), atOnce);
        const claimant = { token: "first", worker: "w1", leaseMs: 30_000 };
        const change = { id: "reply:1", turns: [exampleTurn(0), exampleTurn(1)] };
        await whileFrozen(
            () => mailbox.accept(message, atOnce),
            () => mailbox.claim(waiting, claimant),
            () => store.update(key, change),
        );

        await vi.waitFor(async () => {
            expect((await mailbox.ripeness(chat)).waiting).toBe(1);
            expect((await mailbox.ripeness(waiting)).holder).toBe("w1");
            expect((await store.read(key)).turns).toEqual(change.turns);
        }, 20_000);
        // The caller wakes the conversation after a duplicate, too: so it may have been stored before.
        expect(await mailbox.accept(message, atOnce)).toMatchObject({ outcome: "duplicate" });
        expect((await claimTurn(mailbox, chat)).messages).toMatchObject([{ message }]);
        expect(await mailbox.claim(waiting, claimant)).toMatchObject({
            status: "claimed",
            deaths: 0,
        });
        await store.update(key, change);
        expect((await store.read(key)).turns).toEqual(change.turns);
    }, 60_000);
});
