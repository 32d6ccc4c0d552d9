import { afterAll, beforeAll, expect, it } from "vitest";
import { createCaseBook } from "../../../adapters/redis/case-book.ts";
import { openConversationNames } from "../../../adapters/redis/conversation-names.ts";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { createPatientData } from "../../../adapters/redis/patient-data.ts";
import { reencrypt } from "../../../adapters/redis/reencrypt.ts";
import { createLogger } from "../../../src/log.ts";
import type { Cipher, PatientRecord } from "../../../src/privacy-ports.ts";
import {
    exampleImage,
    exampleTurn,
    freshConversation,
} from "../../contracts/conversation-store.ts";
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

const former = cipherWith("former");
const both = cipherWith("new", "former");
const fresh = cipherWith("new");

function openWith(keyPrefix: string, cipher: Cipher) {
    const limits = {
        keyPrefix,
        cipher,
        expireAfterMs: 3_600_000,
        maxTurns: 100,
        logger: createLogger("silent"),
    };
    return {
        mailbox: mailboxOn(redis, limits),
        store: createConversationStore(redis.client, limits),
        export: async (key: ReturnType<typeof freshConversation>): Promise<PatientRecord> => {
            const nameOf = await openConversationNames(redis.client, keyPrefix, cipher);
            const record = await createPatientData(redis.client, { ...limits, nameOf }).export(key);
            return record ?? expect.unreachable();
        },
    };
}

const image = exampleImage(1);
const beneath = exampleImage(2);

/** A conversation with something of every kind. */
async function fill(keyPrefix: string, key: ReturnType<typeof freshConversation>): Promise<void> {
    const { mailbox, store } = openWith(keyPrefix, former);
    const message = messagesOf(key);
    await store.update(key, {
        chosenLanguage: "ar",
        turns: Array.from({ length: 60 }, (_, index) =>
            exampleTurn(index, index === 0 ? [image] : []),
        ),
        images: [image],
    });
    for (const [id, end] of [["1", "dead"] as const, ["2", { againInMs: 0 }] as const]) {
        await mailbox.accept(message(id), atOnce);
        await answer(mailbox, key, await claimTurn(mailbox, key), { reply: exampleReply(id) });
        const { hold } = await claimDelivery(mailbox, key, "reply");
        await mailbox.saveJournal(key, hold, id, { out: id });
        await mailbox.endDelivery(key, hold, id, end);
    }
    const photo = message("3", { attachments: [{ kind: "image", id: "file" }] });
    await mailbox.accept(photo, atOnce);
    const { id, side } = beneath;
    await mailbox.putPictures(photo, { images: [{ id, side }], refusals: [] }, [beneath]);
}

it("makes everything readable with the new key alone, and leaves what it says and when it ends", async () => {
    const keyPrefix = redis.freshPrefix();
    const key = freshConversation();
    await fill(keyPrefix, key);
    const before = await openWith(keyPrefix, former).export(key);
    const turns = `${keyPrefix}{${key}}:turns`;
    await redis.client.pExpire(turns, 1_000_000);

    const done = await reencrypt(redis.client, { keyPrefix, cipher: both });
    expect(done).toEqual({ conversations: 1, rewritten: 68, unreadable: 0, remaining: 0 });
    const opened = openWith(keyPrefix, fresh);
    expect(await opened.export(key)).toEqual(before);
    for (const one of [image, beneath])
        expect(await opened.store.readImage(key, one)).toBeDefined();
    expect(await redis.client.pTTL(turns)).toBeGreaterThan(900_000);
    expect(await redis.client.pTTL(turns)).toBeLessThanOrEqual(1_000_000);
    // The journals as well.
    expect((await claimDelivery(opened.mailbox, key, "reply")).journal).toEqual({ out: "2" });
    await expect(openWith(keyPrefix, former).export(key)).rejects.toMatchObject({
        code: "config-invalid",
    });
    const again = await reencrypt(redis.client, { keyPrefix, cipher: fresh });
    expect(again).toEqual({ conversations: 1, rewritten: 0, unreadable: 0, remaining: 0 });
});

it("still recognises a repeated edit afterwards", async () => {
    const keyPrefix = redis.freshPrefix();
    const key = freshConversation();
    const edited = { ...messagesOf(key)("1"), text: "corrected", edit: true };
    const { mailbox } = openWith(keyPrefix, former);
    await mailbox.accept(messagesOf(key)("1"), atOnce);
    await mailbox.accept(edited, atOnce);
    await openConversationNames(redis.client, keyPrefix, former);
    await reencrypt(redis.client, { keyPrefix, cipher: both });
    const opened = openWith(keyPrefix, fresh);
    await claimTurn(opened.mailbox, key);
    expect(await opened.mailbox.accept(edited, atOnce)).not.toHaveProperty("interrupt");
    const other = { ...edited, text: "corrected once more" };
    expect(await opened.mailbox.accept(other, atOnce)).toHaveProperty("interrupt", "changed");
});

it("keeps the codes of cases leading to their conversations", async () => {
    const keyPrefix = redis.freshPrefix();
    const key = freshConversation();
    await openConversationNames(redis.client, keyPrefix, former);
    const code = await createCaseBook(redis.client, { keyPrefix, cipher: former }).name(key, "1");
    await reencrypt(redis.client, { keyPrefix, cipher: both });
    const cases = createCaseBook(redis.client, { keyPrefix, cipher: fresh });
    expect(await cases.find(code)).toBe(key);
});

it("seals what was stored before there was encryption", async () => {
    const keyPrefix = redis.freshPrefix();
    const key = freshConversation();
    const stem = `${keyPrefix}{${key}}`;
    const turn = exampleTurn(1);
    const message = messagesOf(key)("7");
    await openConversationNames(redis.client, keyPrefix, both);
    await redis.client.rPush(`${stem}:turns`, `\n1${JSON.stringify(turn)}`);
    await redis.client.rPush(`${stem}:inbox`, "7");
    await redis.client.hSet(`${stem}:messages`, "7", `1700000000000 \n1${JSON.stringify(message)}`);
    await reencrypt(redis.client, { keyPrefix, cipher: both });
    expect(await openWith(keyPrefix, fresh).export(key)).toMatchObject({
        turns: [turn],
        waiting: [{ message, acceptedAtMs: 1_700_000_000_000 }],
    });
    expect(await redis.client.hGet(`${stem}:messages`, "7")).toMatch(
        /^1700000000000 {2}[0-9a-f]{32}\n/,
    );
    expect(await redis.client.lRange(`${stem}:turns`, 0, -1)).not.toContain(turn.text);
});

it("loses nothing that is written, erased or dropped meanwhile", async () => {
    const keyPrefix = redis.freshPrefix();
    const keys = Array.from({ length: 8 }, freshConversation);
    const [erased = freshConversation()] = keys;
    await openConversationNames(redis.client, keyPrefix, former);
    const writer = openWith(keyPrefix, former);
    for (const key of keys) {
        const turns = Array.from({ length: 100 }, (_, index) => exampleTurn(index, [image]));
        await writer.store.update(key, { turns, images: [image] });
    }
    const over = new AbortController();
    let number = 100;
    // As a process that has taken up the new key, and trims the history with each turn.
    const writing = (async () => {
        const { store } = openWith(keyPrefix, both);
        while (!over.signal.aborted) {
            for (const key of keys.slice(1))
                await store.update(key, { turns: [exampleTurn(number)] });
            await store.update(erased, { reset: true });
            number++;
        }
    })();
    const done = await reencrypt(redis.client, { keyPrefix, cipher: both });
    over.abort();
    await writing;
    expect(done.remaining).toBe(0);
    const opened = openWith(keyPrefix, fresh);
    // Of a hundred turns and one, a quarter of a hundred goes at once
    const kept = number === 100 ? 100 : 75 + ((number - 101) % 26);
    for (const key of keys.slice(1)) {
        const { turns } = await opened.store.read(key);
        expect(turns.map(({ atMs }) => atMs)).toEqual(
            Array.from({ length: kept }, (_, index) => exampleTurn(number - kept + index).atMs),
        );
    }
    expect((await opened.store.read(erased)).turns).toEqual([]);
});

it("leaves what no key opens as it is, and says how much", async () => {
    const keyPrefix = redis.freshPrefix();
    const key = freshConversation();
    await openConversationNames(redis.client, keyPrefix, both);
    await openWith(keyPrefix, both).store.update(key, { turns: [exampleTurn(0)] });
    await openWith(keyPrefix, cipherWith("lost")).store.update(key, { turns: [exampleTurn(1)] });
    const before = await redis.client.lRange(`${keyPrefix}{${key}}:turns`, 0, -1);
    expect(await reencrypt(redis.client, { keyPrefix, cipher: both })).toEqual({
        conversations: 1,
        rewritten: 0,
        unreadable: 1,
        remaining: 0,
    });
    expect(await redis.client.lRange(`${keyPrefix}{${key}}:turns`, 0, -1)).toEqual(before);
});
