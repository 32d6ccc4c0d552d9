import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { AppError } from "../../../src/errors.ts";
import { latch, never } from "../../contracts/platform-bench.ts";
import { type LinkedPhone, linkPhone } from "./linked-phone.ts";
import {
    listen as listenIn,
    type ListeningOptions,
    type ListeningPlatform,
    makeFolder,
} from "./listening-platform.ts";

let phone: LinkedPhone;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let listening: ListeningPlatform[];
let about: string;
let chat: string;
let tests = 0;

beforeAll(async () => {
    phone = await linkPhone();
});
afterAll(() => phone.close());
beforeEach(async () => {
    folder = await makeFolder();
    listening = [];
    tests += 1;
    about = String(7_000 + tests);
    chat = `96651${about}@c.us`;
});
afterEach(async () => {
    for (const { stop } of listening) await stop();
    await folder.remove();
});

/** Listens for what comes from now on: other tests' chats lie behind it. */
function listen(options: ListeningOptions = {}): ListeningPlatform {
    const platform = listenIn(phone.peer, folder.path, { phone, about, ...options });
    listening.push(platform);
    return platform;
}

describe("groups", () => {
    const asker = "966522222222@c.us";

    it("answers those who mention it or reply to it, each in a conversation of their own", async () => {
        const { peer } = phone;
        const group = `120${about}@g.us`;
        const { platform, receives, log } = listen();
        peer.inbound({ chat: group, author: asker, text: "Good morning, all" });
        const mention = { mentions: [peer.lid], text: "@99999 is this normal?" };
        const asked = peer.inbound({ chat: group, author: asker, ...mention });
        const [question] = await receives(1);
        if (!question) throw new Error("The question did not arrive.");
        expect(question.text).toBe("is this normal?");
        expect(question.conversation).toBe(`whatsapp-web:main:${group}~${asker}`);

        const to = { conversation: question.conversation, messageId: question.id };
        await platform.startReply(to).finish({ text: "**Yes.**", language: "en" }, never);
        const [answer] = peer.visible(group);
        expect(answer).toMatchObject({ text: "*Yes.*", quotedId: asked });

        const other = "966533333333@c.us";
        const quotedId = answer?.id ?? "";
        peer.inbound({ chat: group, author: other, text: "Why?", quotedId });
        const [, reply] = await receives(2);
        expect(reply?.conversation).toBe(`whatsapp-web:main:${group}~${other}`);
        expect(reply?.quoted).toEqual({ text: "Yes.", fromAssistant: true });
        const notes = log.entries.filter(({ sentence }) => /groups/.test(sentence));
        expect(notes).toHaveLength(1);
    });

    it("stays away from groups where the settings say so", async () => {
        const { peer } = phone;
        const group = `120${about}@g.us`;
        const { receives, texts } = listen({ groups: "never" });
        peer.inbound({ chat: group, author: asker, text: "@99999?", mentions: [peer.lid] });
        peer.inbound({ chat, text: "private" });
        await receives(1);
        expect(texts()).toEqual(["private"]);
        expect(peer.seen(group)).toBe(0);
    });
});

test("people without a number are answered under their own address", async () => {
    const { peer } = phone;
    const lid = `${about}@lid`;
    const { platform, receives } = listen();
    peer.inbound({ chat: lid, text: "hello" });
    const [message] = await receives(1);
    expect(message?.conversation).toBe(`whatsapp-web:main:${lid}`);
    const to = { conversation: message?.conversation ?? "whatsapp-web:main:", messageId: "x" };
    await platform.startReply(to).finish({ text: "Welcome.", language: "en" }, never);
    expect(peer.visible(lid).map(({ text }) => text)).toEqual(["Welcome."]);
});

test("edits replace, and everything that is no message to the assistant is passed over", async () => {
    const { peer } = phone;
    const { received, receives, texts } = listen();
    const id = peer.inbound({ chat, text: "I have a head" });
    await receives(1);
    peer.edit(id, "I have a headache");
    await receives(2);
    expect(received[1]).toEqual({ ...received[0], text: "I have a headache", edit: true });
    peer.react(id);
    const deleted = peer.inbound({ chat, text: "Forget this" });
    await receives(3);
    peer.revoke(deleted);
    peer.inbound({ chat: "status@broadcast", author: chat, text: "My holidays" });
    peer.inbound({ chat: "0@c.us", text: "News of WhatsApp" });
    peer.inbound({ chat, type: "call_log" });
    peer.ownFromPhone(chat, "The clinic will call you.");
    peer.repeat(id);
    peer.inbound({ chat, text: "last" });
    await receives(4);
    expect(texts()).toEqual(["I have a head", "I have a headache", "Forget this", "last"]);
});

test("the pictures of an album are known to belong together", async () => {
    const { peer } = phone;
    const { receives } = listen();
    const picture = { chat, type: "image", mimetype: "image/jpeg", bytes: new Uint8Array(9) };
    peer.inbound({ chat, type: "album", stanza: "3AALBUM" });
    peer.inbound({ ...picture, album: "3AALBUM", caption: "both arms" });
    peer.inbound({ ...picture, album: "3AALBUM" });
    const messages = await receives(2);
    expect(messages.map(({ albumId }) => albumId)).toEqual(["3AALBUM", "3AALBUM"]);
});

test("what may be viewed once is handed over as what cannot be opened", async () => {
    const { peer } = phone;
    const before = peer.inbound({
        chat,
        type: "ciphertext",
        fields: { subtype: "view_once_unavailable_fanout" },
    });
    const { received, receives } = listen();
    await receives(1);
    peer.inbound({ chat, type: "ciphertext" });
    peer.inbound({
        chat,
        type: "ciphertext",
        fields: { subtype: "view_once_unavailable_fanout" },
    });
    await receives(2);
    expect(received[0]).toMatchObject({ text: "", attachments: [{ kind: "other", id: before }] });
    expect(received[1]?.attachments).toHaveLength(1);
});

describe("files", () => {
    const bytes = Uint8Array.from({ length: 5_000 }, (_, index) => index % 253);

    it.each([
        ["is gone", { failDownload: 404 }, 5_000, "attachment-unavailable"],
        ["cannot be loaded", { failDownload: "error" }, 5_000, "attachment-unavailable"],
        ["is said to be too large", { statedSize: 6_000 }, 5_000, "attachment-too-large"],
        ["is larger than it was said", { statedSize: 10 }, 4_999, "attachment-too-large"],
    ] as const)("one that %s", async (_name, fields, maxBytes, code) => {
        const { peer } = phone;
        const { platform, receives } = listen();
        const picture = { chat, type: "image", mimetype: "image/jpeg", bytes };
        peer.inbound({ ...picture, ...fields });
        const [message] = await receives(1);
        const [attachment] = message?.attachments ?? [];
        if (!attachment) throw new Error("There is no attachment.");
        const download = platform.download(attachment, maxBytes, never);
        await expect(download).rejects.toMatchObject({ code, retryable: false });
    });

    it("the id alone is enough", async () => {
        const { peer } = phone;
        const { platform, receives } = listen();
        const file = { type: "document", filename: "scan.png", mimetype: "image/png", bytes };
        const id = peer.inbound({ chat, ...file });
        await receives(1);
        const downloaded = await platform.download({ kind: "image", id }, 5_000, never);
        expect(Buffer.from(downloaded).equals(bytes)).toBe(true);
        const words = peer.inbound({ chat, text: "no file" });
        for (const other of [words, `false_${chat}_3A0000`, "_", "true_a_b_c_d"]) {
            const download = platform.download({ kind: "image", id: other }, 5_000, never);
            await expect(download).rejects.toMatchObject({ code: "attachment-unavailable" });
        }
    });

    it("cannot be fetched while no phone is linked", async () => {
        const { platform, stop } = listen();
        await stop();
        const download = platform.download({ kind: "image", id: `false_${chat}_3A` }, 10, never);
        await expect(download).rejects.toMatchObject({
            code: "platform-unavailable",
            retryable: true,
        });
    });
});

test("a chat is marked as read when all of it is taken, not before", async () => {
    const { peer } = phone;
    const hold = latch();
    const { receives } = listen({
        receive: async ({ text }) => {
            if (text === "second") await hold.opened;
        },
    });
    peer.inbound({ chat, text: "first" });
    peer.inbound({ chat, text: "second" });
    peer.inbound({ chat, text: "third" });
    await receives(1);
    expect(peer.seen(chat)).toBe(0);
    expect(peer.unread(chat)).toBe(3);
    hold.open();
    await peer.until(() => peer.unread(chat) === 0);
    expect(peer.seen(chat)).toBe(1);
});

test("what waits to be stored stays in order, however often it is found", async () => {
    const { peer } = phone;
    let isAway = true;
    const { receives, texts } = listen({
        receive: async () => {
            if (!isAway) return await Promise.resolve();
            throw new AppError("store-unavailable", "Redis is away.", { retryable: true });
        },
        timings: { aliveMs: 5, lookAgainMs: 10 },
    });
    peer.inbound({ chat, text: "one" });
    peer.inbound({ chat, text: "two" });
    await peer.until(() => peer.calls.length > 0);
    peer.inbound({ chat, text: "three" });
    await new Promise((resolve) => setTimeout(resolve, 100));
    isAway = false;
    await receives(3);
    await peer.until(() => peer.unread(chat) === 0);
    expect(texts()).toEqual(["one", "two", "three"]);
});

test("a message that the page cannot read hides no other", async () => {
    const { peer } = phone;
    // The library stumbles over a list of buttons that is none.
    peer.inbound({ chat, text: "odd", fields: { buttons: true } });
    peer.inbound({ chat, text: "clear" });
    const { log, receives, texts } = listen();
    await receives(1);
    expect(texts()).toEqual(["clear"]);
    expect(log.entries.filter(({ sentence }) => /could not be read/.test(sentence))).toHaveLength(
        1,
    );
});

test("what comes without a word of the page is found", async () => {
    const { peer } = phone;
    const { receives, texts } = listen({ timings: { aliveMs: 5, lookAgainMs: 10 } });
    peer.inbound({ chat, text: "heard" });
    await receives(1);
    const { session } = phone;
    const listeners = session.client.listeners("message");
    session.client.removeAllListeners("message");
    peer.inbound({ chat, text: "not heard" });
    await receives(2);
    for (const listener of listeners) session.client.on("message", listener as () => void);
    expect(texts()).toEqual(["heard", "not heard"]);
});

test("nothing of a patient gets into the log", async () => {
    const { peer } = phone;
    const secret = `96652${about}`;
    const failures: Error[] = [new Error(`Redis wrote: ${secret} my secret pain`)];
    const { log, receives } = listen({
        receive: async () => {
            const failure = failures.pop();
            if (failure) throw failure;
            await Promise.resolve();
        },
    });
    peer.inbound({ chat: `${secret}@c.us`, text: "my secret pain" });
    peer.inbound({ chat: `120${about}@g.us`, author: `${secret}@c.us`, text: "my secret pain" });
    await receives(1);
    expect(log.entries.length).toBeGreaterThan(0);
    expect(JSON.stringify(log.entries)).not.toMatch(/9665|secret|pain|@/);
});
