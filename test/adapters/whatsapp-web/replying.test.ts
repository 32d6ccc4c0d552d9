import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Reply, ReplyAddress } from "../../../src/message.ts";
import { wait } from "../../../src/wait.ts";
import { never } from "../../contracts/platform-bench.ts";
import { type LinkedPhone, linkPhone } from "./linked-phone.ts";
import {
    listen,
    type ListeningOptions,
    type ListeningPlatform,
    makeFolder,
} from "./listening-platform.ts";

let phone: LinkedPhone;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let listening: ListeningPlatform;
let about: string;
let chat: string;
let tests = 0;

beforeAll(async () => {
    phone = await linkPhone();
});
afterAll(() => phone.close());
beforeEach(async () => {
    folder = await makeFolder();
    tests += 1;
    about = String(8_000 + tests);
    chat = `96651${about}@c.us`;
    listening = listenWith({ confirmMs: 5_000, sendMs: 20_000 });
});
afterEach(async () => {
    phone.peer.onSend(() => undefined);
    phone.peer.setOutage(false);
    await listening.stop();
    await folder.remove();
});

function listenWith(timings: NonNullable<ListeningOptions["timings"]>): ListeningPlatform {
    return listen(phone.peer, folder.path, { phone, about, timings });
}

/** For tests in which the page confirms nothing. */
async function waitBriefly(): Promise<void> {
    await listening.stop();
    listening = listenWith({ confirmMs: 300, sendMs: 2_000 });
}

/** A patient writes; gives where the answers go. */
async function ask(...texts: readonly string[]): Promise<ReplyAddress[]> {
    for (const text of texts) phone.peer.inbound({ chat, text });
    const messages = await listening.receives(texts.length);
    return messages.map(({ conversation, id }) => ({ conversation, messageId: id }));
}

async function reply(to: ReplyAddress | undefined, text: string): Promise<void> {
    if (!to) throw new Error("Nobody asked.");
    await listening.platform.startReply(to).finish({ text, language: "en" }, never);
}

test("the message that is answered is quoted where a later one has come", async () => {
    const [first, second] = await ask("first?", "second?");
    await reply(first, "One. ".repeat(1_000));
    await reply(second, "Two.");
    const [one, more, two] = phone.peer.visible(chat);
    expect(one?.quotedId).toBe(first?.messageId);
    expect(more?.text).toMatch(/^One\./);
    expect(more?.quotedId).toBeUndefined();
    expect(two).toMatchObject({ text: "Two.", quotedId: undefined });
});

test("a message that cannot be quoted any more is answered without", async () => {
    const [to] = await ask("gone?");
    const conversation = to?.conversation ?? "whatsapp-web:main:";
    await reply({ conversation, messageId: `false_${chat}_3AGONE` }, "Yes.");
    await reply({ conversation }, "And no.");
    expect(phone.peer.visible(chat).map(({ quotedId }) => quotedId)).toEqual([
        undefined,
        undefined,
    ]);
});

test("choices stand beneath the answer as what to type", async () => {
    const [to] = await ask("/language");
    if (!to) throw new Error("Nobody asked.");
    const choices: Reply["choices"] = [
        { label: "العربية", command: { name: "language", argument: "ar" } },
        { label: "English", command: { name: "language", argument: "en" } },
    ];
    const answer = { text: "Which **language**?", language: "en", choices } as const;
    await listening.platform.startReply(to).finish(answer, never);
    const [message, ...others] = phone.peer.visible(chat);
    expect(others).toEqual([]);
    const text = message?.text.replaceAll(/[\u200E\u200F\u2066-\u2069]/g, "");
    expect(text).toBe("Which *language*?\n\nالعربية: /language ar\nEnglish: /language en");
});

test("two answers in one chat are sent one after another", async () => {
    const { peer } = phone;
    const [first, second] = await ask("first?", "second?");
    const parts = "A sentence that fills a message. ".repeat(300);
    await Promise.all([reply(first, parts), reply(second, `${parts}!`)]);
    const sends = peer.calls.filter(([name, value]) => {
        return name === "send" && (value as { chat: string }).chat === chat;
    });
    expect(sends).toHaveLength(6);
    expect(new Set(peer.visible(chat).map(({ id }) => id)).size).toBe(6);
});

test("a person whose address the page has not learned yet is answered", async () => {
    const { peer } = phone;
    const [to] = await ask("hello");
    peer.forgetAddress(chat);
    await reply(to, "Drink water.");
    expect(peer.visible(chat).map(({ text }) => text)).toEqual(["Drink water."]);
});

test("typing disappears with the answer, also with one that is abandoned", async () => {
    const { peer } = phone;
    const [to] = await ask("hello");
    if (!to) throw new Error("Nobody asked.");
    const hidden = (): number =>
        peer.calls.filter((call) => call[0] === "paused" && call[1] === chat).length;
    const writer = listening.platform.startReply(to);
    await peer.until(() => peer.typings(chat) > 0);
    await writer.abandon();
    expect(hidden()).toBe(1);
    const another = listening.platform.startReply(to);
    const before = peer.typings(chat);
    await peer.until(() => peer.typings(chat) > before);
    await another.finish({ text: "Hello.", language: "en" }, never);
    expect(hidden()).toBe(2);
});

test("what WhatsApp takes without a word is found, and not sent again", async () => {
    await waitBriefly();
    const { peer } = phone;
    const [to] = await ask("hello");
    if (!to) throw new Error("Nobody asked.");
    peer.onSend((at) => (at === chat ? "lost" : undefined));
    const writer = listening.platform.startReply(to);
    const answer = { text: "Drink water.", language: "en" } as const;
    await expect(writer.finish(answer, never)).rejects.toMatchObject({
        code: "platform-unavailable",
        retryable: true,
    });
    peer.onSend(() => undefined);
    // WhatsApp's server confirms it at last, as it does once it is asked again.
    const [message] = peer.visible(chat);
    await phone.session.client.pupPage?.evaluate((id) => {
        const { Msg } = (globalThis as unknown as PageGlobals).require("WAWebCollections");
        Msg.get(id).ack = 1;
    }, message?.id ?? "");
    await writer.finish(answer, never);
    expect(peer.visible(chat).map(({ text }) => text)).toEqual(["Drink water."]);
});

test("without a connection nothing is sent, and with one it is", async () => {
    const { peer } = phone;
    const [to] = await ask("hello");
    if (!to) throw new Error("Nobody asked.");
    const writer = listening.platform.startReply(to);
    const answer = { text: "Drink water.", language: "en" } as const;
    peer.setOutage("offline");
    await pageIs(false);
    const sendsBefore = peer.calls.filter(([name]) => name === "send").length;
    await expect(writer.finish(answer, never)).rejects.toMatchObject({
        code: "platform-unavailable",
        retryable: true,
    });
    expect(peer.calls.filter(([name]) => name === "send")).toHaveLength(sendsBefore);
    peer.setOutage(false);
    await pageIs(true);
    await writer.finish(answer, never);
    expect(peer.visible(chat).map(({ text }) => text)).toEqual(["Drink water."]);
});

test("what waits in the page goes out once, when the page sends it", async () => {
    await waitBriefly();
    const { peer } = phone;
    const [to] = await ask("hello");
    if (!to) throw new Error("Nobody asked.");
    peer.onSend((at) => (at === chat ? "waiting" : undefined));
    const writer = listening.platform.startReply(to);
    const answer = { text: "Drink water.", language: "en" } as const;
    await expect(writer.finish(answer, never)).rejects.toMatchObject({ retryable: true });
    expect(peer.visible(chat)).toEqual([]);
    peer.onSend(() => undefined);
    peer.setOutage(false);
    await writer.finish(answer, never);
    expect(peer.visible(chat).map(({ text }) => text)).toEqual(["Drink water."]);
});

/** Waits until the page has a connection, or none. */
async function pageIs(connected: boolean): Promise<void> {
    const isConnected = async (): Promise<boolean> => {
        const state: string = await phone.session.client.getState();
        return state === "CONNECTED";
    };
    while ((await isConnected()) !== connected) await wait(5, never);
}

/** What the page knows, as far as a test reaches into it. */
interface PageGlobals {
    require(name: string): { readonly Msg: { get(id: string): { ack: number } } };
}
