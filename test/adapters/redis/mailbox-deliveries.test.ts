import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ensureRedis } from "../../../adapters/redis/embedded-server.ts";
import type { Mailbox } from "../../../adapters/redis/mailbox.ts";
import { createLogger, type Logger } from "../../../src/log.ts";
import type { ConversationKey } from "../../../src/message.ts";
import {
    exampleImage,
    exampleTurn,
    freshConversation,
} from "../../contracts/conversation-store.ts";
import {
    packageRoot,
    startExternalRedis,
    startTestRedis,
    type TestRedis,
} from "../../setup/redis.ts";
import {
    answer,
    atOnce,
    claimDelivery,
    claimTurn,
    eventually,
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

/** Messages that are answered one by one, with their ids as replies. */
async function answered(key: ConversationKey, ...ids: string[]): Promise<void> {
    for (const id of ids) {
        await mailbox.accept(messagesOf(key)(id), atOnce);
        const reply = { ...exampleReply(id), more: true, choices: [] };
        await answer(mailbox, key, await claimTurn(mailbox, key), { reply });
    }
}

describe("the outbox of a conversation", () => {
    it("hands its replies out in the order of the commits, to one process at a time", async () => {
        const key = freshConversation();
        await answered(key, "b", "a");
        const first = await claimDelivery(mailbox, key, "reply");
        expect(first.id).toBe("b");
        expect(first.reply).toEqual({ ...exampleReply("b"), more: true, choices: [] });
        expect(await mailbox.claimDelivery(key, { token: "t", leaseMs: 1_000 })).toMatchObject({
            status: "held",
        });
        expect(await mailbox.endDelivery(key, first.hold, "b", "dropped")).toEqual({ waiting: 1 });
        const second = await claimDelivery(mailbox, key, "reply", 5);
        expect(second.id).toBe("a");
        const heir = await eventually(() => claimDelivery(mailbox, key, "reply"));
        expect(heir.id).toBe("a");
        expect(await mailbox.renewDelivery(key, { ...second.hold, leaseMs: 1_000 })).toBe(false);
        expect(await mailbox.saveJournal(key, second.hold, "a", 1)).toBe(false);
        expect(await mailbox.endDelivery(key, second.hold, "a", "delivered")).toEqual({
            waiting: 1,
        });
        expect(await mailbox.readReply(key, second.hold, "a")).toEqual({ status: "lost" });
        await mailbox.releaseDelivery(key, second.hold);
        expect(await mailbox.renewDelivery(key, { ...heir.hold, leaseMs: 1_000 })).toBe(true);
    });

    it("goes on with the journal where the last process stopped", async () => {
        const key = freshConversation();
        await answered(key, "1");
        const journal = { sent: [7, "é"], of: null };
        const first = await claimDelivery(mailbox, key, "reply");
        expect(first).not.toHaveProperty("journal");
        expect(await mailbox.saveJournal(key, first.hold, "1", journal)).toBe(true);
        await mailbox.endDelivery(key, first.hold, "1", { againInMs: 0 });
        const second = await claimDelivery(mailbox, key, "reply");
        expect(second.journal).toEqual(journal);
        expect(second.committedAtMs).toBe(first.committedAtMs);
    });

    it("waits as long as it was put off, with all that comes after", async () => {
        const key = freshConversation();
        await answered(key, "1", "2");
        const first = await claimDelivery(mailbox, key, "reply");
        await mailbox.endDelivery(key, first.hold, "1", { againInMs: 500_000 });
        const later = await mailbox.claimDelivery(key, { token: "t", leaseMs: 1_000 });
        expect(later).toMatchObject({ status: "later" });
        expect("forMs" in later && later.forMs).toBeGreaterThan(400_000);
    });

    it("sets a reply aside, and sends it again as a new one or forgets it", async () => {
        const key = freshConversation();
        await answered(key, "1", "2");
        const first = await claimDelivery(mailbox, key, "reply");
        await mailbox.saveJournal(key, first.hold, "1", "half");
        expect(await mailbox.endDelivery(key, first.hold, "1", "dead")).toEqual({ waiting: 1 });
        expect(await mailbox.resendDead(key, "1")).toBe(true);
        expect(await mailbox.resendDead(key, "1")).toBe(true);
        const second = await claimDelivery(mailbox, key, "reply");
        expect(second.id).toBe("2");
        await mailbox.endDelivery(key, second.hold, "2", "dead");
        const again = await claimDelivery(mailbox, key, "reply");
        expect(again).toMatchObject({ id: "1", journal: "half" });
        expect(again.committedAtMs).toBeGreaterThanOrEqual(second.committedAtMs);
        await mailbox.endDelivery(key, again.hold, "1", "delivered");
        expect(await mailbox.discardDead(key, "2")).toBe(true);
        expect(await mailbox.discardDead(key, "2")).toBe(false);
        expect(await mailbox.resendDead(key, "2")).toBe(false);
    });
});

describe("a delivery that begins before its reply", () => {
    it("follows the turn until it is committed", async () => {
        const key = freshConversation();
        await mailbox.accept(messagesOf(key)("1"), atOnce);
        await mailbox.accept(messagesOf(key)("2"), atOnce);
        const turn = await claimTurn(mailbox, key);
        await mailbox.accept(messagesOf(key)("3"), atOnce);
        const { hold, ...pending } = await claimDelivery(mailbox, key, "pending");
        expect(pending).toMatchObject({
            id: "1",
            to: { conversation: key, messageId: "2" },
            holder: "w1",
        });
        expect(await mailbox.readReply(key, hold, "1")).toEqual({
            status: "running",
            holder: "w1",
        });
        expect(await mailbox.saveJournal(key, hold, "1", "shown")).toBe(true);
        const outcome = { turnId: "1", settled: 2, reply: exampleReply("r"), replyTo: "1" };
        await mailbox.commit(key, turn.hold, outcome);
        expect(await mailbox.readReply(key, hold, "1")).toMatchObject({
            status: "reply",
            to: { conversation: key, messageId: "1" },
            reply: exampleReply("r"),
        });
        expect(await mailbox.endDelivery(key, hold, "1", "delivered")).toEqual({ waiting: 0 });
    });

    it("cannot end a reply that it has not seen", async () => {
        const key = freshConversation();
        await mailbox.accept(messagesOf(key)("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        const pending = await claimDelivery(mailbox, key, "pending");
        await mailbox.release(key, turn.hold, { countsAsDeath: false });
        expect(await mailbox.readReply(key, pending.hold, "1")).toEqual({ status: "waiting" });
        await answer(mailbox, key, await claimTurn(mailbox, key), { reply: exampleReply("r") });
        expect(await mailbox.endDelivery(key, pending.hold, "1", "delivered")).toEqual({
            waiting: 1,
        });
        expect((await claimDelivery(mailbox, key, "reply")).reply).toEqual(exampleReply("r"));
    });

    it("is to take back what it has shown when there is no reply", async () => {
        const key = freshConversation();
        await mailbox.accept(messagesOf(key)("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        const pending = await claimDelivery(mailbox, key, "pending");
        await mailbox.saveJournal(key, pending.hold, "1", "shown");
        await answer(mailbox, key, turn);
        // This process dies now; the next one must hear of it.
        await mailbox.releaseDelivery(key, pending.hold);
        const next = await claimDelivery(mailbox, key, "reply");
        expect(next).toMatchObject({ id: "1", journal: "shown" });
        expect(next).not.toHaveProperty("reply");
        await mailbox.endDelivery(key, next.hold, "1", "delivered");
    });

    it("shows nothing more when there is no reply and nothing was shown", async () => {
        const key = freshConversation();
        await mailbox.accept(messagesOf(key)("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        const pending = await claimDelivery(mailbox, key, "pending");
        await answer(mailbox, key, turn);
        expect(await mailbox.readReply(key, pending.hold, "1")).toEqual({ status: "gone" });
        expect(await mailbox.saveJournal(key, pending.hold, "1", "shown")).toBe(false);
        await mailbox.endDelivery(key, pending.hold, "1", "delivered");
        expect(await mailbox.claimDelivery(key, { token: "t", leaseMs: 1_000 })).toEqual({
            status: "nothing",
        });
    });
});

it("treats damage as nothing, and says so in the log without a word of it", async () => {
    const keyPrefix = redis.freshPrefix();
    const [error, warn] = [vi.fn<Logger["error"]>(), vi.fn<Logger["warn"]>()];
    const logger: Logger = Object.assign(createLogger("silent"), { error, warn });
    const own = mailboxOn(redis, { keyPrefix, logger });
    const key = freshConversation();
    await own.accept(messagesOf(key)("1"), atOnce);
    await answer(own, key, await claimTurn(own, key), { reply: exampleReply("secret") });
    const replies = `${keyPrefix}{${key}}:replies`;
    await redis.client.hSet(replies, { "reply:1": '12\n9{"secret"', "journal:1": "secret" });
    const delivery = await claimDelivery(own, key, "reply");
    expect(delivery).toMatchObject({ id: "1", committedAtMs: 12, to: { conversation: key } });
    expect(delivery).not.toHaveProperty("reply");
    expect(delivery).not.toHaveProperty("journal");
    expect([error, warn].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    expect(JSON.stringify([error.mock.calls, warn.mock.calls])).not.toContain("secret");
});

it("keeps every script to one slot, as a Redis Cluster demands", async () => {
    const logger = createLogger("silent");
    const node = await startExternalRedis(["--cluster-enabled", "yes"]);
    const url = `redis://127.0.0.1:${node.port}`;
    const handle = await ensureRedis({ url, dataFolder: "/nonexistent", packageRoot, logger });
    try {
        const client = await handle.connect();
        await client.sendCommand(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
        const own = mailboxOn({ ...redis, client });
        const key = freshConversation();
        const image = exampleImage(1);
        const photo = messagesOf(key)("1", { attachments: [{ kind: "image", id: "f" }] });
        await own.accept(photo, atOnce);
        expect(await own.waitingMessage(key, "1")).toEqual(photo);
        const arrived = { images: [{ id: image.id, side: image.side }], refusals: [] };
        await own.putPictures(photo, arrived, [image]);
        const turn = await claimTurn(own, key);
        const pending = await claimDelivery(own, key, "pending");
        expect(await own.saveJournal(key, pending.hold, "1", 1)).toBe(true);
        expect(await own.renew(key, { ...turn.hold, leaseMs: 30_000 })).toBe("held");
        await answer(own, key, turn, {
            reply: exampleReply("r"),
            change: { reset: true, turns: [exampleTurn(0, [image])] },
        });
        expect(await own.renewDelivery(key, { ...pending.hold, leaseMs: 30_000 })).toBe(true);
        expect(await own.readReply(key, pending.hold, "1")).toMatchObject({ status: "reply" });
        await own.endDelivery(key, pending.hold, "1", "dead");
        expect(await own.resendDead(key, "1")).toBe(true);
        const { hold } = await claimDelivery(own, key, "reply");
        await own.endDelivery(key, hold, "1", "dead");
        expect(await own.discardDead(key, "1")).toBe(true);
        expect(await own.ripeness(key)).toMatchObject({ waiting: 0 });
    } finally {
        await handle.close();
        await node.close();
    }
});
