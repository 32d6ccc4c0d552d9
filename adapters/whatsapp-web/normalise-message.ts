import type {
    Attachment,
    ConversationKey,
    InboundMessage,
    PlatformAccount,
} from "../../src/message.ts";
import { looksLikePicture } from "../../src/messaging/looks-like-picture.ts";
import { readCommand } from "../../src/messaging/read-command.ts";
import { plainText } from "./plain-text.ts";
import { type RawMessage, readRawMessage, withoutDevice } from "./raw-message.ts";

/** The clinic's account: one phone is linked with a clinic. */
export const whatsappWebAccount: PlatformAccount = "whatsapp-web:main";

/** When the assistant answers in groups: if it is mentioned or replied to, or never. */
export type GroupRule = "mentions" | "never";

/** What is needed to tell what concerns the assistant. */
export interface Reader {
    /** The account's own addresses, each without a device. */
    readonly own: ReadonlySet<string>;
    readonly groups: GroupRule;
}

/** Why a message is passed over. */
export type IgnoreReason = "group" | "no-content" | "own" | "system";

/** What a message is for the product. */
export type Normalised =
    | { readonly kind: "ignored"; readonly reason: IgnoreReason }
    | {
          readonly kind: "message";
          readonly message: InboundMessage;
          /** The chat on WhatsApp: a person or a group. */
          readonly chat: string;
      };

/** Where a reply to a conversation goes. */
export interface ReplyPlace {
    readonly chat: string;
    readonly isGroup: boolean;
}

const textTypes = new Set([
    "chat",
    "buttons_response",
    "interactive_response",
    "list_response",
    "template_button_reply",
]);
const fileTypes = new Set([
    "audio",
    "document",
    "event_creation",
    "groups_v4_invite",
    "image",
    "list",
    "live_location",
    "location",
    "multi_vcard",
    "order",
    "payment",
    "poll_creation",
    "product",
    "ptt",
    "ptv",
    "scheduled_event_creation",
    "sticker",
    "vcard",
    "video",
]);
/** Of what may be viewed once, devices other than the phone learn only that it was sent. */
const viewOnce = { type: "ciphertext", subtype: "view_once_unavailable_fanout" } as const;
/** Further forms of a picture that is sent as a message of its own as well. */
const otherForms = /^(?:HD_IMAGE|HD_VIDEO|HEVC_VIDEO)_DUAL_UPLOAD$|^MOTION_PHOTO$/;
/** WhatsApp's own account, which writes to everybody. */
const whatsappItself = "0@c.us";

/**
 * What a message of WhatsApp Web means. Everything that is not a person's message to the assistant
 * is ignored; what cannot be read is handed over as an attachment that is no picture.
 *
 * @param raw `rawData` of the library's message.
 */
export function normaliseMessage(raw: unknown, reader: Reader): Normalised {
    const message = readRawMessage(raw);
    if (!message) return { kind: "ignored", reason: "system" };
    if (message.id.fromMe) return { kind: "ignored", reason: "own" };
    const chat = withoutDevice(message.from);
    const isStatus = message.isStatusV3 === true || !/@(?:c\.us|lid|g\.us)$/.test(chat);
    const isKnown = textTypes.has(message.type) || fileTypes.has(message.type);
    const isAgain = otherForms.test(message.associationType ?? "");
    if (isStatus || isAgain || chat === whatsappItself || !(isKnown || isViewOnce(message)))
        return { kind: "ignored", reason: "system" };
    const isGroup = chat.endsWith("@g.us");
    // Nobody may answer for somebody else: who is not named has no conversation.
    if (isGroup && message.author === undefined) return { kind: "ignored", reason: "system" };
    if (isGroup && !concernsUs(message, reader)) return { kind: "ignored", reason: "group" };
    const inbound = toInbound(message, conversationOf(message, chat, isGroup), reader);
    if (inbound.text === "" && inbound.attachments.length === 0) {
        return { kind: "ignored", reason: "no-content" };
    }
    return { kind: "message", message: inbound, chat };
}

/** Whether an event about a changed text is a person's edit: files change their previews as well. */
export function isEdit(raw: unknown, newText: unknown, textBefore: unknown): boolean {
    const message = readRawMessage(raw);
    if (typeof textBefore !== "string" || textBefore === "" || !message) return false;
    return textTypes.has(message.type) || newText === message.caption;
}

/** Whether this stands for a picture, video or voice message that may be viewed once. */
function isViewOnce({ type, subtype }: Pick<RawMessage, "type" | "subtype">): boolean {
    return type === viewOnce.type && subtype === viewOnce.subtype;
}

/** Where a reply to this conversation goes. */
export function placeOf(conversation: ConversationKey): ReplyPlace {
    const [chat = ""] = conversation.slice(whatsappWebAccount.length + 1).split("~");
    return { chat, isGroup: chat.endsWith("@g.us") };
}

function concernsUs({ mentionedJidList, quotedParticipant }: RawMessage, reader: Reader): boolean {
    if (reader.groups === "never") return false;
    const named =
        quotedParticipant === undefined
            ? mentionedJidList
            : [...mentionedJidList, quotedParticipant];
    return named.some((person) => reader.own.has(withoutDevice(person)));
}

/** In a group each person has a conversation of their own. */
function conversationOf({ author }: RawMessage, chat: string, isGroup: boolean): ConversationKey {
    const person = isGroup ? `~${withoutDevice(author ?? "")}` : "";
    return `whatsapp-web:main:${chat}${person}`;
}

function toInbound(raw: RawMessage, conversation: ConversationKey, reader: Reader): InboundMessage {
    const text = withoutMention(textOf(raw), raw, reader);
    const command = readCommand(text);
    const quoted = readQuoted(raw, reader);
    const isAlbum = raw.parentMsgKey !== undefined && raw.associationType === "MEDIA_ALBUM";
    return {
        id: raw.id.whole,
        conversation,
        receivedAtMs: raw.t * 1000,
        text,
        attachments: attachmentsOf(raw),
        ...(quoted === undefined ? {} : { quoted }),
        ...(command === undefined ? {} : { command }),
        ...(isAlbum && raw.parentMsgKey ? { albumId: raw.parentMsgKey.id } : {}),
    };
}

/** A file's `body` is its preview; a document without words of its own has its name as caption. */
function textOf({ type, body = "", caption = "", filename }: RawMessage): string {
    if (textTypes.has(type)) return body;
    return caption === filename ? "" : caption;
}

/** A mention of the assistant is an address, not a part of the question. */
function withoutMention(text: string, { mentionedJidList }: RawMessage, { own }: Reader): string {
    const mentions = mentionedJidList
        .map(withoutDevice)
        .filter((person) => own.has(person))
        .map((person) => `@${person.replace(/@.*$/, "")}`);
    const without = mentions.reduce((rest, mention) => rest.replaceAll(mention, ""), text);
    return without === text ? text : without.replaceAll(/ {2,}/g, " ").trim();
}

function readQuoted(
    { quotedMsg, quotedParticipant = "" }: RawMessage,
    { own }: Reader,
): InboundMessage["quoted"] {
    if (!quotedMsg) return undefined;
    const fromAssistant = own.has(withoutDevice(quotedParticipant));
    const { type = "chat", body = "", caption = "" } = quotedMsg;
    const text = textTypes.has(type) ? body : caption;
    return { text: fromAssistant ? plainText(text) : text, fromAssistant };
}

function attachmentsOf({
    id,
    type,
    directPath,
    mimetype,
    filename,
    size,
}: RawMessage): Attachment[] {
    if (textTypes.has(type)) return [];
    // A picture that may be viewed once stays on the phone: there is no file for this device.
    const isPicture =
        directPath !== undefined &&
        (type === "image" ||
            (type === "document" && looksLikePicture({ mimeType: mimetype, name: filename })));
    return [
        {
            kind: isPicture ? "image" : "other",
            id: id.whole,
            ...(mimetype === undefined ? {} : { mimeType: mimetype }),
            ...(size === undefined ? {} : { byteSize: size }),
        },
    ];
}
