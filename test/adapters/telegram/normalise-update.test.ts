import type { Update } from "telegraf/types";
import { expect, test } from "vitest";
import { normaliseUpdate } from "../../../adapters/telegram/normalise-update.ts";
import type { InboundMessage } from "../../../src/message.ts";

const bot = { id: "77", username: "Night_Clinic_bot" };
const from = { id: 5, is_bot: false, first_name: "Patient", language_code: "ar-EG" };

function read(content: object, kind = "message"): InboundMessage {
    const chat = { id: 5, type: "private" };
    const message = { message_id: 9, date: 1_700_000_000, chat, from, ...content };
    const update = { update_id: 1, [kind]: message } as unknown as Update;
    const normalised = normaliseUpdate(update, bot);
    if (normalised.kind === "ignored") throw new Error("The update was ignored.");
    return normalised.message;
}

test("a message names its conversation, its time and the language of the app", () => {
    expect(read({ text: "مرحبا" })).toEqual({
        id: "9",
        conversation: "telegram:77:5",
        receivedAtMs: 1_700_000_000_000,
        text: "مرحبا",
        attachments: [],
        appLanguage: "ar-EG",
    });
});

test.each<[text: string, command: InboundMessage["command"], rest: string]>([
    ["/start", { name: "start", argument: "" }, ""],
    ["/start deep-link", { name: "start", argument: "deep-link" }, "deep-link"],
    ["/stop", { name: "stop", argument: "" }, ""],
    ["/HELP", { name: "help", argument: "" }, ""],
    ["/reset@night_clinic_BOT", { name: "reset", argument: "" }, ""],
    ["/language   عربي ", { name: "language", argument: "عربي" }, "عربي"],
    ["/reset@other_bot", undefined, "/reset@other_bot"],
    ["/resettle", undefined, "/resettle"],
    ["what does /start do?", undefined, "what does /start do?"],
])("%j as a command", (text, command, rest) => {
    const message = read({ text });
    expect(message.command).toEqual(command);
    // The words of the patient alone decide the language of the answer.
    expect(message.text).toBe(rest);
});

const file = { file_id: "f", file_unique_id: "u", file_size: 10 };

test.each<[name: string, content: object, attachment: object]>([
    [
        "the largest photo",
        {
            photo: [
                { ...file, file_id: "small", width: 90, height: 60 },
                { ...file, file_id: "large", width: 1280, height: 853, file_size: 99 },
                { ...file, file_id: "medium", width: 320, height: 213 },
            ],
        },
        { kind: "image", id: "large", byteSize: 99 },
    ],
    [
        "an image as a file",
        { document: { ...file, mime_type: "image/png" } },
        { kind: "image", id: "f", mimeType: "image/png", byteSize: 10 },
    ],
    [
        "an image file without a type",
        { document: { ...file, file_name: "SCAN.JPEG", mime_type: "application/octet-stream" } },
        { kind: "image", id: "f", mimeType: "application/octet-stream", byteSize: 10 },
    ],
    [
        "a drawing, whose notice asks for a photo",
        { document: { ...file, mime_type: "image/svg+xml" } },
        { kind: "image", id: "f", mimeType: "image/svg+xml", byteSize: 10 },
    ],
    [
        "a DICOM scan",
        { document: { ...file, mime_type: "application/dicom" } },
        { kind: "image", id: "f", mimeType: "application/dicom", byteSize: 10 },
    ],
    [
        "a DICOM scan without a type",
        { document: { ...file, file_name: "IM0001.dcm" } },
        { kind: "image", id: "f", byteSize: 10 },
    ],
    [
        "a document",
        { document: { ...file, file_name: "report.pdf", mime_type: "application/pdf" } },
        { kind: "other", id: "f", mimeType: "application/pdf", byteSize: 10 },
    ],
    [
        "an animation, which is also a document",
        { animation: file, document: { ...file, file_name: "a.gif", mime_type: "video/mp4" } },
        { kind: "other", id: "f", byteSize: 10 },
    ],
    [
        "a voice message",
        { voice: { ...file, duration: 1 } },
        { kind: "other", id: "f", byteSize: 10 },
    ],
    ["a sticker", { sticker: file }, { kind: "other", id: "f", byteSize: 10 }],
    ["a video", { video: file }, { kind: "other", id: "f", byteSize: 10 }],
    ["a place", { location: { latitude: 1, longitude: 2 } }, { kind: "other", id: "location" }],
    ["a contact", { contact: { phone_number: "1" } }, { kind: "other", id: "contact" }],
    ["a poll", { poll: { id: "1" } }, { kind: "other", id: "poll" }],
])("%s", (_name, content, attachment) => {
    expect(read({ ...content, caption: "What is it?" })).toMatchObject({
        text: "What is it?",
        attachments: [attachment],
    });
});

test("a caption is never a command", () => {
    const photo = [{ ...file, width: 1, height: 1 }];
    expect(read({ photo, caption: "/reset" }).command).toBeUndefined();
});

test("an edited message keeps its id and its time, and says that it is an edit", () => {
    const edit = { edit_date: 1_700_000_060 };
    expect(read({ text: "my left arm", ...edit }, "edited_message")).toEqual({
        ...read({ text: "my left arm" }),
        edit: true,
    });
    const photo = [{ ...file, width: 1, height: 1 }];
    expect(read({ photo, caption: "the left one", ...edit }, "edited_message")).toMatchObject({
        text: "the left one",
        attachments: [{ kind: "image", id: "f" }],
        edit: true,
    });
    expect(read({ text: "/stop", ...edit }, "edited_message")).toMatchObject({
        command: { name: "stop", argument: "" },
        edit: true,
    });
    expect(read({ text: "x" })).not.toHaveProperty("edit");
});

test("the parts of an album name it", () => {
    const photo = [{ ...file, width: 1, height: 1 }];
    expect(read({ photo, media_group_id: "1234" }).albumId).toBe("1234");
    expect(read({ photo })).not.toHaveProperty("albumId");
});

const original = { message_id: 3, date: 1, chat: { id: 5, type: "private" } };

test.each<[name: string, content: object, quoted: InboundMessage["quoted"]]>([
    [
        "an answer",
        { reply_to_message: { ...original, from: { id: 77 }, text: "The left lung." } },
        { text: "The left lung.", fromAssistant: true },
    ],
    [
        "the patient's own photo",
        { reply_to_message: { ...original, from, caption: "my scan" } },
        { text: "my scan", fromAssistant: false },
    ],
    [
        "a marked part of an answer",
        {
            reply_to_message: { ...original, from: { id: 77 }, text: "The left lung." },
            quote: { text: "left", position: 4 },
        },
        { text: "left", fromAssistant: true },
    ],
    [
        "a message of another chat",
        { external_reply: {}, quote: { text: "take two", position: 0 } },
        { text: "take two", fromAssistant: false },
    ],
    ["something without words", { reply_to_message: { ...original, from } }, undefined],
])("a reply to %s", (_name, content, quoted) => {
    expect(read({ text: "why?", ...content }).quoted).toEqual(quoted);
});

test.each<[name: string, update: object]>([
    [
        "an edit in a group",
        { edited_message: { ...original, chat: { id: -1, type: "group" }, from, text: "x" } },
    ],
    [
        "a shared place that moves on",
        { edited_message: { ...original, from, location: { latitude: 1, longitude: 2 } } },
    ],
    ["a channel", { channel_post: { ...original, text: "x" } }],
    ["a service message", { message: { ...original, from, pinned_message: original } }],
    ["a group", { message: { ...original, chat: { id: -1, type: "group" }, from, text: "x" } }],
    ["an unknown button", { callback_query: { id: "1", from, data: "pay:1", message: original } }],
    ["a button of a lost message", { callback_query: { id: "1", from, data: "language:ar" } }],
])("%s is ignored", (_name, update) => {
    const given = { update_id: 1, ...update } as unknown as Update;
    expect(normaliseUpdate(given, bot).kind).toBe("ignored");
});
