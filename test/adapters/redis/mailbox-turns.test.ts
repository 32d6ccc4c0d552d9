import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mailbox } from "../../../adapters/redis/mailbox.ts";
import { exampleTurn, freshConversation } from "../../contracts/conversation-store.ts";
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
let mailbox: Mailbox;
beforeAll(async () => {
    redis = await startTestRedis();
    mailbox = mailboxOn(redis);
});
afterAll(() => redis.close());

describe("an accepted message", () => {
    it("goes through a turn to its delivery, once", async () => {
        const key = freshConversation();
        const message = messagesOf(key)("m1");
        expect(await mailbox.accept(message, atOnce)).toEqual({
            outcome: "accepted",
            waiting: 1,
            ripeInMs: 0,
            picturesDue: false,
        });
        const turn = await claimTurn(mailbox, key);
        expect(turn).toMatchObject({ turnId: "m1", deaths: 0, history: { turns: [] } });
        expect(turn.messages).toEqual([{ message, acceptedAtMs: expect.any(Number) }]);
        await answer(mailbox, key, turn, {
            reply: exampleReply("r1"),
            replyTo: "m1",
            change: { turns: [exampleTurn(0), exampleTurn(1)] },
        });
        expect(await mailbox.claim(key, { token: "t", worker: "w", leaseMs: 1_000 })).toEqual({
            status: "empty",
        });
        const delivery = await claimDelivery(mailbox, key, "reply");
        expect(delivery).toMatchObject({
            id: "m1",
            to: { conversation: key, messageId: "m1" },
            reply: exampleReply("r1"),
        });
        expect(await mailbox.endDelivery(key, delivery.hold, "m1", "delivered")).toEqual({
            waiting: 0,
        });
        expect(await mailbox.claimDelivery(key, { token: "d", leaseMs: 1_000 })).toEqual({
            status: "nothing",
        });
    });
});
