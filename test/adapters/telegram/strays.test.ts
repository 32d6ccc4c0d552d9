import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createBotClient } from "../../../adapters/telegram/bot-client.ts";
import { KnownMessages } from "../../../adapters/telegram/known-messages.ts";
import { removeStrays } from "../../../adapters/telegram/remove-strays.ts";
import { defaultTimings } from "../../../adapters/telegram/timings.ts";
import { AppError } from "../../../src/errors.ts";
import type { ConversationKey } from "../../../src/message.ts";
import type { Journal, MessageLedger, Platform, ReplyWriter } from "../../../src/ports.ts";
import { type BotApi, startBotApi } from "../../fakes/bot-api.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { exampleTexts, platformFor } from "./telegram-world.ts";

const never = new AbortController().signal;
const chat = 42;
const other = 43;
const answer = { text: "It is the left lung.", language: "en" } as const;
let api: BotApi;
let question: number;
/** What the store keeps of the journal. */
let kept: unknown;

beforeEach(async () => {
    api = await startBotApi();
    question = api.sendText(chat, "What does it show?");
    kept = undefined;
});
afterEach(() => api.close());

const seen = (): string[] => api.visibleMessages(chat).map(({ text }) => text);
const probes = (): number => api.callsOf("editMessageReplyMarkup").length;
const conversationOf = (id: number): ConversationKey => `telegram:${api.botId}:${id}`;

function journal(save: (state: unknown) => void = () => undefined): Journal {
    return {
        ...(kept === undefined ? {} : { state: kept }),
        save: async (state) => {
            save(state);
            kept = JSON.parse(JSON.stringify(state));
            return await Promise.resolve();
        },
    };
}

function startReply(platform = platformFor(api), to = chat, messageId = question): ReplyWriter {
    const address = { conversation: conversationOf(to), messageId: String(messageId) };
    return platform.startReply(address, journal());
}

/** A process takes the question, sends the beginning or the whole answer, and dies before it knows the id. */
async function dieWhileSending(text: string | undefined): Promise<void> {
    const gate = api.openGate();
    gate.plan(0, "closing", () => undefined);
    const writer = startReply(platformFor(api, { apiRoot: gate.apiRoot }));
    if (text !== undefined) writer.show(text);
    const finished = writer.finish(answer, never);
    if (text === undefined) await expect(finished).rejects.toMatchObject({ retryable: true });
    else await finished.catch(() => undefined);
    expect(api.visibleMessages(chat)).toHaveLength(1);
}

test("the message that a dead process sent is removed while the reply still grows", async () => {
    const gate = api.openGate();
    gate.plan(0, "closing", () => undefined);
    const dying = startReply(platformFor(api, { apiRoot: gate.apiRoot }));
    dying.show("It is");
    await api.waitFor(() => seen()[0] === "It is …");
    await dying.abandon({ left: true });
    const writer = startReply();
    writer.show("It is the");
    await api.waitFor(() => seen().length === 1 && seen()[0] === "It is the …");
    await writer.finish(answer, never);
    expect(seen()).toEqual([answer.text]);
});

test("a process that has sent much meanwhile finds what another has left behind", async () => {
    await dieWhileSending(undefined);
    const platform = platformFor(api);
    for (let count = 0; count < 5; count += 1) {
        const asked = api.sendText(other, "And this?");
        const elsewhere = { conversation: conversationOf(other), messageId: String(asked) };
        await platform.startReply(elsewhere).finish(answer, never);
    }
    await startReply(platform).finish(answer, never);
    expect(seen()).toEqual([answer.text]);
    expect(api.visibleMessages(other)).toHaveLength(5);
    // Its own messages it need not look at: those of the patients it has not received.
    expect(probes()).toBeLessThanOrEqual(6);
});

test("hundreds of messages that other processes have written down need no looking at", async () => {
    const numbers = new Set<number>();
    const ledger: MessageLedger = {
        note: (id) => void numbers.add(id),
        noted: (floor, below) =>
            Promise.resolve(new Set([...numbers].filter((id) => id > floor && id < below))),
    };
    const busy = platformFor(api, { ledger });
    const talk = async (): Promise<void> => {
        for (let count = 0; count < 150; count += 1) {
            const asked = api.sendText(other, "And this?");
            ledger.note(asked);
            const elsewhere = { conversation: conversationOf(other), messageId: String(asked) };
            await busy.startReply(elsewhere).finish(answer, never);
        }
    };
    await talk();
    await dieWhileSending(undefined);
    await talk();
    await startReply(platformFor(api, { ledger })).finish(answer, never);
    expect(seen()).toEqual([answer.text]);
    expect(probes()).toBe(1);
});

test("other messages of the bot stay as they are: with other words, or beneath another question", async () => {
    const [before, after] = [api.sendText(chat, "one"), api.sendText(chat, "two")];
    const notice = { ...answer, text: "Please wait a moment." };
    await startReply(platformFor(api), chat, after).finish(notice, never);
    kept = undefined;
    await startReply(platformFor(api), chat, before).finish(answer, never);
    kept = undefined;
    question = after;
    const shown = api.visibleMessages(chat);
    api.fail("sendMessage", "lose-answer");
    await startReply().finish(answer, never);
    const now = api.visibleMessages(chat);
    expect(now.slice(0, 2)).toEqual(shown);
    expect(now.map(({ text }) => text)).toEqual([notice.text, answer.text, answer.text]);
    expect(now.map(({ replyTo }) => replyTo)).toEqual([after, before, after]);
    expect(probes()).toBeGreaterThan(1);
});

test("nothing that a patient wrote is ever deleted", async () => {
    await dieWhileSending(undefined);
    for (let count = 0; count < 30; count += 1) api.sendText(chat, `more ${count}`);
    await startReply().finish(answer, never);
    expect(seen()).toEqual([answer.text]);
    expect(api.deletedOfPatients).toEqual([]);
    expect(api.callsOf("deleteMessage")).toHaveLength(1);
});

test("the search ends when it takes too long, and the administrator is told without words", async () => {
    for (let count = 0; count < 300; count += 1) api.sendText(other, "noise");
    await dieWhileSending(undefined);
    for (let count = 0; count < 300; count += 1) api.sendText(other, "noise");
    const logger = createRecordingLogger();
    await startReply(platformFor(api, { logger })).finish(answer, never);
    expect(seen()).toEqual([answer.text, answer.text]);
    expect(probes()).toBe(100);
    const [entry, ...more] = logger.entries.filter(({ level }) => level === "warn");
    expect(more).toEqual([]);
    expect(entry?.fields).toEqual({ telegram: "stray", looked: 100 });
});

test("the search is as slow as it is told to be, over all chats together", async () => {
    const platform = platformFor(api, { timings: { probeMs: 60_000 } });
    api.fail("sendMessage", "lose-answer", 2);
    const asked = api.sendText(other, "And this?");
    const stopping = new AbortController();
    const finished = Promise.allSettled([
        startReply(platform).finish(answer, stopping.signal),
        startReply(platform, other, asked).finish(answer, stopping.signal),
    ]);
    await api.waitFor(() => api.callsOf("sendMessage").length === 4 && probes() === 1);
    await sleep(50);
    expect(probes()).toBe(1);
    stopping.abort();
    await finished;
});

test.each([
    ["as long as it takes, when it is alone", 0, 100],
    ["short, when many chats need one, as after an outage", 60_000, 20],
])("a search is %s", async (_name, queueMs, looked) => {
    const bot = {
        client: createBotClient(api, defaultTimings),
        timings: defaultTimings,
        logger: createRecordingLogger(),
        texts: exampleTexts,
        known: new KnownMessages(),
        pace: { queueMs, turn: () => Promise.resolve() },
    };
    const doubt = { floor: question, reach: 100, below: question + 500, sends: [{ text: "x" }] };
    await removeStrays(bot, chat, doubt, () => false, never);
    expect(probes()).toBe(looked);
});

test("a search that Telegram ends is taken up by the next attempt", async () => {
    await dieWhileSending(undefined);
    api.fail("editMessageReplyMarkup", { code: 429, retryAfter: 3600 });
    await expect(startReply().finish(answer, never)).rejects.toMatchObject({
        code: "platform-unavailable",
        retryAfterMs: 3_600_000,
    });
    expect(seen()).toHaveLength(2);
    api.recover();
    await startReply().finish(answer, never);
    expect(seen()).toEqual([answer.text]);
    expect(api.callsOf("sendMessage")).toHaveLength(2);
});

test("what Telegram has certainly not taken is not looked for", async () => {
    const gone = new AppError("store-unavailable", "Redis is away.", { retryable: true });
    const writer = platformFor(api).startReply(
        { conversation: conversationOf(chat), messageId: String(question) },
        journal(() => {
            throw gone;
        }),
    );
    await expect(writer.finish(answer, never)).rejects.toBe(gone);
    expect(api.callsOf("sendMessage")).toEqual([]);

    api.fail("sendMessage", { code: 429, retryAfter: 3600 });
    await expect(startReply().finish(answer, never)).rejects.toMatchObject({ retryable: true });
    const apiRoot = "http://127.0.0.1:1";
    await expect(startReply(platformFor(api, { apiRoot })).finish(answer, never)).rejects.toThrow(
        "ECONNREFUSED",
    );
    for (let count = 0; count < 5; count += 1) api.sendText(other, "noise");
    await startReply().finish(answer, never);
    expect(seen()).toEqual([answer.text]);
    expect(probes()).toBe(0);
});

test("a message that was sent twice without a journal is removed as well", async () => {
    api.fail("sendMessage", "lose-answer", 2);
    const address = { conversation: conversationOf(chat), messageId: String(question) };
    await platformFor(api).startReply(address).finish(answer, never);
    expect(seen()).toEqual([answer.text]);
    expect(api.callsOf("sendMessage")).toHaveLength(3);
});

test("who has lost the reply to another process leaves what is shown alone", async () => {
    let saves = 0;
    const writer = platformFor(api).startReply(
        { conversation: conversationOf(chat), messageId: String(question) },
        journal(() => {
            saves += 1;
            if (saves > 2) throw new AppError("aborted", "Another process has it.");
        }),
    );
    writer.show("It is");
    await api.waitFor(() => seen()[0] === "It is …");
    const long = { ...answer, text: "It is the left lung. ".repeat(300) };
    await expect(writer.finish(long, never)).rejects.toMatchObject({ code: "aborted" });
    const shown = api.visibleMessages(chat);
    const requests = api.calls.length;
    await expect(writer.finish(long, never)).rejects.toMatchObject({ code: "aborted" });
    await writer.abandon();
    expect(api.visibleMessages(chat)).toEqual(shown);
    expect(api.calls.slice(requests).map(({ method }) => method)).not.toContain("sendMessage");
});

test("a pressed button leaves a floor for the search", async () => {
    const conversation = conversationOf(chat);
    const choices = [{ label: "English", command: { name: "language", argument: "en" } }] as const;
    const platform = platformFor(api);
    await platform.startReply({ conversation }).finish({ ...answer, choices }, never);
    for (let count = 0; count < 200; count += 1) api.sendText(other, "noise");
    const controller = new AbortController();
    const pressed = new Promise<string>((resolve) => {
        void platformFor(api).run(({ id, command }) => {
            if (command) resolve(id);
            return Promise.resolve();
        }, controller.signal);
    });
    api.press(chat, "English");
    const messageId = await pressed;
    controller.abort();
    const [buttons] = api.visibleMessages(chat);
    expect(messageId).toMatch(new RegExp(`^choice-\\w+-${buttons?.id}$`));
    api.fail("sendMessage", "lose-answer");
    await platformFor(api).startReply({ conversation, messageId }, journal()).finish(answer, never);
    expect(seen()).toEqual([answer.text, answer.text]);
    expect(api.visibleMessages(chat)[0]).toEqual(buttons);
});

test("processes that die with a dozen replies under way, one after another, leave each answer once", async () => {
    const chats = Array.from({ length: 12 }, (_, index) => 100 + index);
    const journals = new Map<number, unknown>();
    const questions = new Map(chats.map((id) => [id, api.sendText(id, "What is it?")]));
    const open = new Set(chats);
    const texts = (id: number): string[] => api.visibleMessages(id).map(({ text }) => text);
    const work = async (platform: Platform, id: number): Promise<void> => {
        const conversation = conversationOf(id);
        const state = journals.get(id);
        const writer = platform.startReply(
            { conversation, messageId: String(questions.get(id)) },
            {
                ...(state === undefined ? {} : { state }),
                save: async (next) => {
                    journals.set(id, JSON.parse(JSON.stringify(next)));
                    return await Promise.resolve();
                },
            },
        );
        if (id % 2 === 0) writer.show("It is");
        if (id % 4 === 0) await sleep(20);
        const text = id % 3 === 0 ? `${answer.text} `.repeat(300) : answer.text;
        await writer.finish({ ...answer, text }, never);
        open.delete(id);
    };
    for (const write of [3, 17, 8, 11, 14, Infinity]) {
        const gate = api.openGate();
        gate.plan(write, "closing", () => undefined);
        const platform = platformFor(api, { apiRoot: gate.apiRoot });
        await Promise.allSettled([...open].map((id) => work(platform, id)));
    }
    expect(open.size).toBe(0);
    for (const id of chats) {
        const whole = (id % 3 === 0 ? `${answer.text} `.repeat(300) : answer.text).trim();
        expect(texts(id).join(" ")).toBe(whole);
    }
    expect(api.deletedOfPatients).toEqual([]);
});
