import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { createInbox } from "../../../adapters/redis/inbox.ts";
import { createLogger } from "../../../src/log.ts";
import { exampleTurn, freshConversation } from "../../contracts/conversation-store.ts";
import { exampleMessage } from "../../contracts/inbox.ts";
import { serverProcessId, startTestRedis, type TestRedis } from "../../setup/redis.ts";

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
        const limits = { keyPrefix: "late:", expireAfterMs: 60_000, maxTurns: 50, logger };
        const inbox = createInbox(redis.client, limits);
        const store = createConversationStore(redis.client, limits);
        // Only a script that the server knows is carried out without a further round trip.
        await inbox.accept(exampleMessage({ id: "before" }));
        await store.update(freshConversation(), {});

        const message = exampleMessage();
        const key = freshConversation();
        const change = { id: "reply:1", turns: [exampleTurn(0), exampleTurn(1)] };
        await whileFrozen(
            () => inbox.accept(message),
            () => store.update(key, change),
        );

        await vi.waitFor(async () => {
            expect(await inbox.unsettled()).toHaveLength(2);
            expect((await store.read(key)).turns).toEqual(change.turns);
        });
        expect(await inbox.accept(message)).toBe("accepted");
        await store.update(key, change);
        expect(await inbox.accept(message)).toBe("duplicate");
        expect((await inbox.unsettled()).map(({ id }) => id)).toEqual(["before", message.id]);
        expect((await store.read(key)).turns).toEqual(change.turns);
    }, 60_000);
});
