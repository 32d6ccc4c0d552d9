import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mailbox, Timing } from "../../../adapters/redis/mailbox.ts";
import type { ConversationKey } from "../../../src/message.ts";
import { exampleTurn, freshConversation } from "../../contracts/conversation-store.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import {
    answer,
    atOnce,
    claimDelivery,
    claimTurn,
    eventually,
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

/** How a claim by somebody else ends. */
async function tryClaim(key: ConversationKey): Promise<{ status: string; forMs?: number }> {
    return await mailbox.claim(key, { token: "another", worker: "w2", leaseMs: 1_000 });
}

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

describe("the ripeness of a conversation", () => {
    const within = (quietMs: number, atMostMs: number): Timing => ({
        quietMs,
        atMostMs,
        urgent: false,
    });

    it("follows the last message, but not beyond the longest time after the first", async () => {
        const key = freshConversation();
        const message = messagesOf(key);
        const first = await mailbox.accept(message("1"), within(100_000, 150_000));
        expect(first.ripeInMs).toBe(100_000);
        expect(await tryClaim(key)).toMatchObject({ status: "unripe" });
        const second = await mailbox.accept(message("2"), within(900_000, 150_000));
        expect(second.ripeInMs).toBeGreaterThan(100_000);
        expect(second.ripeInMs).toBeLessThanOrEqual(150_000);
        const third = await mailbox.accept(message("3"), atOnce);
        expect(third.waiting).toBe(3);
        expect(third.ripeInMs).toBeGreaterThan(100_000);
    });

    it("comes by itself", async () => {
        const key = freshConversation();
        await mailbox.accept(messagesOf(key)("1"), within(5, 5));
        const turn = await eventually(() => claimTurn(mailbox, key));
        expect(turn.messages).toHaveLength(1);
    });

    it("comes at once with a command or an urgent message, and stays until the claim", async () => {
        for (const [how, parts] of [
            [{ ...muchLater, urgent: true }, {}],
            [muchLater, { command: { name: "help", argument: "" } }],
        ] as const) {
            const key = freshConversation();
            const message = messagesOf(key);
            expect((await mailbox.accept(message("1"), muchLater)).ripeInMs).toBe(600_000);
            expect((await mailbox.accept(message("2", parts), how)).ripeInMs).toBe(0);
            expect((await mailbox.accept(message("3"), muchLater)).ripeInMs).toBe(0);
            const turn = await claimTurn(mailbox, key);
            expect(turn.messages).toHaveLength(3);
            expect((await mailbox.accept(message("4"), muchLater)).ripeInMs).toBe(600_000);
        }
    });

    it("lets the parts of an album find each other, whatever the quiet time", async () => {
        const key = freshConversation();
        const message = messagesOf(key);
        const part = await mailbox.accept(message("1", { albumId: "a" }), atOnce);
        expect(part.ripeInMs).toBe(1_000);
        const text = await mailbox.accept(message("2"), atOnce);
        expect(text.ripeInMs).toBeGreaterThan(0);
    });

    it("is put off by a release, until something comes that is worth a look", async () => {
        const key = freshConversation();
        const message = messagesOf(key);
        const off = { countsAsDeath: false, againInMs: 500_000 };
        await mailbox.accept(message("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        expect(await mailbox.release(key, turn.hold, off)).toEqual({
            waiting: 1,
            ripeInMs: 500_000,
        });
        expect((await mailbox.accept(message("2"), atOnce)).ripeInMs).toBeGreaterThan(400_000);
        expect((await mailbox.accept(message("3"), { ...atOnce, urgent: true })).ripeInMs).toBe(0);
        const again = await claimTurn(mailbox, key);
        await mailbox.accept(message("4", { command: { name: "help", argument: "" } }), muchLater);
        expect((await mailbox.release(key, again.hold, off)).ripeInMs).toBe(0);
    });
});

describe("a claim", () => {
    it("keeps others out until it is released or its lease has run out", async () => {
        const key = freshConversation();
        await mailbox.accept(messagesOf(key)("1"), atOnce);
        const turn = await claimTurn(mailbox, key, { worker: "w1", leaseMs: 30_000 });
        expect(await tryClaim(key)).toMatchObject({ status: "held" });
        expect(await mailbox.accept(messagesOf(key)("2"), atOnce)).toMatchObject({
            holder: "w1",
            fence: turn.fence,
        });
        const left = await mailbox.release(key, turn.hold, { countsAsDeath: false });
        expect(left).toEqual({ waiting: 2, ripeInMs: 0 });

        const dying = await claimTurn(mailbox, key, { leaseMs: 5 });
        expect(dying.deaths).toBe(0);
        const heir = await eventually(() => claimTurn(mailbox, key));
        expect(heir.deaths).toBe(1);
        expect(await mailbox.renew(key, { ...dying.hold, leaseMs: 1_000 })).toBe("lost");
        const outcome = { turnId: "1", settled: 1, reply: exampleReply("late") };
        expect(await mailbox.commit(key, dying.hold, outcome)).toEqual({ status: "lost" });
        await mailbox.release(key, dying.hold, { countsAsDeath: false });
        expect(await mailbox.renew(key, { ...heir.hold, leaseMs: 1_000 })).toBe("held");
    });

    it("is the same one when it is repeated, with what has come meanwhile", async () => {
        const key = freshConversation();
        await mailbox.accept(messagesOf(key)("1"), atOnce);
        const by = { token: "t", worker: "w", leaseMs: 30_000 };
        const first = await mailbox.claim(key, by);
        await mailbox.accept(messagesOf(key)("2"), atOnce);
        const second = await mailbox.claim(key, by);
        if (first.status !== "claimed" || second.status !== "claimed") expect.unreachable();
        else expect(second).toMatchObject({ fence: first.fence, deaths: 0, turnId: "1" });
        expect(second).toMatchObject({ messages: [{}, {}] });
    });

    it("ends in time although the server's clock has been set back", async () => {
        const keyPrefix = redis.freshPrefix();
        const own = mailboxOn(redis, { keyPrefix });
        const key = freshConversation();
        await own.accept(messagesOf(key)("1"), atOnce);
        await claimTurn(own, key);
        await redis.client.hSet(`${keyPrefix}{${key}}:work`, "until", Date.now() + 3_600_000);
        expect(await claimTurn(own, key)).toMatchObject({ deaths: 1 });
    });

    it("counts the deaths of one turn, not of the next", async () => {
        const key = freshConversation();
        const message = messagesOf(key);
        await mailbox.accept(message("1"), atOnce);
        for (const deaths of [0, 1, 2]) {
            const turn = await claimTurn(mailbox, key);
            expect(turn.deaths).toBe(deaths);
            await mailbox.release(key, turn.hold, { countsAsDeath: true });
        }
        const turn = await claimTurn(mailbox, key);
        expect(turn.deaths).toBe(3);
        await mailbox.accept(message("2"), atOnce);
        await answer(mailbox, key, turn);
        expect(await claimTurn(mailbox, key)).toMatchObject({ turnId: "2", deaths: 0 });
    });
});

describe("what the patient does during a turn", () => {
    it("interrupts it with /stop, which outranks an edit", async () => {
        const key = freshConversation();
        const message = messagesOf(key);
        const stop = message("s", { command: { name: "stop", argument: "" } });
        await mailbox.accept(message("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        const hold = { ...turn.hold, leaseMs: 30_000 };
        expect(await mailbox.renew(key, hold)).toBe("held");
        const edit = message("1", { text: "other words", edit: true });
        expect(await mailbox.accept(edit, atOnce)).toMatchObject({
            outcome: "replaced",
            interrupt: "changed",
            fence: turn.fence,
        });
        expect(await mailbox.renew(key, hold)).toBe("changed");
        expect((await mailbox.accept(stop, atOnce)).interrupt).toBe("stopped");
        await mailbox.accept(message("1", { text: "third words", edit: true }), atOnce);
        expect(await mailbox.renew(key, hold)).toBe("stopped");
        expect((await mailbox.accept(stop, atOnce)).interrupt).toBe("stopped");

        await mailbox.release(key, turn.hold, { countsAsDeath: false });
        const next = await claimTurn(mailbox, key);
        expect(next.messages.map((waiting) => waiting.message.text)).toEqual([
            "third words",
            stop.text,
        ]);
        expect(await mailbox.renew(key, { ...next.hold, leaseMs: 30_000 })).toBe("held");
    });

    it("does not interrupt it with what it cannot answer any more, or never saw", async () => {
        const key = freshConversation();
        const message = messagesOf(key);
        await mailbox.accept(message("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        await mailbox.accept(message("2"), atOnce);
        const edit = message("2", { text: "better", edit: true });
        expect(await mailbox.accept(edit, atOnce)).not.toHaveProperty("interrupt");
        await mailbox.commit(key, turn.hold, { turnId: "1", settled: 1 });
        const stop = message("3", { command: { name: "stop", argument: "" } });
        expect(await mailbox.accept(stop, atOnce)).not.toHaveProperty("interrupt");
        expect(await mailbox.renew(key, { ...turn.hold, leaseMs: 30_000 })).toBe("held");
        const late = message("1", { text: "better", edit: true });
        expect(await mailbox.accept(late, atOnce)).toMatchObject({ outcome: "late", waiting: 2 });
    });

    it("does not interrupt it again with an edit that says what it was given already", async () => {
        const key = freshConversation();
        const edit = messagesOf(key)("1", { text: "other words", edit: true });
        await mailbox.accept(messagesOf(key)("1"), atOnce);
        await mailbox.accept(edit, atOnce);
        await claimTurn(mailbox, key);
        expect(await mailbox.accept(edit, atOnce)).not.toHaveProperty("interrupt");
    });
});
