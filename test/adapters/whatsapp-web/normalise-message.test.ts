import { describe, expect, it, test } from "vitest";
import {
    isEdit,
    normaliseMessage,
    placeOf,
    type Reader,
} from "../../../adapters/whatsapp-web/normalise-message.ts";
import type { InboundMessage } from "../../../src/message.ts";

const own = { phone: "966500000000@c.us", lid: "99999@lid" };
const reader: Reader = { own: new Set(Object.values(own)), groups: "mentions" };
const patient = "966511111111@c.us";
const group = "1203630@g.us";

/** A message as the library gives it. */
function raw(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const { from = patient } = fields;
    const id = {
        fromMe: false,
        remote: from,
        id: "3A01",
        _serialized: `false_${String(from)}_3A01`,
    };
    const chat = { _serialized: from };
    return { id, type: "chat", t: 1_700_000_000, body: "Hello", ...fields, from: chat };
}

function read(fields?: Readonly<Record<string, unknown>>): InboundMessage {
    const normalised = normaliseMessage(raw(fields), reader);
    if (normalised.kind === "ignored") throw new Error(`It was ignored: ${normalised.reason}`);
    return normalised.message;
}

function reasonFor(fields: Readonly<Record<string, unknown>>, rule = reader): string {
    const normalised = normaliseMessage(raw(fields), rule);
    return normalised.kind === "ignored" ? normalised.reason : "taken";
}

test("a text", () => {
    expect(read()).toEqual({
        id: "false_966511111111@c.us_3A01",
        conversation: "whatsapp-web:main:966511111111@c.us",
        receivedAtMs: 1_700_000_000_000,
        text: "Hello",
        attachments: [],
    });
});

test("a member of a group who is not named has no conversation", () => {
    const mention = { from: group, mentionedJidList: [own.lid] };
    expect(reasonFor({ ...mention, author: patient })).toBe("taken");
    expect(reasonFor(mention)).toBe("system");
});

describe("files", () => {
    const file = { directPath: "/v/1", mimetype: "image/jpeg", size: 7, body: "/9j/4AAQ" };

    it("a picture's words are its caption; its body is a preview", () => {
        expect(read({ ...file, type: "image", caption: "أشعة" })).toMatchObject({
            text: "أشعة",
            attachments: [
                {
                    kind: "image",
                    id: "false_966511111111@c.us_3A01",
                    mimeType: "image/jpeg",
                    byteSize: 7,
                },
            ],
        });
        expect(read({ ...file, type: "image" }).text).toBe("");
    });

    it.each([
        ["a picture sent as a document", { mimetype: "image/png", filename: "scan.png" }, "image"],
        [
            "one that only its name tells",
            { mimetype: "application/octet-stream", filename: "a.JPG" },
            "image",
        ],
        ["a report", { mimetype: "application/pdf", filename: "report.pdf" }, "other"],
    ])("%s", (_name, fields, kind) => {
        const message = read({ ...file, type: "document", ...fields, caption: fields.filename });
        expect(message.attachments.map((attachment) => attachment.kind)).toEqual([kind]);
        expect(message.text).toBe("");
        expect(read({ ...file, type: "document", ...fields, caption: "See this" }).text).toBe(
            "See this",
        );
    });

    it.each(["ptt", "audio", "video", "sticker", "location", "vcard", "poll_creation"])(
        "%s cannot be read, but is answered",
        (type) => {
            const message = read({ ...file, type });
            expect(message.attachments.map(({ kind }) => kind)).toEqual(["other"]);
            expect(message.text).toBe("");
        },
    );

    it("a picture is taken once, whatever further forms it is sent in", () => {
        const again = { parentMsgKey: { id: "3A01" }, associationType: "HD_IMAGE_DUAL_UPLOAD" };
        expect(reasonFor({ ...file, type: "image", ...again })).toBe("system");
    });

    it("a picture that may be viewed once stays on the phone", () => {
        const message = read({ type: "image", isViewOnce: true, caption: "Look" });
        expect(message.attachments.map(({ kind }) => kind)).toEqual(["other"]);
        expect(message.text).toBe("Look");
    });

    it("pictures of an album belong together", () => {
        const parent = { parentMsgKey: { id: "3AALBUM" }, associationType: "MEDIA_ALBUM" };
        expect(read({ ...file, type: "image", ...parent }).albumId).toBe("3AALBUM");
        const comment = { ...parent, associationType: "COMMENT" };
        expect(read({ ...file, type: "image", ...comment }).albumId).toBeUndefined();
    });
});

describe("who writes", () => {
    it("a person is one conversation, whichever device they write with", () => {
        expect(read({ from: "966511111111:12@c.us" }).conversation).toBe(read().conversation);
        expect(read({ from: "123456@lid" }).conversation).toBe("whatsapp-web:main:123456@lid");
    });

    it.each([
        ["own messages", { id: { fromMe: true, _serialized: "true_966@c.us_1" } }, "own"],
        ["statuses", { from: "status@broadcast" }, "system"],
        ["statuses by their mark", { isStatusV3: true }, "system"],
        ["newsletters", { from: "1203@newsletter" }, "system"],
        ["WhatsApp's own messages", { from: "0@c.us" }, "system"],
        ["what is not decrypted yet", { type: "ciphertext" }, "system"],
        ["deleted messages", { type: "revoked" }, "system"],
        ["news of a group", { type: "gp2", from: group }, "system"],
        ["changed keys", { type: "e2e_notification" }, "system"],
        ["albums, before their pictures", { type: "album" }, "system"],
        ["what is not known", { type: "something_new" }, "system"],
        ["what is empty", { body: "" }, "no-content"],
        ["another form", { t: "yesterday" }, "system"],
    ])("%s are ignored", (_name, fields, reason) => {
        expect(reasonFor(fields)).toBe(reason);
    });
});

describe("groups", () => {
    const inGroup = { from: group, author: { _serialized: "966522222222:3@c.us" } };

    it("a mention is a question, without the address", () => {
        const mentionedJidList = [{ _serialized: own.lid }, { _serialized: "55@lid" }];
        const message = read({ ...inGroup, body: "@99999 what is this, @55?", mentionedJidList });
        expect(message.text).toBe("what is this, @55?");
        expect(message.conversation).toBe("whatsapp-web:main:1203630@g.us~966522222222@c.us");
        expect(message.conversation.split(":")).toHaveLength(3);
        expect(placeOf(message.conversation)).toEqual({ chat: group, isGroup: true });
    });

    it("a command may follow a mention", () => {
        const mentionedJidList = [own.phone];
        const message = read({ ...inGroup, body: "@966500000000 /language ar", mentionedJidList });
        expect(message.command).toEqual({ name: "language", argument: "ar" });
    });

    it("a reply to the assistant is a question", () => {
        const quotedMsg = { type: "chat", body: "Rest." };
        const reply = { ...inGroup, quotedMsg, quotedParticipant: { _serialized: own.phone } };
        expect(read(reply).quoted).toEqual({ text: "Rest.", fromAssistant: true });
    });

    it("nothing else is for the assistant", () => {
        const mentionedJidList = [own.phone];
        const others = { mentionedJidList: ["55@lid"], quotedParticipant: "55@lid" };
        expect(reasonFor(inGroup)).toBe("group");
        expect(reasonFor({ ...inGroup, ...others })).toBe("group");
        const never: Reader = { ...reader, groups: "never" };
        expect(reasonFor({ ...inGroup, mentionedJidList }, never)).toBe("group");
    });
});

describe("quoted messages", () => {
    it("the assistant's come without WhatsApp's marks", () => {
        const body = "\u200F*الرئة* اليسرى\n> _a_ 3*4*5";
        const quoted = { quotedMsg: { type: "chat", body }, quotedParticipant: own.lid };
        expect(read(quoted).quoted).toEqual({
            text: "الرئة اليسرى\na 3*4*5",
            fromAssistant: true,
        });
    });

    it("the patient's come as they are, pictures by their words", () => {
        const text = { quotedMsg: { type: "chat", body: "*hm*" }, quotedParticipant: patient };
        expect(read(text).quoted).toEqual({ text: "*hm*", fromAssistant: false });
        const quotedMsg = { type: "image", body: "/9j/4AAQ", caption: "my arm" };
        const picture = { quotedMsg, quotedParticipant: patient };
        expect(read(picture).quoted).toEqual({ text: "my arm", fromAssistant: false });
    });
});

test("an edit is told from what WhatsApp Web changes by itself", () => {
    expect(isEdit(raw(), "now", "before")).toBe(true);
    expect(isEdit(raw(), "decrypted", undefined)).toBe(false);
    expect(isEdit(raw(), "decrypted", "")).toBe(false);
    const picture = raw({ type: "image", caption: "now" });
    expect(isEdit(picture, "now", "before")).toBe(true);
    expect(isEdit(picture, "/9j/preview", "/9j/smaller")).toBe(false);
});
