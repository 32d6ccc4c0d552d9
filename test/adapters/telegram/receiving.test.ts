import { afterEach, beforeEach, expect, test } from "vitest";
import type { TelegramOptions } from "../../../adapters/telegram/telegram-platform.ts";
import type { InboundMessage } from "../../../src/message.ts";
import type { PlatformCondition } from "../../../src/status-ports.ts";
import { type BotApi, startBotApi } from "../../fakes/bot-api.ts";
import type { Fault } from "../../fakes/bot-api-server.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { latch } from "../../contracts/platform-bench.ts";
import { exampleTexts, platformFor } from "./telegram-world.ts";

let api: BotApi;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
    api = await startBotApi();
    stops = [];
});
afterEach(async () => {
    for (const stop of stops) await stop();
    await api.close();
});

function start(
    options: Partial<TelegramOptions> = {},
    receive: (message: InboundMessage) => Promise<void> = () => Promise.resolve(),
) {
    const logger = createRecordingLogger();
    const controller = new AbortController();
    const received: InboundMessage[] = [];
    const conditions: PlatformCondition[] = [];
    const display = {
        show: (_: string, condition: PlatformCondition) => conditions.push(condition),
    };
    const running = platformFor(api, { logger, conditions: display, ...options }).run(
        async (message) => {
            await receive(message);
            received.push(message);
        },
        controller.signal,
    );
    const stop = async (): Promise<void> => {
        controller.abort();
        await running.catch(() => undefined);
    };
    stops.push(stop);
    const states = (): unknown[] =>
        logger.entries
            .filter(({ level }) => level !== "debug")
            .map(({ fields }) => fields["telegram"])
            .filter((state) => state !== undefined);
    return { logger, received, conditions, running, stop, states };
}

test("a refused token ends with what the administrator must do, and is never shown", async () => {
    const token = `${api.botId}:AAwrong_wrong_wrong_wrong_wrong_wro`;
    const run = start({ token });
    const error: unknown = await run.running.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
        code: "config-invalid",
        message: "Telegram does not accept the bot's token.",
        remedy: expect.stringContaining("TELEGRAM_BOT_TOKEN") as unknown,
    });
    expect(JSON.stringify([error, run.logger.entries])).not.toContain("wrong_wrong");
});

test("a token that is withdrawn while messages are received ends in the same way", async () => {
    const run = start();
    api.sendText(1, "hello");
    await api.waitFor(() => run.received.length === 1);
    api.fail("getUpdates", { code: 401, description: "Unauthorized" }, Infinity);
    api.fail("getMe", { code: 401, description: "Unauthorized" }, Infinity);
    api.sendText(1, "again");
    await expect(run.running).rejects.toMatchObject({ code: "config-invalid" });
});

test("a token is not taken for refused because of other faults before", async () => {
    const refused = { code: 401, description: "Unauthorized" } as const;
    api.fail("getMe", { code: 502 });
    api.fail("getMe", refused, 2);
    api.fail("getMe", "reset");
    api.fail("getMe", refused, 2);
    api.sendText(1, "hello");
    const run = start();
    await api.waitFor(() => run.received.length === 1);
    // An answer is the proof that the token is good: the count begins again.
    api.fail("getUpdates", refused);
    api.fail("getMe", refused);
    api.sendText(1, "again");
    await api.waitFor(() => run.received.length === 2);
    expect(run.states()).toEqual(["starting", "unreachable", "running"]);
});

test.each<[name: string, method: string, fault: Fault, times: number, state: string]>([
    ["Telegram is down", "getMe", { code: 502, description: "Bad Gateway" }, 3, "unreachable"],
    ["the connection breaks", "getMe", "reset", 3, "unreachable"],
    ["a proxy answers", "getMe", "garbage", 2, "unreachable"],
    ["the token is refused once", "getMe", { code: 401 }, 1, ""],
    ["the webhook cannot be removed", "deleteWebhook", { code: 500 }, 2, "unreachable"],
    [
        "another program receives",
        "getUpdates",
        { code: 409, description: "Conflict" },
        3,
        "conflict",
    ],
    ["Telegram asks to slow down", "getUpdates", { code: 429, retryAfter: 0.02 }, 2, "unreachable"],
    ["receiving fails", "getUpdates", { code: 500 }, 3, "unreachable"],
    ["an answer gets lost", "getUpdates", "lose-answer", 2, "unreachable"],
    ["Telegram falls silent", "getUpdates", "hang", 1, "unreachable"],
])("survives that %s, and says so once", async (_name, method, fault, times, state) => {
    api.fail(method, fault, times);
    api.sendText(1, "first");
    const run = start(fault === "hang" ? { timings: { requestMs: 150, longPollMs: 1_000 } } : {});
    await api.waitFor(() => run.received.length === 1);
    api.sendText(1, "second");
    await api.waitFor(() => run.received.length === 2);
    expect(run.received.map(({ text }) => text)).toEqual(["first", "second"]);
    const troubled = state === "" ? [] : [state];
    // A bot that can connect but not receive is not reported as running.
    expect(run.states()).toEqual(["starting", ...troubled, "running"]);
    const entry = run.logger.entries.find(({ fields }) => fields["telegram"] === state);
    if (entry && fault !== "lose-answer") expect(entry.level).toBe("warn");
    const failing = state === "" ? [] : ["failing"];
    expect(run.conditions.map(({ name }) => name)).toEqual(["starting", ...failing, "running"]);
});

test("tells the administrator how to end a conflict", async () => {
    api.fail("getUpdates", { code: 409, description: "Conflict" });
    const run = start();
    const entry = await api.waitFor(() =>
        run.logger.entries.find(({ fields }) => fields["telegram"] === "conflict"),
    );
    expect(entry.fields["remedy"]).toContain("Stop the other program");
});

test("a conflict at the beginning is the end of the process before, and no fault of anybody", async () => {
    api.fail("getUpdates", { code: 409, description: "Conflict" }, 3);
    api.sendText(1, "hello");
    const run = start({ timings: { takeoverMs: 60_000 } });
    await api.waitFor(() => run.received.length === 1);
    expect(run.states()).toEqual(["starting", "taking-over", "running"]);
    expect(run.logger.entries.filter(({ level }) => level === "warn")).toEqual([]);
});

test("one process takes over from another: nothing is lost, and what was taken comes once", async () => {
    const before = start();
    api.sendText(1, "one");
    await api.waitFor(() => before.received.length === 1);
    await before.stop();
    api.sendText(1, "two");
    const after = start();
    await api.waitFor(() => after.received.length === 1);
    expect(after.received.map(({ text }) => text)).toEqual(["two"]);
});

test("a stop waits for no request, not even for one that Telegram does not answer", async () => {
    api.fail("answerCallbackQuery", "hang");
    const run = start({ timings: { longPollMs: 60_000, requestMs: 60_000, closingMs: 30 } });
    api.push({
        callback_query: {
            id: "1",
            from: { id: 1 },
            chat_instance: "1",
            data: "language:ar",
            message: { message_id: 1, date: 1, chat: { id: 1, type: "private" } },
        },
    });
    await api.waitFor(() => run.received.length === 1);
    api.fail("getUpdates", "hang", Infinity);
    await run.stop();
});

test("an edited message comes after the message, as often as it is edited", async () => {
    const run = start();
    const id = api.sendText(1, "my arm");
    await api.waitFor(() => run.received.length === 1);
    api.editContent(id, { text: "my left arm" });
    api.editContent(id, { text: "my right arm" });
    await api.waitFor(() => run.received.length === 3);
    expect(run.received.map(({ text, edit }) => [text, edit])).toEqual([
        ["my arm", undefined],
        ["my left arm", true],
        ["my right arm", true],
    ]);
    expect(new Set(run.received.map((message) => message.id)).size).toBe(1);
});

test("an edit waits for its message", async () => {
    const taking = latch();
    const run = start({}, ({ edit }) => (edit ? Promise.resolve() : taking.opened));
    const id = api.sendText(1, "my arm");
    api.editContent(id, { text: "my left arm" });
    api.sendText(2, "other");
    await api.waitFor(() => api.polls.length > 3);
    expect(run.received).toEqual([]);
    taking.open();
    await api.waitFor(() => run.received.length === 3);
    const ofFirst = run.received.filter(({ conversation }) => conversation.endsWith(":1"));
    expect(ofFirst.map(({ text }) => text)).toEqual(["my arm", "my left arm"]);
});

test("a bot that is started twice loses no message", async () => {
    const seen = new Set<string>();
    const receive = ({ text }: InboundMessage): Promise<void> => {
        seen.add(text);
        return Promise.resolve();
    };
    start({}, receive);
    start({}, receive);
    const texts = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    for (const text of texts) {
        api.sendText(1, text);
        await api.waitFor(() => seen.has(text));
    }
});

test("nothing is acknowledged before it is taken, everything at the stop", async () => {
    const taking = latch();
    const run = start({}, () => taking.opened);
    api.sendText(1, "one");
    // Enough requests to acknowledge it, if there were a fault.
    await api.waitFor(() => api.polls.length > 5);
    expect(api.pendingUpdates).toBe(1);
    api.sendText(2, "two");
    taking.open();
    await api.waitFor(() => run.received.length === 2);
    await run.stop();
    expect(api.pendingUpdates).toBe(0);
});

test("a crash loses nothing: what was not acknowledged comes to the next process", async () => {
    start({}, () => new Promise(() => undefined));
    stops.length = 0;
    api.sendText(1, "before the crash");
    await api.waitFor(() => api.polls.length > 3);
    const next = start();
    await api.waitFor(() => next.received.length === 1);
    expect(next.received[0]?.text).toBe("before the crash");
});

test("three hundred messages of thirty patients arrive once each and in order", async () => {
    for (let round = 0; round < 10; round += 1) {
        for (let chat = 1; chat <= 30; chat += 1) api.sendText(chat, String(round));
    }
    let calls = 0;
    const run = start({}, () => {
        calls += 1;
        return calls % 7 === 0 ? Promise.reject(new Error("not now")) : Promise.resolve();
    });
    await api.waitFor(() => run.received.length === 300);
    const byChat = new Map<string, string[]>();
    for (const { conversation, text } of run.received) {
        byChat.set(conversation, [...(byChat.get(conversation) ?? []), text]);
    }
    expect(byChat.size).toBe(30);
    for (const texts of byChat.values()) {
        expect(texts).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    }
    await run.stop();
    expect(api.pendingUpdates).toBe(0);
});

test("an update of an unknown form stops nothing", async () => {
    const run = start();
    for (const update of [{}, { message: {} }, { callback_query: { id: "1" } }, { news: 1 }]) {
        api.push(update);
    }
    api.sendContent(1, { photo: 5 });
    api.sendText(1, "hello");
    await api.waitFor(() => run.received.length === 1);
    expect(run.received[0]?.text).toBe("hello");
    await run.stop();
    expect(api.pendingUpdates).toBe(0);
});

test("the photos of an album come one by one, in their order", async () => {
    const run = start();
    const album = ["first", undefined, "third"].map((caption, index) => ({
        bytes: new Uint8Array(100 + index),
        ...(caption === undefined ? {} : { caption }),
    }));
    const ids = api.sendAlbum(1, album);
    await api.waitFor(() => run.received.length === 3);
    expect(run.received.map(({ id }) => Number(id))).toEqual(ids);
    expect(run.received.map(({ text }) => text)).toEqual(["first", "", "third"]);
    expect(new Set(run.received.map(({ albumId }) => albumId)).size).toBe(1);
    expect(run.received[0]?.albumId).toBeDefined();
    const sizes = run.received.map(({ attachments }) => attachments[0]?.byteSize);
    expect(sizes).toEqual([100, 101, 102]);
});

test("groups are left alone, and the administrator is told once", async () => {
    const run = start();
    api.sendText(-5, "hello all", { chatType: "group" });
    api.sendText(-6, "/start", { chatType: "supergroup" });
    api.sendText(1, "hello");
    await api.waitFor(() => run.received.length === 1);
    expect(run.received[0]?.text).toBe("hello");
    const told = run.logger.entries.filter(
        ({ level, fields }) => level === "warn" && fields["telegram"] === "group",
    );
    expect(told).toHaveLength(1);
});

test("publishes the menu in both languages, and works without it", async () => {
    api.fail("setMyCommands", { code: 400 });
    api.fail("getUpdates", { code: 500 });
    const run = start();
    api.sendText(1, "hello");
    await api.waitFor(() => run.received.length === 1);
    const menus = api.callsOf("setMyCommands").slice(1);
    expect(menus.map((menu) => menu["language_code"])).toEqual([undefined, "en", "ar"]);
    const { help } = exampleTexts.commands;
    const descriptions = menus.map((menu) =>
        (menu["commands"] as { command: string; description: string }[]).find(
            ({ command }) => command === "help",
        ),
    );
    expect(descriptions.map((entry) => entry?.description)).toEqual([help.en, help.en, help.ar]);
});

test("a pressed button is confirmed at once, even when the choice has to wait", async () => {
    const platform = platformFor(api);
    const conversation = `telegram:${api.botId}:1` as const;
    const choices = [{ label: "English", command: { name: "language", argument: "en" } }] as const;
    const never = new AbortController().signal;
    await platform
        .startReply({ conversation })
        .finish({ text: "?", language: "en", choices }, never);
    const taking = latch();
    const run = start({}, () => taking.opened);
    api.press(1, "English");
    await api.waitFor(() => api.callsOf("answerCallbackQuery").length > 0);
    expect(run.received).toEqual([]);
    taking.open();
    await api.waitFor(() => run.received.length === 1);
});

test("no message text, name, number or token gets into the log", async () => {
    api.fail("getUpdates", { code: 400, description: "Bad Request: secret words" }, 2);
    api.fail("answerCallbackQuery", { code: 400, description: "secret words" });
    const run = start({}, ({ text }) =>
        text === "secret words" && run.received.length < 2
            ? Promise.reject(new Error("secret words"))
            : Promise.resolve(),
    );
    api.sendText(7_654_321, "fine");
    api.sendText(7_654_321, "fine");
    api.sendText(7_654_321, "secret words");
    api.push({
        callback_query: {
            id: "1",
            from: { id: 7_654_321 },
            chat_instance: "1",
            data: "secret words",
        },
    });
    await api.waitFor(() => run.received.length === 3);
    await run.stop();
    const log = JSON.stringify(run.logger.entries);
    expect(run.logger.entries.length).toBeGreaterThan(3);
    for (const secret of ["secret words", "7654321", "Patient", api.token.slice(11)]) {
        expect(log).not.toContain(secret);
    }
});
