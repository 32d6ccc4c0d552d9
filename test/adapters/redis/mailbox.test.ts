import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RedisClient } from "../../../adapters/redis/client.ts";
import { freshConversation } from "../../contracts/conversation-store.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import { mailboxOn } from "./mailbox-cases.ts";
import { MailboxModel, maxTurns } from "./mailbox-model.ts";

let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

type Step = (model: MailboxModel) => Promise<void>;

const who = fc.nat(1);
const messageId = fc.nat(14).map((number) => `m${number}`);
const steps: fc.Arbitrary<Step>[] = [
    messageId.map((id) => (model) => model.accept(id, "plain")),
    messageId.map((id) => (model) => model.accept(id, "plain")),
    messageId.map((id) => (model) => model.accept(id, "edit")),
    messageId.map((id) => (model) => model.accept(id, "stop")),
    who.map((worker) => (model) => model.claim(worker)),
    who.map((worker) => (model) => model.claim(worker)),
    fc.tuple(who, fc.boolean()).map(
        ([worker, runsOut]) =>
            (model) =>
                model.renew(worker, runsOut),
    ),
    fc.tuple(who, fc.nat(3), fc.boolean()).map(
        ([worker, share, reply]) =>
            (model) =>
                model.commit(worker, share, reply),
    ),
    fc.tuple(who, fc.boolean()).map(
        ([worker, dies]) =>
            (model) =>
                model.release(worker, dies),
    ),
    who.map((deliverer) => (model) => model.claimDelivery(deliverer)),
    who.map((deliverer) => (model) => model.claimDelivery(deliverer)),
    fc.tuple(who, fc.boolean()).map(
        ([deliverer, runsOut]) =>
            (model) =>
                model.renewDelivery(deliverer, runsOut),
    ),
    who.map((deliverer) => (model) => model.readReply(deliverer)),
    who.map((deliverer) => (model) => model.saveJournal(deliverer)),
    fc.tuple(who, fc.constantFrom("delivered" as const, "dead" as const, { againInMs: 0 })).map(
        ([deliverer, end]) =>
            (model) =>
                model.endDelivery(deliverer, end),
    ),
    fc.constant((model) => model.resendDead()),
];

describe("a mailbox, whoever does what in whichever order", () => {
    it.each([
        ["once", false],
        ["twice, as callRedis does when an answer is lost", true],
    ])("behaves as one in memory when the server gets every call %s", async (_, twice) => {
        const client = twice ? repeating(redis.client) : redis.client;
        const seen = new Set<string>();
        await fc.assert(
            fc.asyncProperty(
                fc.array(fc.oneof(...steps), { minLength: 20, maxLength: 100, size: "max" }),
                async (sequence) => {
                    const mailbox = mailboxOn({ ...redis, client }, { maxTurns });
                    const model = new MailboxModel(mailbox, freshConversation(), twice);
                    for (const step of sequence) await step(model);
                    await finish(model);
                    expect(model.settled).toEqual(model.accepted);
                    expect(model.delivered.toSorted()).toEqual(model.committed.toSorted());
                    const inTime = (text: string): boolean => !model.resent.has(text);
                    expect(model.delivered.filter(inTime)).toEqual(model.committed.filter(inTime));
                    for (const what of model.seen) seen.add(what);
                },
            ),
            { numRuns: 80, seed: 1 },
        );
        expect([...seen].toSorted()).toEqual(
            (twice ? all.filter((what) => what !== "accepted") : all).toSorted(),
        );
    });
});

/** What the sequences must have brought about, or they prove little. */
const all = [
    "accepted",
    "duplicate",
    "replaced",
    "late",
    "stopped",
    "changed",
    "turn taken over",
    "several deaths",
    "history known",
    "history sent",
    "lost commit",
    "commit of an edited turn",
    "second commit",
    "commit after the lease",
    "part of the messages settled",
    "taken back",
    "pending",
    "reply",
    "delivery taken over",
    "delivery with a journal",
    "journal kept",
    "journal refused",
    "read reply",
    "read running",
    "read waiting",
    "read gone",
    "read lost",
    "ended without having seen the reply",
    "delivered",
    "dead",
    "resent",
];

/** All processes die, and one comes back that answers and delivers what is left. */
async function finish(model: MailboxModel): Promise<void> {
    for (const one of [0, 1]) {
        await model.renew(one, true);
        await model.renewDelivery(one, true);
    }
    while (!model.idle) {
        await model.claim(0);
        await model.commit(0, 2, true);
        await model.release(0, false);
        await model.claimDelivery(0);
        await model.endDelivery(0, "delivered");
        await model.resendDead();
    }
}

/** A client that has the server carry out every script twice and tells the second answer. */
function repeating(client: RedisClient): RedisClient {
    return new Proxy(client, {
        get(target, name) {
            if (name === "withTypeMapping") {
                return (...mapping: Parameters<RedisClient["withTypeMapping"]>) =>
                    repeating(target.withTypeMapping(...mapping));
            }
            const value: unknown = Reflect.get(target, name, target);
            if (typeof value !== "function") return value;
            if (name !== "evalSha") return value.bind(target) as unknown;
            return async (...call: unknown[]): Promise<unknown> => {
                await value.apply(target, call);
                return await value.apply(target, call);
            };
        },
    });
}
