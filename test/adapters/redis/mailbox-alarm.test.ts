import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mailbox } from "../../../adapters/redis/mailbox.ts";
import { exampleTurn, freshConversation } from "../../contracts/conversation-store.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import {
    claimDelivery,
    claimTurn,
    exampleReply,
    mailboxOn,
    messagesOf,
    muchLater,
} from "./mailbox-cases.ts";

let redis: TestRedis;
let mailbox: Mailbox;
beforeAll(async () => {
    redis = await startTestRedis();
    mailbox = mailboxOn(redis);
});
afterAll(() => redis.close());

const alarm = { emergency: true, crisis: false };
const urgently = { ...muchLater, urgent: true };

describe("a message with an alarm", () => {
    it("is ripe at once, and comes with its alarm", async () => {
        const key = freshConversation();
        const accepted = await mailbox.accept(messagesOf(key)("1", { alarm }), muchLater);
        expect(accepted).toMatchObject({ outcome: "accepted", ripeInMs: 0 });
        const turn = await claimTurn(mailbox, key);
        expect(turn.messages[0]?.message.alarm).toEqual(alarm);
    });

    it("takes the conversation from whoever answers it, dead or alive, and counts no death", async () => {
        const key = freshConversation();
        const message = messagesOf(key);
        await mailbox.accept(message("1"), urgently);
        const slow = await claimTurn(mailbox, key, { worker: "slow", leaseMs: 60_000 });
        await mailbox.accept(message("2", { alarm }), muchLater);
        const desk = await claimTurn(mailbox, key, { worker: "desk" });
        expect(desk).toMatchObject({ tookOver: true, deaths: 0 });
        expect(desk.messages).toHaveLength(2);
        expect(await mailbox.renew(key, { ...slow.hold, leaseMs: 1_000 })).toBe("lost");
        const outcome = { turnId: "1", settled: 1, reply: exampleReply("slow") };
        expect(await mailbox.commit(key, slow.hold, outcome)).toEqual({ status: "lost" });
        const fixed = { turnId: "1", settled: 2, reply: exampleReply("fixed"), afresh: true };
        expect(await mailbox.commit(key, desk.hold, fixed)).toMatchObject({ status: "committed" });
        expect((await claimDelivery(mailbox, key, "reply")).reply).toEqual(exampleReply("fixed"));
    });

    it("takes it once: the next claim waits again", async () => {
        const key = freshConversation();
        await mailbox.accept(messagesOf(key)("1", { alarm }), muchLater);
        await claimTurn(mailbox, key);
        const again = await mailbox.claim(key, { token: "t", worker: "w", leaseMs: 1_000 });
        expect(again.status).toBe("held");
    });

    it("has what was shown of the interrupted answer taken back, before its own message", async () => {
        const key = freshConversation();
        const message = messagesOf(key);
        await mailbox.accept(message("1"), urgently);
        await claimTurn(mailbox, key);
        const growing = await claimDelivery(mailbox, key, "pending");
        await mailbox.saveJournal(key, growing.hold, "1", { shown: 1 });
        await mailbox.accept(message("2", { alarm }), muchLater);
        const desk = await claimTurn(mailbox, key);
        const change = { turns: [exampleTurn(0), exampleTurn(1)] };
        await mailbox.commit(key, desk.hold, {
            turnId: "1",
            settled: 2,
            reply: exampleReply("fixed"),
            replyTo: "2",
            afresh: true,
            change,
        });
        const former = await mailbox.readReply(key, growing.hold, "1");
        expect(former).toMatchObject({ status: "reply" });
        expect(former).not.toHaveProperty("reply");
        expect(await mailbox.endDelivery(key, growing.hold, "1", "delivered")).toEqual({
            waiting: 1,
        });
        const next = await claimDelivery(mailbox, key, "reply");
        expect(next).toMatchObject({
            reply: exampleReply("fixed"),
            to: { conversation: key, messageId: "2" },
        });
        expect(next.id).not.toBe("1");
        expect(next).not.toHaveProperty("journal");
    });
});
