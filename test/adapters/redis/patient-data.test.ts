import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openConversationNames } from "../../../adapters/redis/conversation-names.ts";
import { openConversationQueue } from "../../../adapters/redis/conversation-queue.ts";
import { rememberDelayNotice } from "../../../adapters/redis/delay-notice.ts";
import { DeadReplies } from "../../../adapters/redis/dead-replies.ts";
import { createLogger } from "../../../src/log.ts";
import type { ConversationSummary } from "../../../src/privacy-ports.ts";
import {
    exampleImage,
    exampleTurn,
    freshConversation,
} from "../../contracts/conversation-store.ts";
import {
    eventually,
    freshChat,
    messageIn,
    Shift,
    textsOf,
    turnOf,
} from "../../contracts/exchange-bench.ts";
import { cipherWith } from "../../setup/cipher.ts";
import { quickTimings } from "../../setup/queue.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import { clinicDataOn } from "./clinic-data.ts";
import {
    answer,
    atOnce,
    claimDelivery,
    claimTurn,
    exampleReply,
    mailboxOn,
    messagesOf,
} from "./mailbox-cases.ts";

const logger = createLogger("silent");
let redis: TestRedis;
beforeAll(async () => (redis = await startTestRedis()));
afterAll(async () => await redis.close());

/** One clinic's data, with a conversation in it and one beside it that must not change. */
async function archive() {
    const { key, limits, nameOf, cases, data, store } = await clinicDataOn(redis);
    const { keyPrefix } = limits;
    return {
        key,
        keyPrefix,
        nameOf,
        cases,
        data,
        store,
        dead: new DeadReplies(redis.client, keyPrefix, 3_600_000),
        message: messagesOf(key),
        mailbox: mailboxOn(redis, limits),
        keysOf: async (conversation: string): Promise<string[]> =>
            (await redis.client.keys(`${keyPrefix}*`)).filter((name) =>
                name.includes(`{${conversation}}`),
            ),
    };
}

async function archiveOfCases() {
    const { key, data, cases } = await archive();
    return {
        key,
        data,
        cases,
        listed: async (): Promise<string[]> => {
            const found: string[] = [];
            for await (const { conversation } of data.list()) found.push(conversation);
            return found;
        },
    };
}

type Archive = Awaited<ReturnType<typeof archive>>;

/** Something of every kind: turns with a picture, a reply on its way, one set aside, a question. */
async function fill({
    key,
    dead,
    keyPrefix,
    message,
    mailbox,
    store,
    cases,
}: Archive): Promise<void> {
    const parts = { client: redis.client, keyPrefix, logger };
    await rememberDelayNotice(parts, key);
    await cases.mark(await cases.name(key, "1"), 1);
    const image = exampleImage(1);
    await store.update(key, {
        chosenLanguage: "ar",
        turns: [exampleTurn(0, [image])],
        images: [image],
    });
    const beneath = exampleImage(2);
    for (const [id, end] of [["1", "dead"] as const, ["2", { againInMs: 60_000 }] as const]) {
        await mailbox.accept(message(id), atOnce);
        await answer(mailbox, key, await claimTurn(mailbox, key), { reply: exampleReply(id) });
        const { hold } = await claimDelivery(mailbox, key, "reply");
        await mailbox.saveJournal(key, hold, id, { out: 1 });
        if (end === "dead") {
            const entry = { committedAtMs: 1, diedAtMs: Date.now() };
            await dead.add({ conversation: key, turnId: id, ...entry });
        }
        await mailbox.endDelivery(key, hold, id, end);
    }
    const photo = message("3", { attachments: [{ kind: "image", id: "file" }] });
    await mailbox.accept(photo, atOnce);
    const { id, side } = beneath;
    await mailbox.putPictures(photo, { images: [{ id, side }], refusals: [] }, [beneath]);
}

it("finds and erases what a crisis alone has left", async () => {
    const { key, data, cases, listed } = await archiveOfCases();
    const code = await cases.name(key, "1");
    expect(await listed()).toEqual([key]);
    await data.erase(key);
    expect(await listed()).toEqual([]);
    expect(await cases.find(code)).toBeUndefined();
});

it("exports everything, as it was said", async () => {
    const clinic = await archive();
    const { key, data, message, nameOf } = clinic;
    expect(await data.export(key)).toBeUndefined();
    await fill(clinic);
    const record = await data.export(key);
    const { id, side } = exampleImage(1);
    expect(record).toMatchObject({
        conversation: key,
        id: nameOf(key),
        chosenLanguage: "ar",
        turns: [{ ...exampleTurn(0), images: [{ id, side }] }],
        waiting: [{ message: { ...message("3"), attachments: [{ kind: "image", id: "file" }] } }],
        undelivered: [
            { reply: exampleReply("2"), setAside: false },
            { reply: exampleReply("1"), setAside: true },
        ],
        unreadable: 0,
    });
    expect(record?.waiting[0]?.images).toHaveLength(1);
});

it("lists conversations without saying whose they are, and nothing else of the clinic", async () => {
    const clinic = await archive();
    await fill(clinic);
    const other = freshConversation();
    await clinic.store.update(other, { turns: [{ ...exampleTurn(0), atMs: 1_700_000_000_000 }] });
    const found: ConversationSummary[] = [];
    for await (const summary of clinic.data.list()) found.push(summary);
    expect(found.sort((one, two) => two.turns + two.waiting - one.turns - one.waiting)).toEqual([
        {
            conversation: clinic.key,
            id: clinic.nameOf(clinic.key),
            turns: 1,
            waiting: 1,
            lastChangeMs: expect.any(Number),
        },
        {
            conversation: other,
            id: clinic.nameOf(other),
            turns: 1,
            waiting: 0,
            lastChangeMs: 1_700_000_000_000,
        },
    ]);
    expect(clinic.nameOf(other)).not.toContain(other.slice(-4));
});

it("erases everything of one conversation and nothing of another", async () => {
    const clinic = await archive();
    const { key, data, dead, keysOf, store } = clinic;
    await fill(clinic);
    const other = freshConversation();
    await store.update(other, { turns: [exampleTurn(0)] });
    await dead.add({ conversation: other, turnId: "1", committedAtMs: 1, diedAtMs: Date.now() });
    expect(await data.erase(key)).toEqual({
        id: clinic.nameOf(key),
        turns: 1,
        images: 2,
        messages: 1,
        replies: 2,
    });
    const left = await keysOf(key);
    // The marks of the latest changes, for a minute, so that none is carried out once more.
    expect(left.filter((name) => !name.includes(":change:"))).toEqual([]);
    expect(
        Math.max(...(await Promise.all(left.map((name) => redis.client.pTTL(name))))),
    ).toBeLessThanOrEqual(60_000);
    expect(await data.export(key)).toBeUndefined();
    expect(await clinic.cases.open()).toEqual([]);
    expect(await redis.client.keys(`${clinic.keyPrefix}{case:*`)).toEqual([]);
    expect(await dead.list(() => Promise.resolve())).toHaveLength(1);
    expect((await store.read(other)).turns).toHaveLength(1);
});

it("lets nothing come back that was in somebody's hands", async () => {
    const clinic = await archive();
    const { key, data, keysOf, mailbox, message, store } = clinic;
    await fill(clinic);
    const photo = message("4", { attachments: [{ kind: "image", id: "late" }] });
    await mailbox.accept(photo, atOnce);
    const turn = await claimTurn(mailbox, key);
    await data.erase(key);

    // A new conversation begins before the one who answered the old one notices.
    await mailbox.accept(message("5"), atOnce);
    const next = await claimTurn(mailbox, key);
    expect(next.fence).toBeGreaterThan(turn.fence);
    expect(next.messages.map(({ message: { id } }) => id)).toEqual(["5"]);
    expect(next.history).toEqual({ turns: [] });
    const image = exampleImage(3);
    const outcome = {
        turnId: turn.turnId,
        settled: 1,
        reply: exampleReply("too late"),
        change: { turns: [exampleTurn(1, [image])], images: [image] },
    };
    expect(await mailbox.commit(key, turn.hold, outcome)).toEqual({ status: "lost" });
    expect(await mailbox.renew(key, { ...turn.hold, leaseMs: 1_000 })).toBe("lost");
    await mailbox.putPictures(photo, { images: [image], refusals: [] }, [image]);
    await mailbox.release(key, turn.hold, { countsAsDeath: false, againInMs: 60_000 });
    expect(await store.readImage(key, image)).toBeUndefined();
    expect((await store.read(key)).turns).toEqual([]);
    await answer(mailbox, key, next, { reply: exampleReply("new") });
    expect((await data.export(key))?.undelivered).toMatchObject([{ reply: exampleReply("new") }]);

    const delivery = await claimDelivery(mailbox, key, "reply");
    await data.erase(key);
    expect(await mailbox.saveJournal(key, delivery.hold, delivery.id, "half")).toBe(false);
    expect(await mailbox.endDelivery(key, delivery.hold, delivery.id, "dead")).toEqual({
        waiting: 0,
    });
    expect((await keysOf(key)).filter((name) => /:(dead|replies|outbox)$/.test(name))).toEqual([]);
});

it("goes away by itself where somebody was answering", async () => {
    const { key, data, keysOf, mailbox, message } = await archive();
    await mailbox.accept(message("1"), atOnce);
    await claimTurn(mailbox, key);
    await data.erase(key);
    const [left, ...more] = await keysOf(key);
    expect(more).toEqual([]);
    expect(await redis.client.pTTL(left ?? "")).toBeLessThanOrEqual(60_000);
    expect(await redis.client.pTTL(left ?? "")).toBeGreaterThan(0);
});

it("ends an answer that is being written at once, and tells nobody of it", async () => {
    const { limits, data } = await clinicDataOn(redis);
    const timings = { ...quickTimings, leaseMs: 60_000, renewMs: 50_000 };
    const queue = await openConversationQueue(redis.handle, {
        ...limits,
        quietMs: 0,
        atMostMs: 0,
        timings,
    });
    const chat = freshChat();
    const histories: string[][] = [];
    const reasons: unknown[] = [];
    const shift = new Shift((options) =>
        queue.turns.work(
            "model",
            async (turn) => {
                histories.push(textsOf(turn.history));
                const { text } = turn.messages[0]?.message ?? expect.unreachable();
                const answered = { settled: 1, change: { turns: [turnOf(text)] } };
                if (text === "Text 2") {
                    const erasing = data.erase(chat);
                    while (!turn.signal.aborted) await sleep(5);
                    reasons.push(turn.signal.reason);
                    await erasing;
                }
                await turn.commit(answered);
                return "done";
            },
            options,
        ),
    );
    await queue.inbox.accept(messageIn(chat, "1"));
    await eventually(() => histories.length === 1);
    await queue.inbox.accept(messageIn(chat, "2"));
    await eventually(() => reasons.length === 1);
    await queue.inbox.accept(messageIn(chat, "3"));
    await eventually(async () => (await data.export(chat))?.turns.length === 1);
    await shift.end();
    await queue.close();
    expect(reasons).toEqual(["lost"]);
    // What this process remembered of it is gone as well.
    expect(histories).toEqual([[], ["Text 1"], []]);
    expect((await data.export(chat))?.turns).toEqual([turnOf("Text 3")]);
});

it("lets the turn that asks for it say so, and keeps what came after it", async () => {
    const clinic = await archive();
    const { key, data, mailbox, message, store } = clinic;
    const image = exampleImage(1);
    const change = { turns: [exampleTurn(0, [image])], images: [image] };
    await store.update(key, { ...change, chosenLanguage: "ar" });
    await mailbox.accept(message("1"), atOnce);
    const turn = await claimTurn(mailbox, key);
    await mailbox.accept(message("2"), atOnce);
    expect(await data.erase(key, { turn: "1" })).toMatchObject({ turns: 1, images: 1 });
    expect(await store.read(key)).toEqual({ turns: [] });
    expect(await store.readImage(key, image)).toBeUndefined();
    await answer(mailbox, key, turn, { reply: exampleReply("All is erased."), settled: 1 });
    // Repeated by a process that took the turn over too late, it does nothing.
    expect(await data.erase(key, { turn: "1" })).toMatchObject({ replies: 0 });
    expect(await data.export(key)).toMatchObject({
        waiting: [{ message: message("2") }],
        undelivered: [{ reply: exampleReply("All is erased.") }],
    });
});

it("names conversations alike for all who have the keys, and refuses others", async () => {
    const keyPrefix = redis.freshPrefix();
    const key = freshConversation();
    const [one, two] = await Promise.all(
        [cipherWith("a"), cipherWith("b", "a")].map((cipher) =>
            openConversationNames(redis.client, keyPrefix, cipherWith("a")).then(() =>
                openConversationNames(redis.client, keyPrefix, cipher),
            ),
        ),
    );
    expect(one?.(key)).toBe(two?.(key));
    expect(one?.(key)).toMatch(/^[0-9a-f]{16}$/);
    await expect(
        openConversationNames(redis.client, keyPrefix, cipherWith("b")),
    ).rejects.toMatchObject({ code: "config-invalid" });
});
