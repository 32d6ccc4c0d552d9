import type { Update } from "telegraf/types";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkStaffGroup } from "../../../adapters/telegram/check-staff-group.ts";
import { normaliseUpdate } from "../../../adapters/telegram/normalise-update.ts";
import type { InboundMessage } from "../../../src/message.ts";
import type { Journal } from "../../../src/ports.ts";
import { type BotApi, startBotApi } from "../../fakes/bot-api.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { platformFor } from "./telegram-world.ts";

const never = new AbortController().signal;
const group = -1_001_234;

describe("a message in the group of the clinic's people", () => {
    const bot = { id: "77", username: "night_clinic_bot", staffChat: group };
    const from = { id: 5, is_bot: false, first_name: "Nurse" };
    const note = { message_id: 3, from: { id: 77, is_bot: true }, text: "#K7Q3X · They write: no" };
    const read = (content: object, chat: object = { id: group, type: "supergroup" }): unknown => {
        const message = { message_id: 9, date: 1_700_000_000, chat, from, ...content };
        return normaliseUpdate({ update_id: 1, message } as unknown as Update, bot);
    };
    const staffMessage = {
        id: "9",
        conversation: `telegram:77:${group}`,
        receivedAtMs: 1_700_000_000_000,
        text: "",
        attachments: [],
        fromStaff: true,
    };
    const quoted = { text: note.text, fromAssistant: true };

    test.each<[what: string, content: object, message: object]>([
        [
            "a reply to a note",
            { text: "Come at four.", reply_to_message: note },
            { text: "Come at four.", quoted },
        ],
        [
            "a reply to a part of a note: the whole note counts",
            { text: "yes", reply_to_message: note, quote: { text: "no", position: 21 } },
            { text: "yes", quoted },
        ],
        [
            "a command as a reply",
            { text: "/done", reply_to_message: note },
            { text: "/done", quoted },
        ],
        ["a command", { text: "/open" }, { text: "/open" }],
        [
            "a command for this bot",
            { text: "/reply@Night_Clinic_Bot #K7Q3X a" },
            { text: "/reply@Night_Clinic_Bot #K7Q3X a" },
        ],
        [
            "a photo as a reply",
            { photo: [{ file_id: "f", width: 1, height: 1 }], reply_to_message: note },
            { attachments: [{ kind: "image", id: "f" }], quoted },
        ],
    ])("is for the bot: %s", (_what, content, message) => {
        expect(read(content)).toEqual({
            kind: "message",
            message: { ...staffMessage, ...message },
        });
    });

    test.each<[what: string, content: object]>([
        ["what they say to each other", { text: "Lunch?" }],
        [
            "a reply to somebody else",
            { text: "Yes", reply_to_message: { ...note, from: { id: 6 } } },
        ],
        ["a command of a patient", { text: "/help" }],
        ["a command for another bot", { text: "/done@other_bot" }],
        ["a reply to a note that is none", { pinned_message: note }],
    ])("is not: %s", (_what, content) => {
        expect(read(content)).toEqual({ kind: "ignored", reason: "staff-talk" });
    });

    test("counts in that group alone", () => {
        const other = { id: group - 1, type: "supergroup" };
        expect(read({ text: "/open" }, other)).toEqual({ kind: "ignored", reason: "group" });
        const channel = { id: group, type: "channel" };
        expect(read({ text: "/open" }, channel)).toEqual({ kind: "ignored", reason: "group" });
    });
});

describe("with Telegram", () => {
    let api: BotApi;
    beforeEach(async () => {
        api = await startBotApi();
    });
    afterEach(() => api.close());

    test("answers to the bot are handed over, and the group's number is told to the administrator", async () => {
        const logger = createRecordingLogger();
        const platform = platformFor(api, { staffChat: group, logger });
        const stop = new AbortController();
        const received: InboundMessage[] = [];
        const receive = (message: InboundMessage): Promise<void> => {
            received.push(message);
            return Promise.resolve();
        };
        const running = platform.run(receive, stop.signal);
        api.addToGroup(group);
        api.addToGroup(-77);
        api.sendInGroup(group, "Lunch?");
        const asked = api.sendInGroup(group, "/open");
        await api.waitFor(() => received.length > 0 || undefined);
        await api.waitFor(() => api.pendingUpdates === 0 || undefined);
        stop.abort();
        await running;
        expect(received.map(({ id, fromStaff }) => [id, fromStaff])).toEqual([
            [String(asked), true],
        ]);
        const told = JSON.stringify(logger.entries);
        expect(told).toContain('staff.telegramGroup in clinic.yaml to \\"-77\\"');
        expect(told).not.toContain("Lunch");
    });

    test("the numbers of a group's messages do not disturb the search for strays in private chats", async () => {
        const platform = platformFor(api, { staffChat: group });
        const reply = { text: "#K7Q3X · They write.", language: "en" } as const;
        const kept: unknown[] = [];
        const journal: Journal = {
            save: (state) => {
                kept.push(state);
                return Promise.resolve();
            },
        };
        const toGroup = platform.startReply(
            { conversation: `telegram:${api.botId}:${group}` },
            journal,
        );
        await toGroup.finish(reply, never);
        const question = api.sendText(42, "Hello?");
        const address = {
            conversation: `telegram:${api.botId}:42` as const,
            messageId: String(question),
        };
        const states: { readonly doubts: readonly { readonly floor: number }[] }[] = [];
        const toPatient = platform.startReply(address, {
            save: (state) => {
                states.push(state as never);
                return Promise.resolve();
            },
        });
        await toPatient.finish({ text: "Hello.", language: "en" }, never);
        expect(states.flatMap(({ doubts }) => doubts).map(({ floor }) => floor)).toEqual([
            question,
        ]);
        expect(kept).toMatchObject([{ doubts: [] }, { delivered: 1, doubts: [] }]);
        expect(api.callsOf("editMessageReplyMarkup")).toEqual([]);
    });

    test("doctor sees whether the bot may write there", async () => {
        const check = { token: api.token, apiRoot: api.apiRoot, group, signal: never };
        await expect(checkStaffGroup(check)).rejects.toMatchObject({ code: "config-invalid" });
        api.addToGroup(group, { mayWrite: false });
        await expect(checkStaffGroup(check)).rejects.toMatchObject({ code: "config-invalid" });
        api.addToGroup(group);
        expect(await checkStaffGroup(check)).toEqual({ title: "Staff" });
    });
});
