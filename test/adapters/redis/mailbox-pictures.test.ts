import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import type { MailboxOptions } from "../../../adapters/redis/create-mailbox.ts";
import type { Accepted, Mailbox } from "../../../adapters/redis/mailbox.ts";
import { createLogger, type Logger } from "../../../src/log.ts";
import type { InboundMessage, ModelImage } from "../../../src/message.ts";
import {
    exampleImage,
    exampleTurn,
    freshConversation,
} from "../../contracts/conversation-store.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";
import { answer, atOnce, claimTurn, mailboxOn, messagesOf } from "./mailbox-cases.ts";
import { testCipher } from "../../setup/cipher.ts";

let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

/** A conversation whose patient sends pictures. */
function ward(options: Partial<MailboxOptions> = {}) {
    const key = freshConversation();
    const limits = {
        keyPrefix: redis.freshPrefix(),
        expireAfterMs: 3_600_000,
        maxTurns: 100,
        cipher: testCipher,
        logger: createLogger("silent"),
        ...options,
    };
    const mailbox = mailboxOn(redis, limits);
    const store = createConversationStore(redis.client, limits);
    const photo = (id: string, file = id): InboundMessage =>
        messagesOf(key)(id, { attachments: [{ kind: "image", id: file }] });
    return {
        key,
        mailbox,
        store,
        photo,
        nameOf: (part: string) => `${limits.keyPrefix}{${key}}:${part}`,
        /** A photo that has been sent and fetched. */
        send: async (id: string, ...images: ModelImage[]): Promise<void> => {
            await mailbox.accept(photo(id), atOnce);
            await put(mailbox, photo(id), ...images);
        },
        kept: async (image: ModelImage): Promise<boolean> =>
            (await store.readImage(key, image)) !== undefined,
    };
}

async function put(
    mailbox: Mailbox,
    message: InboundMessage,
    ...images: ModelImage[]
): Promise<Pick<Accepted, "waiting" | "ripeInMs" | "picturesDue">> {
    const references = images.map(({ id, side }) => ({ id, side }));
    return await mailbox.putPictures(message, { images: references, refusals: [] }, images);
}

const [scan, wound, rash] = [exampleImage(1), exampleImage(2), exampleImage(3)];

describe("a picture that a patient has sent", () => {
    it("is due until it is stored, and then comes with its message", async () => {
        const { mailbox, key, photo, store } = ward();
        expect((await mailbox.accept(photo("1"), atOnce)).picturesDue).toBe(true);
        expect((await mailbox.accept(photo("1"), atOnce)).picturesDue).toBe(true);
        expect(await mailbox.waitingMessage(key, "1")).toEqual(photo("1"));
        const early = await claimTurn(mailbox, key);
        expect(early.messages[0]).not.toHaveProperty("pictures");
        await mailbox.release(key, early.hold, { countsAsDeath: false, againInMs: 600_000 });

        const arrived = { images: [{ id: scan.id, side: scan.side }], refusals: [] };
        expect(await mailbox.putPictures(photo("1"), arrived, [scan])).toEqual({
            waiting: 1,
            ripeInMs: 0,
            picturesDue: false,
        });
        expect(await mailbox.waitingMessage(key, "1")).toBeUndefined();
        expect((await mailbox.accept(photo("1"), atOnce)).picturesDue).toBe(false);
        const { messages } = await claimTurn(mailbox, key);
        expect(messages[0]?.pictures).toEqual(arrived);
        const stored = await store.readImage(key, scan);
        expect(Buffer.compare(stored?.rgb ?? new Uint8Array(), scan.rgb)).toBe(0);
    });

    it("ends a putting off even when it comes before the release", async () => {
        const { mailbox, key, photo } = ward();
        await mailbox.accept(photo("1"), atOnce);
        const turn = await claimTurn(mailbox, key);
        await put(mailbox, photo("1"), scan);
        const how = { countsAsDeath: false, againInMs: 600_000 };
        expect((await mailbox.release(key, turn.hold, how)).ripeInMs).toBe(0);
    });

    it("stays as long as a turn shows it, else only until its message is settled", async () => {
        const { mailbox, key, send, kept } = ward({ maxTurns: 1 });
        await send("1", scan, wound);
        await answer(mailbox, key, await claimTurn(mailbox, key), {
            change: { turns: [exampleTurn(0, [scan])] },
        });
        expect([await kept(scan), await kept(wound)]).toEqual([true, false]);
        await send("2", rash);
        await answer(mailbox, key, await claimTurn(mailbox, key), {
            change: { turns: [exampleTurn(2)] },
        });
        expect([await kept(scan), await kept(rash)]).toEqual([false, false]);
    });

    it("outlives a reset, and other messages with the same picture", async () => {
        const { mailbox, key, send, kept, store } = ward();
        await store.update(key, { turns: [exampleTurn(0, [scan, wound])], images: [scan, wound] });
        await send("1", scan);
        const turn = await claimTurn(mailbox, key);
        await send("2", scan);
        await send("3", rash);
        await answer(mailbox, key, turn, { change: { reset: true, turns: [exampleTurn(2)] } });
        expect((await store.read(key)).turns).toEqual([exampleTurn(2)]);
        expect([await kept(scan), await kept(wound), await kept(rash)]).toEqual([
            true,
            false,
            true,
        ]);
        await store.update(key, { reset: true });
        expect([await kept(scan), await kept(rash)]).toEqual([true, true]);
        await answer(mailbox, key, await claimTurn(mailbox, key), {
            settled: 1,
            change: { turns: [exampleTurn(3, [scan])] },
        });
        await answer(mailbox, key, await claimTurn(mailbox, key), { change: { reset: true } });
        expect([await kept(scan), await kept(rash)]).toEqual([false, false]);
    });

    it("leaves nothing behind", async () => {
        const { mailbox, key, send, store, nameOf } = ward();
        await send("1", scan, scan);
        await put(mailbox, ward().photo("1"), wound);
        await answer(mailbox, key, await claimTurn(mailbox, key), {
            change: { turns: [exampleTurn(0, [scan])] },
        });
        await store.update(key, { reset: true });
        const left = await redis.client.exists([nameOf("images"), nameOf("pictures")]);
        expect(left).toBe(0);
    });

    it("does not expire before it is answered, and with the conversation after that", async () => {
        const { mailbox, key, send, store, nameOf } = ward({ expireAfterMs: 100_000 });
        const lifeMs = async (): Promise<number> => await redis.client.pTTL(nameOf("images"));
        await send("1", scan);
        await store.update(key, { turns: [exampleTurn(0, [wound])], images: [wound] });
        expect(await lifeMs()).toBe(-1);
        await answer(mailbox, key, await claimTurn(mailbox, key));
        expect(await lifeMs()).toBeGreaterThan(0);
        await send("2", scan);
        expect(await lifeMs()).toBe(-1);
        await answer(mailbox, key, await claimTurn(mailbox, key), {
            change: { turns: [exampleTurn(2, [scan])] },
        });
        expect(await lifeMs()).toBeGreaterThan(0);
    });
});

describe("what is fetched", () => {
    it("is dropped when the message has been answered, or has other files by then", async () => {
        const { mailbox, key, photo, send, kept } = ward();
        await send("1", scan);
        const edit = { ...photo("1", "another file"), edit: true };
        expect(await mailbox.accept(edit, atOnce)).toMatchObject({
            outcome: "replaced",
            picturesDue: true,
        });
        expect(await kept(scan)).toBe(false);
        expect((await put(mailbox, photo("1"), scan)).picturesDue).toBe(true);
        expect(await kept(scan)).toBe(false);
        expect((await put(mailbox, edit, wound)).picturesDue).toBe(false);
        const words = { ...edit, text: "only the words" };
        expect((await mailbox.accept(words, atOnce)).picturesDue).toBe(false);
        const turn = await claimTurn(mailbox, key);
        expect(turn.messages[0]?.pictures?.images).toEqual([{ id: wound.id, side: wound.side }]);
        await answer(mailbox, key, turn);
        await put(mailbox, words, rash);
        expect([await kept(wound), await kept(rash)]).toEqual([false, false]);
    });

    it("stands against a failure that is reported later, and takes the place of one", async () => {
        const { mailbox, key, photo, kept } = ward();
        const failure = { images: [], refusals: ["image-unavailable"] } as const;
        await mailbox.accept(photo("1"), atOnce);
        await mailbox.putPictures(photo("1"), failure, []);
        const claimed = await claimTurn(mailbox, key);
        expect(claimed.messages[0]?.pictures).toEqual(failure);
        await put(mailbox, photo("1"), scan);
        await put(mailbox, photo("1"), scan);
        await mailbox.putPictures(photo("1"), failure, []);
        await mailbox.release(key, claimed.hold, { countsAsDeath: false });
        const turn = await claimTurn(mailbox, key);
        expect(turn.messages[0]?.pictures?.images).toHaveLength(1);
        await answer(mailbox, key, turn);
        expect(await kept(scan)).toBe(false);
    });

    it("counts as unavailable when it cannot be read, and is counted in the log", async () => {
        const warn = vi.fn<Logger["warn"]>();
        const logger: Logger = Object.assign(createLogger("silent"), { warn });
        const { mailbox, key, send, nameOf } = ward({ logger });
        await send("1", scan);
        await redis.client.hSet(nameOf("pictures"), "1", `${scan.id}\ndamaged`);
        const turn = await claimTurn(mailbox, key);
        expect(turn.messages[0]?.pictures).toEqual({
            images: [],
            refusals: ["image-unavailable"],
        });
        expect(warn).toHaveBeenCalledOnce();
    });
});
