import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createLogger, type Logger } from "../../../src/log.ts";
import { freshConversation } from "../../contracts/conversation-store.ts";
import { cipherWith } from "../../setup/cipher.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import {
    answer,
    atOnce,
    claimDelivery,
    claimTurn,
    exampleReply,
    mailboxOn,
    messagesOf,
} from "./mailbox-cases.ts";

let redis: TestRedis;
beforeAll(async () => (redis = await startTestRedis()));
afterAll(async () => await redis.close());

/** Two processes, of which one does not have the new key yet. */
function clinic() {
    const keyPrefix = redis.freshPrefix();
    const key = freshConversation();
    const error = vi.fn();
    const logger: Logger = Object.assign(createLogger("silent"), { error });
    return {
        key,
        error,
        message: messagesOf(key),
        messages: `${keyPrefix}{${key}}:messages`,
        ahead: mailboxOn(redis, { keyPrefix, cipher: cipherWith("new", "former") }),
        behind: mailboxOn(redis, { keyPrefix, cipher: cipherWith("former"), logger }),
    };
}

const by = { token: "t", worker: "w", leaseMs: 30_000 };

it("leaves a question whose key it does not have yet to whoever has it", async () => {
    const { key, ahead, behind, message, error } = clinic();
    await ahead.accept(message("1"), atOnce);
    expect(await behind.claim(key, by)).toMatchObject({ status: "unripe", forMs: 10_000 });
    expect(error).toHaveBeenCalledOnce();
    await ahead.accept(message("2"), { ...atOnce, urgent: true });
    const turn = await claimTurn(ahead, key);
    expect(turn).toMatchObject({ deaths: 0, turnId: "1" });
    expect(turn.messages).toHaveLength(2);
});

it("leaves a reply whose key it does not have yet where it is", async () => {
    const { key, ahead, behind, message } = clinic();
    await ahead.accept(message("1"), atOnce);
    const turn = await claimTurn(ahead, key);
    const pending = await claimDelivery(behind, key, "pending");
    await answer(ahead, key, turn, { reply: exampleReply("Rest.") });
    expect(await behind.readReply(key, pending.hold, "1")).toEqual({ status: "waiting" });
    await behind.releaseDelivery(key, pending.hold);
    expect(await behind.claimDelivery(key, by)).toEqual({ status: "later", forMs: 10_000 });
    expect(await claimDelivery(ahead, key, "reply")).toMatchObject({
        reply: exampleReply("Rest."),
    });
});

it("takes what it could not read for an hour for damaged", async () => {
    const { key, ahead, behind, message, messages } = clinic();
    await ahead.accept(message("1"), atOnce);
    await redis.client.eval(
        "local stored = redis.call('HGET', KEYS[1], '1') " +
            "redis.call('HSET', KEYS[1], '1', ARGV[1] .. string.match(stored, ' .*'))",
        { keys: [messages], arguments: [String(Date.now() - 60 * 60 * 1000)] },
    );
    expect(await behind.claim(key, by)).toEqual({ status: "empty" });
});
