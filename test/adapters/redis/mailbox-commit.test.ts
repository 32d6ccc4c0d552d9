import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import type { MailboxOptions } from "../../../adapters/redis/create-mailbox.ts";
import { createLogger, type Logger } from "../../../src/log.ts";
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
import { testCipher } from "../../setup/cipher.ts";

let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

const dayMs = 24 * 60 * 60 * 1000;

/** A mailbox and a store on the same keys, and the name of each key. */
function rooms(options: Partial<MailboxOptions> = {}) {
    const key = freshConversation();
    const limits = {
        keyPrefix: redis.freshPrefix(),
        expireAfterMs: 3_600_000,
        maxTurns: 100,
        cipher: testCipher,
        logger: createLogger("silent"),
        ...options,
    };
    return {
        key,
        message: messagesOf(key),
        mailbox: mailboxOn(redis, limits),
        store: createConversationStore(redis.client, limits),
        nameOf: (part: string) => `${limits.keyPrefix}{${key}}:${part}`,
        parts: async (): Promise<string[]> => {
            const names = await redis.client.keys(`${limits.keyPrefix}*`);
            return names.map((name) => name.slice(name.lastIndexOf(":") + 1)).sort();
        },
    };
}

describe("a commit", () => {
    it("settles what its turn has answered and nothing that came later", async () => {
        const { mailbox, key, message } = rooms();
        await mailbox.accept(message("1"), atOnce);
        await mailbox.accept(message("2"), atOnce);
        const turn = await claimTurn(mailbox, key);
        await mailbox.accept(message("3"), atOnce);
        await answer(mailbox, key, turn, { settled: 9, reply: exampleReply("both") });
        const rest = await claimTurn(mailbox, key);
        expect(rest.messages.map((waiting) => waiting.message.id)).toEqual(["3"]);
        await expect(
            mailbox.commit(key, rest.hold, { turnId: "3", settled: 0 }),
        ).rejects.toBeInstanceOf(RangeError);
    });

    it("happens once: the first outcome counts, also after the release", async () => {
        const { mailbox, store, key, message } = rooms();
        await mailbox.accept(message("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        const outcome = {
            turnId: "1",
            settled: 1,
            reply: exampleReply("first"),
            change: { turns: [exampleTurn(0)] },
        };
        const first = await mailbox.commit(key, turn.hold, outcome);
        await mailbox.release(key, turn.hold, { countsAsDeath: false });
        await mailbox.accept(message("2"), atOnce);
        const second = { ...outcome, reply: exampleReply("second") };
        expect(await mailbox.commit(key, turn.hold, second)).toEqual(first);
        expect((await store.read(key)).turns).toEqual([exampleTurn(0)]);
        expect(await mailbox.ripeness(key)).toEqual({ waiting: 1, ripeInMs: 0, worker: "w1" });
        const delivery = await claimDelivery(mailbox, key, "reply");
        expect(delivery.reply).toEqual(exampleReply("first"));
        expect(await mailbox.endDelivery(key, delivery.hold, "1", "delivered")).toEqual({
            waiting: 0,
        });
    });

    it("is still possible for who was cut off, unless another has taken over", async () => {
        const { mailbox, key, message } = rooms();
        await mailbox.accept(message("1"), atOnce);
        const cutOff = await claimTurn(mailbox, key, { leaseMs: 0 });
        await answer(mailbox, key, cutOff, { reply: exampleReply("in time") });
        expect(await mailbox.ripeness(key)).toMatchObject({ waiting: 0 });
    });

    it("remembers the worker that has a model, whoever answers without one later", async () => {
        const { mailbox, key, message } = rooms();
        const change = { turns: [exampleTurn(0)] };
        const commands = ["1", "3", "4"];
        const remembered: unknown[] = [];
        for (const id of ["1", "2", "3", "4"]) {
            await mailbox.accept(message(id), atOnce);
            const withoutModel = commands.includes(id);
            const turn = await claimTurn(mailbox, key, { worker: withoutModel ? "desk" : "w2" });
            const outcome = { turnId: id, settled: 1, change, withoutModel };
            await mailbox.commit(key, turn.hold, outcome);
            await mailbox.release(key, turn.hold, { countsAsDeath: false });
            remembered.push((await mailbox.ripeness(key)).worker);
        }
        expect(remembered).toEqual([undefined, "w2", "w2", "w2"]);
    });

    it("remembers a settled message, so that it is not answered again", async () => {
        const { mailbox, key, message } = rooms();
        await mailbox.accept(message("1"), atOnce);
        await answer(mailbox, key, await claimTurn(mailbox, key));
        expect(await mailbox.accept(message("1"), atOnce)).toMatchObject({
            outcome: "duplicate",
            waiting: 0,
        });
    });
});

describe("the history in a claim", () => {
    it("is sent only when it is another than the caller's", async () => {
        const { mailbox, store, key, message } = rooms({ maxTurns: 3 });
        await mailbox.accept(message("1"), atOnce);
        const first = await claimTurn(mailbox, key);
        expect(first.history).toEqual({ turns: [] });
        const committed = await mailbox.commit(key, first.hold, {
            turnId: "1",
            settled: 1,
            change: { turns: [0, 1, 2, 3].map((number) => exampleTurn(number)) },
        });
        await mailbox.release(key, first.hold, { countsAsDeath: false });
        const historyVersion = committed.status === "committed" ? committed.version : undefined;
        if (historyVersion === undefined) return expect.unreachable();

        await mailbox.accept(message("2"), atOnce);
        const known = await claimTurn(mailbox, key, { historyVersion });
        expect(known).not.toHaveProperty("history");
        expect(known.version).toBe(historyVersion);
        await store.update(key, { chosenLanguage: "en" });
        // Changed behind its back: its copy is worth nothing after this commit.
        const blind = { turnId: "2", settled: 1, change: { turns: [exampleTurn(4)] } };
        expect(await mailbox.commit(key, known.hold, blind)).toEqual({ status: "committed" });
        await mailbox.release(key, known.hold, { countsAsDeath: false });

        await mailbox.accept(message("3"), atOnce);
        const sent = await claimTurn(mailbox, key, { historyVersion });
        expect(sent.history).toEqual({
            turns: [2, 3, 4].map((number) => exampleTurn(number)),
            chosenLanguage: "en",
        });
    });

    it("is sent when the conversation has expired, even after it has begun anew", async () => {
        const { mailbox, store, key, message, nameOf } = rooms();
        await store.update(key, { turns: [exampleTurn(0)] });
        await mailbox.accept(message("1"), atOnce);
        const { version: historyVersion, hold } = await claimTurn(mailbox, key);
        await mailbox.release(key, hold, { countsAsDeath: false });
        await redis.client.del([nameOf("turns"), nameOf("settings"), nameOf("images")]);
        const expired = await claimTurn(mailbox, key, { historyVersion });
        expect(expired.history).toEqual({ turns: [] });
        await mailbox.release(key, expired.hold, { countsAsDeath: false });
        await store.update(key, { turns: [exampleTurn(1)] });
        const anew = await claimTurn(mailbox, key, { historyVersion });
        expect(anew.history).toEqual({ turns: [exampleTurn(1)] });
    });

    it("costs a message nothing, however long it is", async () => {
        const { mailbox, store, key, message } = rooms({ maxTurns: 2_000 });
        let number = 0;
        let historyVersion: string | undefined;
        const cycle = async (): Promise<void> => {
            const id = String(number++);
            await mailbox.accept(message(id), atOnce);
            const known = historyVersion === undefined ? {} : { historyVersion };
            const turn = await claimTurn(mailbox, key, known);
            const committed = await mailbox.commit(key, turn.hold, {
                turnId: id,
                settled: 1,
                reply: exampleReply(id),
                change: { turns: [exampleTurn(0), exampleTurn(1)] },
            });
            if (committed.status === "committed") historyVersion = committed.version;
            await mailbox.release(key, turn.hold, { countsAsDeath: false });
            const delivery = await claimDelivery(mailbox, key, "reply");
            await mailbox.endDelivery(key, delivery.hold, id, "delivered");
        };
        for (let warm = 0; warm < 3; warm++) await cycle();
        const early = await trafficOf(cycle);
        const history = Array.from({ length: 1_000 }, (_, index) => exampleTurn(index));
        await store.update(key, { turns: history });
        await cycle();
        const late = await trafficOf(cycle);
        expect(late.commands).toEqual(early.commands);
        expect(late.bytes).toBeLessThan(early.bytes * 1.2);
    });
});

/** The key that remembers the ids of a moment's week. */
function seenIn(timeMs: number): "seenEven" | "seenOdd" {
    return Math.floor(timeMs / (7 * dayMs)) % 2 === 0 ? "seenEven" : "seenOdd";
}

describe("the keys of a mailbox", () => {
    it("hold what waits without end, and the rest for a week or as long as conversations", async () => {
        const { mailbox, key, message, nameOf, parts } = rooms({ expireAfterMs: 100_000 });
        await mailbox.accept(message("1"), atOnce);
        await mailbox.accept(message("2"), atOnce);
        const turn = await claimTurn(mailbox, key);
        await answer(mailbox, key, turn, {
            settled: 1,
            reply: exampleReply("r"),
            change: { turns: [exampleTurn(0)], chosenLanguage: "ar" },
        });
        for (const part of ["inbox", "messages", "outbox", "replies"]) {
            expect(await redis.client.pTTL(nameOf(part)), part).toBe(-1);
        }
        const seen = seenIn(Date.now());
        for (const part of [seen, "work"]) {
            expect(await redis.client.pTTL(nameOf(part)), part).toBeGreaterThan(7 * dayMs - 60_000);
        }
        for (const part of ["turns", "settings"]) {
            const lifeMs = await redis.client.pTTL(nameOf(part));
            expect(lifeMs).toBeGreaterThan(0);
            expect(lifeMs).toBeLessThanOrEqual(100_000);
        }
        await answer(mailbox, key, await claimTurn(mailbox, key));
        const delivery = await claimDelivery(mailbox, key, "reply");
        await mailbox.endDelivery(key, delivery.hold, "1", "delivered");
        expect(await parts()).toEqual(["delivery", seen, "settings", "turns", "work"]);
    });

    it("remember an id through this week and the next, and no longer", async () => {
        const { mailbox, message, nameOf } = rooms();
        const before = seenIn(Date.now() - 7 * dayMs);
        await redis.client.sAdd(nameOf(before), "last week's");
        expect((await mailbox.accept(message("last week's"), atOnce)).outcome).toBe("duplicate");
        expect((await mailbox.accept(message("new"), atOnce)).outcome).toBe("accepted");
        const now = seenIn(Date.now());
        expect(now).not.toBe(before);
        expect(await redis.client.sMembers(nameOf(now))).toEqual(["new"]);
        const endsAtMs = await redis.client.pExpireTime(nameOf(now));
        expect(endsAtMs % (7 * dayMs)).toBe(0);
        expect(endsAtMs - Date.now()).toBeGreaterThan(7 * dayMs - 60_000);
        expect(endsAtMs - Date.now()).toBeLessThanOrEqual(14 * dayMs);
    });

    it("take few bytes for an id", async () => {
        const { mailbox, message, nameOf } = rooms();
        for (let number = 0; number < 300; number++) {
            await mailbox.accept(message(String(500_000 + number)), atOnce);
        }
        const bytes = Number(await redis.client.memoryUsage(nameOf(seenIn(Date.now()))));
        expect(bytes / 300).toBeLessThan(8);
    });
});

describe("a message that cannot be read", () => {
    it("is settled, counted and kept aside, and stops nobody", async () => {
        const error = vi.fn<Logger["error"]>();
        const logger: Logger = Object.assign(createLogger("silent"), { error });
        const { mailbox, key, message, nameOf } = rooms({ logger });
        for (const id of ["1", "2", "3"]) await mailbox.accept(message(id), atOnce);
        await redis.client.hSet(nameOf("messages"), { 1: "damaged", 2: '1 \n9{"new":"er"}' });
        const turn = await claimTurn(mailbox, key);
        expect(turn).toMatchObject({ turnId: "3", messages: [{ message: message("3") }] });
        expect(error).toHaveBeenCalledWith({ messages: 2 }, expect.any(String));
        expect(await redis.client.hGet(nameOf("damaged"), "1")).toBe("damaged");
        await answer(mailbox, key, turn, { reply: exampleReply("r") });
        expect((await mailbox.accept(message("1"), atOnce)).outcome).toBe("duplicate");

        await mailbox.accept(message("4"), atOnce);
        await redis.client.hDel(nameOf("messages"), "4");
        const claim = { token: "t", worker: "w", leaseMs: 1_000 };
        expect(await mailbox.claim(key, claim)).toEqual({ status: "empty" });
    });

    it("takes back what was shown of its answer", async () => {
        const { mailbox, key, message, nameOf } = rooms();
        await mailbox.accept(message("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        const pending = await claimDelivery(mailbox, key, "pending");
        await mailbox.saveJournal(key, pending.hold, "1", { shown: 7 });
        await mailbox.releaseDelivery(key, pending.hold);
        await mailbox.release(key, turn.hold, { countsAsDeath: true });
        await redis.client.hSet(nameOf("messages"), "1", "damaged");
        expect(await mailbox.claim(key, { token: "t", worker: "w", leaseMs: 9 })).toEqual({
            status: "empty",
        });
        const delivery = await claimDelivery(mailbox, key, "reply");
        expect(delivery).toMatchObject({ id: "1", journal: { shown: 7 } });
        expect(delivery).not.toHaveProperty("reply");
    });
});

/** The commands that the server ran and the bytes that it sent. */
async function trafficOf(
    work: () => Promise<void>,
): Promise<{ readonly commands: string[]; readonly bytes: number }> {
    const sent = async (): Promise<number> =>
        Number(/^total_net_output_bytes:(\d+)/m.exec(await redis.client.info("stats"))?.[1]);
    await redis.client.configResetStat();
    const before = await sent();
    await work();
    const bytes = (await sent()) - before;
    const info = await redis.client.info("commandstats");
    const counts = info.match(/^cmdstat_\S+:calls=\d+/gm) ?? [];
    return { bytes, commands: counts.filter((count) => !/config|info|ping/.test(count)).sort() };
}
