import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TelegramTimings } from "../../../adapters/telegram/timings.ts";
import type { AppError } from "../../../src/errors.ts";
import type { ConversationKey, Reply } from "../../../src/message.ts";
import type { ReplyWriter } from "../../../src/ports.ts";
import { type BotApi, startBotApi } from "../../fakes/bot-api.ts";
import { exampleTexts, platformFor } from "./telegram-world.ts";

const never = new AbortController().signal;
const chat = 42;
let api: BotApi;
let question: number;
let conversation: ConversationKey;

beforeEach(async () => {
    api = await startBotApi();
    conversation = `telegram:${api.botId}:${chat}`;
    question = api.sendText(chat, "What does it show?");
});
afterEach(() => api.close());

function startReply(timings: Partial<TelegramTimings> = {}): ReplyWriter {
    return platformFor(api, { timings }).startReply({ conversation, messageId: String(question) });
}

function reply(text: string, rest: Partial<Reply> = {}): Reply {
    return { text, language: "en", ...rest };
}

const seen = (): string[] => api.visibleMessages(chat).map(({ text }) => text);
const writes = () =>
    api.calls.filter(({ method }) => /^(?:sendMessage|editMessageText)$/.test(method));

test("a reply grows in one message, above which the question stands, and ends complete", async () => {
    const writer = startReply();
    writer.show("The picture");
    await api.waitFor(() => seen()[0] === "The picture …");
    writer.show("The picture shows the **le");
    await api.waitFor(() => seen()[0] === "The picture shows the le …");
    await writer.finish(reply("The picture shows the **left** lung."), never);
    const [message, ...more] = api.visibleMessages(chat);
    expect(more).toEqual([]);
    expect(message).toMatchObject({
        text: "The picture shows the left lung.",
        entities: [{ type: "bold", offset: 22, length: 4 }],
        replyTo: question,
        edits: 2,
    });
    for (const { payload } of writes()) {
        expect(payload["link_preview_options"]).toEqual({ is_disabled: true });
    }
});

test("requests for one reply never overlap, and only the latest text is shown", async () => {
    api.fail("sendMessage", { delayMs: 30 });
    api.fail("editMessageText", { delayMs: 30 }, 3);
    const writer = startReply();
    const words = Array.from({ length: 60 }, (_, index) => `word${index}`);
    for (let end = 1; end <= words.length; end += 1) {
        writer.show(words.slice(0, end).join(" "));
        await sleep(2);
    }
    await writer.finish(reply(words.join(" ")), never);
    expect(seen()).toEqual([words.join(" ")]);
    expect(writes().length).toBeLessThan(20);
    for (const { during } of writes()) {
        expect(during.filter((method) => method !== "sendChatAction")).toEqual([]);
    }
});

test("a text that is shown already does not stop the reply from growing", async () => {
    const writer = startReply();
    writer.show("");
    writer.show("one");
    await api.waitFor(() => seen()[0] === "one …");
    // Until the run that showed it has ended.
    await sleep(50);
    writer.show("one");
    writer.show("one two");
    await api.waitFor(() => seen()[0] === "one two …");
    expect(writes()).toHaveLength(2);
    await writer.abandon();
});

test("between two edits the pause is kept", async () => {
    const writer = startReply({ firstShowMs: 0, editMs: 60_000 });
    writer.show("one");
    await api.waitFor(() => seen().length === 1);
    for (const text of ["two", "three", "four"]) {
        writer.show(text);
        await sleep(5);
    }
    expect(writes()).toHaveLength(1);
    await writer.finish(reply("four!"), never);
    expect(writes()).toHaveLength(2);
});

test("a reply that is quick is sent once", async () => {
    const writer = startReply({ firstShowMs: 60_000 });
    writer.show("Ye");
    await writer.finish(reply("Yes."), never);
    expect(writes().map(({ method }) => method)).toEqual(["sendMessage"]);
});

test("the parts of a long reply follow its growing message, buttons beneath the last", async () => {
    const text = Array.from({ length: 30 }, (_, n) => `Paragraph ${n}. ${"word ".repeat(60)}`).join(
        "\n\n",
    );
    const writer = startReply();
    writer.show(text);
    await api.waitFor(() => seen().length === 1);
    const choices = [{ label: "English", command: { name: "language", argument: "en" } }] as const;
    await writer.finish(reply(text, { choices }), never);
    const messages = api.visibleMessages(chat);
    expect(messages.length).toBe(3);
    expect(messages.map(({ replyTo }) => replyTo)).toEqual([question, undefined, undefined]);
    expect(messages.map(({ buttons }) => buttons.length)).toEqual([0, 0, 1]);
    expect(messages[0]?.edits).toBe(1);
});

test("a formatting that Telegram does not accept is left out, the words are not", async () => {
    const description = "Bad Request: can't parse entities: Unexpected end tag at byte offset 7";
    api.fail("sendMessage", { code: 400, description });
    await startReply().finish(reply("The **left** lung"), never);
    expect(api.visibleMessages(chat)[0]).toMatchObject({ text: "The left lung", entities: [] });
});

test("a growing message that the patient deletes does not cost the answer", async () => {
    const writer = startReply();
    writer.show("The picture");
    const id = await api.waitFor(() => api.visibleMessages(chat)[0]?.id);
    api.deleteMessage(id);
    writer.show("The picture shows");
    await api.waitFor(() => api.callsOf("editMessageText").length > 0);
    writer.show("The picture shows the left");
    await sleep(40);
    expect(api.callsOf("editMessageText")).toHaveLength(1);
    await writer.finish(reply("The picture shows the left lung."), never);
    expect(seen()).toEqual(["The picture shows the left lung."]);
});

test("a question that the patient deletes does not cost the answer", async () => {
    const writer = platformFor(api).startReply({ conversation, messageId: "999999" });
    await writer.finish(reply("Yes."), never);
    expect(api.visibleMessages(chat)[0]?.replyTo).toBeUndefined();
});

test("a pause that Telegram asks for while a reply grows holds for its end", async () => {
    const writer = startReply({ longestRetryAfterMs: 1_000 });
    writer.show("one");
    await api.waitFor(() => seen().length === 1);
    api.fail("editMessageText", { code: 429, retryAfter: 3600 });
    writer.show("two");
    await api.waitFor(() => api.callsOf("editMessageText").length === 1);
    writer.show("three");
    const error: unknown = await writer
        .finish(reply("three!"), never)
        .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "platform-unavailable", retryable: true });
    expect((error as AppError).retryAfterMs).toBeGreaterThan(3_000_000);
    expect(api.callsOf("editMessageText")).toHaveLength(1);
});

test("after a short pause that Telegram asks for, the reply goes on", async () => {
    const writer = startReply();
    writer.show("one");
    await api.waitFor(() => seen().length === 1);
    api.fail("editMessageText", { code: 429, retryAfter: 0.02 });
    writer.show("two");
    await api.waitFor(() => seen()[0] === "one …" && api.callsOf("editMessageText").length === 1);
    writer.show("three");
    await api.waitFor(() => seen()[0] === "three …");
    await writer.finish(reply("three!"), never);
    expect(seen()).toEqual(["three!"]);
});

test("Telegram's limits on speed cost no reply its text, and none is sent twice", async () => {
    api.limitRates({ perChat: 2, overall: 30 });
    const text = "word ".repeat(2_500);
    const writer = startReply({ longestRetryAfterMs: 5_000 });
    writer.show("word");
    await api.waitFor(() => seen().length === 1);
    writer.show("word word");
    await api.waitFor(() => seen()[0] === "word word …");
    await writer.finish(reply(text), never);
    expect(seen().join(" ").split(/\s+/)).toHaveLength(2_500);
});

test("a pause that is too long is left to the caller", async () => {
    api.fail("sendMessage", { code: 429, retryAfter: 3600 });
    const writer = startReply();
    await expect(writer.finish(reply("Yes."), never)).rejects.toMatchObject({
        code: "platform-unavailable",
        retryable: true,
        retryAfterMs: 3_600_000,
    });
    await writer.abandon();
    expect(seen()).toEqual([]);
});

test.each([
    ["faults of the server", { code: 502 }],
    ["a broken connection", "reset"],
    ["an answer that is no answer", "garbage"],
    ["short pauses", { code: 429, retryAfter: 0.01 }],
] as const)("three times %s do not cost the answer", async (_name, fault) => {
    const writer = startReply();
    writer.show("Yes");
    await api.waitFor(() => seen().length === 1);
    api.fail("editMessageText", fault, 3);
    await writer.finish(reply("Yes, it is."), never);
    expect(seen()).toEqual(["Yes, it is."]);
});

test("an edit whose answer got lost is not taken for a failure", async () => {
    const writer = startReply();
    writer.show("Yes");
    await api.waitFor(() => seen().length === 1);
    api.fail("editMessageText", "lose-answer", 2);
    await writer.finish(reply("Yes, it is."), never);
    expect(seen()).toEqual(["Yes, it is."]);
});

test("a Telegram that does not answer is noticed", async () => {
    api.fail("sendMessage", "hang", Infinity);
    const writer = startReply({ requestMs: 60, tries: 2 });
    await expect(writer.finish(reply("Yes."), never)).rejects.toMatchObject({
        code: "platform-unavailable",
        retryable: true,
    });
    api.recover();
    await writer.finish(reply("Yes."), never);
    expect(seen()).toEqual(["Yes."]);
});

test("a reply outlasts a refused token: the administrator can correct it", async () => {
    api.fail("sendMessage", { code: 401, description: "Unauthorized" }, Infinity);
    await expect(startReply().finish(reply("Yes."), never)).rejects.toMatchObject({
        code: "platform-unavailable",
        retryable: true,
    });
});

test.each([
    ["Bad Request: chat not found", "patient-unreachable"],
    ["Forbidden: user is deactivated", "patient-unreachable"],
    ["Bad Request: secret words", "platform-rejected"],
])("%j becomes %s, without Telegram's words", async (description, code) => {
    api.fail("sendMessage", { code: 400, description }, 2);
    const error: unknown = await startReply()
        .finish(reply("secret words"), never)
        .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, retryable: false });
    const words = JSON.stringify([error, String(error), String((error as Error).cause)]);
    expect(words).not.toContain("secret words");
    expect(words).not.toContain(api.token);
});

test("a half-delivered reply that is cancelled is taken back", async () => {
    const text = "word ".repeat(2_500);
    const writer = startReply({ retry: { firstMs: 60_000, mostMs: 60_000 } });
    writer.show(text);
    await api.waitFor(() => seen().length === 1);
    api.fail("sendMessage", { code: 502 }, Infinity);
    const stopping = new AbortController();
    const finished = writer.finish(reply(text), stopping.signal);
    await api.waitFor(() => api.callsOf("sendMessage").length === 2);
    stopping.abort();
    await expect(finished).rejects.toMatchObject({ code: "aborted" });
    expect(seen()).toEqual([]);
});

test("a stop while a part is being sent takes it back as well", async () => {
    const text = "word ".repeat(2_500);
    api.fail("sendMessage", { delayMs: 0 });
    api.fail("sendMessage", { delayMs: 40 });
    const writer = startReply();
    const stopping = new AbortController();
    const finished = writer.finish(reply(text), stopping.signal);
    await api.waitFor(() => api.callsOf("sendMessage").length === 2);
    stopping.abort();
    await expect(finished).rejects.toMatchObject({ code: "aborted" });
    await sleep(80);
    expect(seen()).toEqual([]);
    expect(writes()).toHaveLength(2);
    expect(api.callsOf("deleteMessage")).toHaveLength(2);
});

test("a stop while the last part is being sent lets the reply end well", async () => {
    api.fail("sendMessage", { delayMs: 40 });
    const stopping = new AbortController();
    const finished = startReply().finish(reply("Yes."), stopping.signal);
    await api.waitFor(() => writes().length === 1);
    stopping.abort();
    await finished;
    expect(seen()).toEqual(["Yes."]);
});

test("nothing is sent after the stop", async () => {
    const finished = startReply().finish(reply("Yes."), AbortSignal.abort());
    await expect(finished).rejects.toMatchObject({ code: "aborted" });
    expect(writes()).toEqual([]);
});

test("what was given up half-delivered is taken back, once", async () => {
    const text = "word ".repeat(2_500);
    const writer = startReply();
    writer.show(text);
    await api.waitFor(() => seen().length === 1);
    api.fail("sendMessage", { delayMs: 0 });
    api.fail("sendMessage", { code: 502 }, Infinity);
    await expect(writer.finish(reply(text), never)).rejects.toMatchObject({
        code: "platform-unavailable",
    });
    expect(seen()).toHaveLength(2);
    await writer.abandon();
    await writer.abandon();
    expect(seen()).toEqual([]);
    expect(api.callsOf("deleteMessage")).toHaveLength(2);
});

test("abandoning takes back what was shown, also while it is being sent, and never fails", async () => {
    api.fail("sendMessage", { delayMs: 40 });
    api.fail("deleteMessage", { code: 500 }, 2);
    const writer = startReply();
    writer.show("I think");
    await api.waitFor(() => writes().length === 1);
    await writer.abandon();
    expect(seen()).toEqual([]);

    api.fail("deleteMessage", { code: 400, description: "Bad Request: message can't be deleted" });
    const another = startReply();
    another.show("I think");
    await api.waitFor(() => seen().length === 1);
    await another.abandon();
});

test("an empty reply is refused, not sent", async () => {
    await expect(startReply().finish(reply(" \u200F\n"), never)).rejects.toMatchObject({
        code: "platform-rejected",
    });
    expect(writes()).toEqual([]);
});

test("typing is not asked for again when the patient has blocked the bot", async () => {
    api.block(chat);
    const writer = startReply();
    await api.waitFor(() => api.callsOf("sendChatAction").length > 0);
    await sleep(100);
    expect(api.callsOf("sendChatAction")).toHaveLength(1);
    await writer.abandon();
});

test("the menu of a chat follows the patient's choice until it is automatic again, and a reply never waits for it in vain", async () => {
    const scope = { type: "chat", chat_id: chat };
    await startReply().finish(reply("سأجيب بالعربية.", { language: "ar", menu: "ar" }), never);
    const [menu] = api.callsOf("setMyCommands");
    expect(menu).toMatchObject({ scope });
    expect(JSON.stringify(menu)).toContain(exampleTexts.commands.language.ar);
    await startReply().finish(reply("As you write.", { menu: "automatic" }), never);
    expect(api.callsOf("deleteMyCommands")).toEqual([{ scope }]);
    api.fail("setMyCommands", { code: 400 });
    await startReply().finish(reply("In English.", { menu: "en" }), never);
    expect(seen()).toEqual(["سأجيب بالعربية.", "As you write.", "In English."]);
});
