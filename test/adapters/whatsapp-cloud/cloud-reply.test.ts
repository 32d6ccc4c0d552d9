import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WhatsAppAPI } from "whatsapp-api-js";
import {
    ActionButtons,
    ActionList,
    Body,
    Button,
    Interactive,
    ListSection,
    Row,
} from "whatsapp-api-js/messages";
import { describeError } from "../../../src/log.ts";
import type { Choice, ConversationKey, Reply } from "../../../src/message.ts";
import type { Platform } from "../../../src/ports.ts";
import { never } from "../../contracts/platform-bench.ts";
import type { GraphFault } from "../../fakes/graph-api-server.ts";
import { type GraphApi, phoneOf, startGraphApi, userIdOf } from "../../fakes/graph-api.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { freePort } from "../../setup/redis.ts";
import { cloudFor, createMemoryReceipts, webhookAddress } from "./cloud-world.ts";

const yes: Reply = { text: "Yes.", language: "en" };
const languages: readonly Choice[] = [
    { label: "العربية", command: { name: "language", argument: "ar" } },
    { label: "English", command: { name: "language", argument: "en" } },
];

describe("a reply on WhatsApp's Cloud API", () => {
    let api: GraphApi;
    let platform: Platform;
    let receipts: ReturnType<typeof createMemoryReceipts>;
    let logger: ReturnType<typeof createRecordingLogger>;
    let stopping: AbortController;
    let running: Promise<void>;

    beforeEach(async () => {
        api = await startGraphApi();
        const port = await freePort();
        const address = webhookAddress(port);
        api.addresses = { messages: address, statuses: address };
        receipts = createMemoryReceipts();
        logger = createRecordingLogger();
        platform = cloudFor(api, port, { receipts, logger })[0] as Platform;
        stopping = new AbortController();
        running = platform.run(() => Promise.resolve(), stopping.signal);
    });
    afterEach(async () => {
        stopping.abort();
        await running;
        await api.close();
    });

    /** Lets a patient write; gives where to answer. */
    async function ask(
        chat = 1,
        hidden = false,
    ): Promise<{ conversation: ConversationKey; messageId: string }> {
        const messageId = api.sendText(chat, "hello", { hidden });
        await api.until(() => api.webhooks.pending === 0);
        const name = hidden ? userIdOf(chat) : phoneOf(chat);
        return { conversation: `whatsapp-cloud:${api.phoneNumberIds[0] ?? ""}:${name}`, messageId };
    }

    async function answer(reply: Reply): Promise<void> {
        await platform.startReply(await ask()).finish(reply, never);
    }

    /** What `finish` fails with. */
    async function failure(fault: GraphFault, times = 1): Promise<unknown> {
        const writer = platform.startReply(await ask());
        api.fail("send", fault, times);
        const error: unknown = await writer.finish(yes, never).catch((caught: unknown) => caught);
        await writer.abandon();
        return error;
    }

    it("quotes the patient's message with its first part, and carries a token with each", async () => {
        const to = await ask();
        const text = "The picture shows the left lung. ".repeat(300).trim();
        await platform.startReply(to).finish({ text, language: "en" }, never);
        const sent = api.callsOf("send");
        expect(sent.map(({ context }) => context)).toEqual([
            { message_id: to.messageId },
            undefined,
            undefined,
        ]);
        expect(sent.every(({ to: phone }) => phone === phoneOf(1))).toBe(true);
        const tokens = sent.map(({ biz_opaque_callback_data: token }) => String(token));
        expect(new Set(tokens).size).toBe(3);
        for (const token of tokens) expect(token).toMatch(/^bmx-[\w-]{32}$/);
        await api.until(() => receipts.tokens.size === 3);
        expect([...receipts.tokens].sort()).toEqual([...tokens].sort());
    });

    it("sends the next part when it is known that the one before is out", async () => {
        const port = await freePort();
        const sentAtReceipt: number[] = [];
        const memory = createMemoryReceipts();
        const watched = {
            ...memory,
            keep: async (token: string) => {
                sentAtReceipt.push(api.callsOf("send").length);
                await memory.keep(token);
            },
        };
        const timings = { orderMs: 10_000 };
        const [other] = cloudFor(api, port, { receipts: watched, timings });
        const to = await ask();
        const runs = other?.run(() => Promise.resolve(), stopping.signal);
        const address = webhookAddress(port);
        api.addresses = { messages: address, statuses: address };
        const text = "The picture shows the left lung. ".repeat(300).trim();
        await other?.startReply(to).finish({ text, language: "en" }, never);
        await api.until(() => sentAtReceipt.length === 3);
        expect(sentAtReceipt).toEqual([1, 2, 3]);
        stopping.abort();
        await runs;
    });

    it("reaches patients who hide their phone number", async () => {
        const to = await ask(2, true);
        await platform.startReply(to).finish(yes, never);
        expect(api.messagesIn(2).map(({ body }) => body)).toEqual(["Yes."]);
        expect(api.callsOf("send")[0]).toMatchObject({ recipient: userIdOf(2) });
        expect(api.callsOf("send")[0]).not.toHaveProperty("to");
    });

    it("offers choices in the form of an independent library: buttons, or a list", async () => {
        const library = new WhatsAppAPI({ token: "EAA", appSecret: "x", v: "v24.0" });
        expect(library).toBeDefined();
        await answer({ text: "Which?", language: "en", choices: languages });
        const buttons = new ActionButtons(
            new Button("language:ar", "العربية"),
            new Button("language:en", "English"),
        );
        const asSent = (message: Interactive): unknown => JSON.parse(JSON.stringify(message));
        expect(api.messagesIn(1).at(-1)?.sent).toMatchObject({
            type: "interactive",
            interactive: asSent(new Interactive(buttons, new Body("Which?"))),
        });
        const four = [1, 2, 3, 4].map((n): Choice => {
            return { label: `Choice ${n}`, command: { name: "language", argument: String(n) } };
        });
        await answer({ text: "أيها؟", language: "ar", choices: four });
        const [first, ...others] = four.map(
            ({ label, command }) => new Row(`language:${command.argument}`, label),
        );
        if (!first) throw new Error("There is no row.");
        const list = new ActionList("اختر", new ListSection("اختر", first, ...others));
        expect(api.messagesIn(1).at(-1)?.sent).toMatchObject({
            type: "interactive",
            interactive: asSent(new Interactive(list, new Body("أيها؟"))),
        });
    });

    it("keeps to the limits of buttons, lists and texts", async () => {
        const long = "A sentence that belongs to the question. ".repeat(40).trim();
        await answer({ text: long, language: "en", choices: languages });
        expect(api.messagesIn(1).at(-1)?.sent).toMatchObject({ interactive: { type: "list" } });
        const label = "An answer with a label that is far too long";
        const command = { name: "language", argument: "ar" } as const;
        await answer({ text: "?", language: "en", choices: [{ label, command }] });
        expect(api.messagesIn(1).at(-1)?.options).toEqual([
            { id: "language:ar", title: "An answer with a la…" },
        ]);
        const eleven = Array.from({ length: 11 }, (_, n): Choice => {
            return { label: `Choice ${n}`, command: { name: "language", argument: String(n) } };
        });
        await answer({ text: "?", language: "en", choices: eleven });
        expect(api.messagesIn(1).at(-1)).toMatchObject({ options: [] });
        expect(api.messagesIn(1).at(-1)?.body).toContain("Choice 10: /language 10");
    });

    it.each([
        [{ status: 400, code: 131047 }, "patient-unreachable", /24 hours/],
        [{ status: 400, code: 131026 }, "patient-unreachable", /cannot be reached/],
        [{ status: 400, code: 131030 }, "patient-unreachable", /test number/],
        [{ status: 400, code: 131021 }, "patient-unreachable", /own number/],
        [{ status: 400, code: 131050 }, "patient-unreachable", /cannot be reached/],
        [{ status: 400, code: 131009 }, "platform-rejected", /131009/],
        [{ status: 400, code: 100 }, "platform-rejected", /100/],
    ])("fails at once where a repetition would change nothing: %j", async (fault, code, words) => {
        const error = await failure(fault);
        expect(error).toMatchObject({ code, message: expect.stringMatching(words) as string });
        expect(api.callsOf("send")).toHaveLength(1);
        expect(api.messagesIn(1)).toEqual([]);
    });

    it.each([
        { status: 429, code: 130429 },
        { status: 429 },
        { status: 400, code: 131056 },
        { status: 400, code: 131048 },
        { status: 400, code: 80007 },
        { status: 400, code: 4 },
        { status: 400, code: 613 },
    ])("asks to come back later when it is too fast: %j", async (fault) => {
        const writer = platform.startReply(await ask());
        api.fail("send", { ...fault, retryAfter: 90 });
        await expect(writer.finish(yes, never)).rejects.toMatchObject({
            code: "platform-unavailable",
            retryable: true,
            retryAfterMs: 90_000,
        });
        await writer.finish(yes, never);
        expect(api.messagesIn(1)).toHaveLength(1);
    });

    it("lets the process that goes on know what was refused, and what may be out", async () => {
        const states: unknown[] = [];
        const save = (state: unknown): Promise<void> => {
            states.push(structuredClone(state));
            return Promise.resolve();
        };
        const to = await ask();
        api.fail("send", { status: 400, code: 131009 });
        await expect(platform.startReply(to, { save }).finish(yes, never)).rejects.toThrow();
        expect(states.at(-1)).toMatchObject({ delivered: 0, doubtful: false });
        api.sendsStatuses = false;
        api.fail("send", "reset", 4);
        await expect(platform.startReply(to, { save }).finish(yes, never)).rejects.toThrow();
        expect(states.at(-1)).toMatchObject({ delivered: 0, doubtful: true });
        expect(JSON.stringify(states)).not.toContain("Yes.");
    });

    it("waits a little by itself where a little is asked for", async () => {
        api.fail("send", { status: 429, code: 130429, retryAfter: 0.05 }, 2);
        await answer(yes);
        expect(api.messagesIn(1)).toHaveLength(1);
    });

    it.each<GraphFault>(["lose-answer", "fault-after", "garbage"])(
        "is not sent again when it is out though WhatsApp did not say so: %s",
        async (fault) => {
            const writer = platform.startReply(await ask());
            api.fail("send", fault);
            await writer.finish(yes, never);
            expect(api.messagesIn(1)).toHaveLength(1);
            expect(api.callsOf("send")).toHaveLength(1);
        },
    );

    it.each<GraphFault>(["reset", { status: 500, code: 131000 }, { status: 503 }, { proxy: 403 }])(
        "is sent again when it is not out: %j",
        async (fault) => {
            const writer = platform.startReply(await ask());
            api.fail("send", fault);
            await writer.finish(yes, never);
            expect(api.messagesIn(1)).toHaveLength(1);
            expect(api.callsOf("send")).toHaveLength(2);
        },
    );

    it("waits with what is to be sent until the administrator has put the token right", async () => {
        const writer = platform.startReply(await ask());
        api.fail("send", { status: 401, code: 190 }, 4);
        await expect(writer.finish(yes, never)).rejects.toMatchObject({
            code: "platform-unavailable",
            retryable: true,
            message: expect.stringContaining("access token") as string,
        });
        await expect(writer.finish(yes, never)).rejects.toMatchObject({ retryable: true });
        api.recover();
        await writer.finish(yes, never);
        expect(api.messagesIn(1)).toHaveLength(1);
        const told = logger.entries.filter(({ level }) => level === "error");
        expect(told).toHaveLength(1);
        expect(told[0]?.fields["remedy"]).toMatch(/WHATSAPP_ACCESS_TOKEN/);
        expect(logger.entries.some(({ sentence }) => /works again/.test(sentence))).toBe(true);
    });

    it.each([
        [{ status: 403, code: 10 }, /permission/],
        [{ status: 403, code: 200 }, /permission/],
        [{ status: 400, code: 133010 }, /not registered/],
        [{ status: 403, code: 368 }, /restricted/],
        [{ status: 400, code: 131042 }, /payment/],
        [{ status: 400, code: 100, subcode: 33 }, /106540352242922.*may not use/],
    ])("tells what only the administrator can put right: %j", async (fault, words) => {
        const error = await failure(fault);
        expect(error).toMatchObject({ code: "platform-unavailable", retryable: true });
        expect(error).toMatchObject({ message: expect.stringMatching(words) as string });
        expect(logger.entries.filter(({ level }) => level === "error")).toHaveLength(1);
    });

    it("holds nothing secret and nothing of the patient in errors and in the log", async () => {
        const faults: GraphFault[] = [
            { status: 401, code: 190 },
            { status: 400, code: 131047 },
            { status: 400, code: 100 },
            { status: 500, code: 2 },
            "garbage",
        ];
        const errors: unknown[] = [];
        api.sendsStatuses = false;
        for (const fault of faults) errors.push(await failure(fault, 4));
        api.recover();
        const told = JSON.stringify([
            logger.entries,
            errors.map(describeError),
            errors.map(String),
        ]);
        for (const secret of [api.accessToken, api.appSecret, phoneOf(1), "Yes.", "hello"]) {
            expect(told).not.toContain(secret);
        }
    });

    it("shows no typing where it is not known what is being answered", async () => {
        const { conversation } = await ask();
        await platform.startReply({ conversation }).finish(yes, never);
        expect(api.callsOf("typing")).toEqual([]);
        expect(api.messagesIn(1)[0]?.answers).toBeUndefined();
    });
});
