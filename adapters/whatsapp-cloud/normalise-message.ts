import type { Attachment, Command, ConversationKey, InboundMessage } from "../../src/message.ts";
import { looksLikePicture } from "../../src/messaging/looks-like-picture.ts";
import { commandNamed, readCommand } from "../../src/messaging/read-command.ts";
import { type JsonObject, objectIn, textIn } from "./json-object.ts";
import type { KnownText } from "./known-texts.ts";

/** What a message of a webhook means: a patient's message, or why it is none. */
export type Normalised =
    | { readonly kind: "message"; readonly message: InboundMessage }
    | { readonly kind: "ignored"; readonly reason: "group" | "no-content" };

/** What a message is read with. */
export interface MessageContext {
    readonly phoneNumberId: string;
    /** The text of a message that is replied to, while it is known. */
    readonly recall: (messageId: string) => KnownText | undefined;
}

/**
 * What is no message to be answered: reactions, changes of a number or identity, a chat that was
 * opened, a message that was deleted.
 */
const silentTypes: ReadonlySet<string> = new Set([
    "ephemeral",
    "reaction",
    "request_welcome",
    "revoke",
    "system",
]);
/** What the Cloud API reports as `unsupported` though nothing was said with it. */
const silentUnsupported: ReadonlySet<string> = new Set([
    "edit",
    "pin",
    "poll_update",
    "reaction",
    "revoke",
]);

/**
 * Reads one message of a webhook (Cloud API, "messages webhook reference"). What the assistant cannot
 * open becomes an attachment of kind `other`, types that are not known yet included, so that the
 * patient gets an answer. Groups are ignored: what patients ask about their health is not for a group.
 */
export function normaliseMessage(message: JsonObject, context: MessageContext): Normalised {
    const id = textIn(message, "id");
    const chat = chatIdOf(message);
    if (id === undefined || chat === undefined) return ignored;
    if (textIn(message, "group_id") !== undefined) return { kind: "ignored", reason: "group" };
    const conversation: ConversationKey = `whatsapp-cloud:${context.phoneNumberId}:${chat}`;
    const receivedAtMs = readTime(message);
    if (message["type"] === "edit") {
        return readEdit(message, { conversation, receivedAtMs }, context);
    }
    const content = readContent(message);
    if (content === undefined) return ignored;
    const quoted = readQuoted(message, context);
    return {
        kind: "message",
        message: {
            id,
            conversation,
            receivedAtMs,
            ...content,
            ...(quoted === undefined ? {} : { quoted }),
        },
    };
}

const ignored: Normalised = { kind: "ignored", reason: "no-content" };

/**
 * What names the patient: the phone number, or where the patient hides it behind a user name, Meta's
 * id of the patient for this clinic ("business-scoped user ID").
 */
export function chatIdOf(message: JsonObject): string | undefined {
    const id = textIn(message, "from") ?? textIn(message, "from_user_id");
    return id !== undefined && /^[\w.-]{1,200}$/.test(id) ? id : undefined;
}

/** How a request names the patient of a conversation (Cloud API: a phone number or a user id). */
export function recipientOf(conversation: ConversationKey): { to: string } | { recipient: string } {
    const chat = conversation.split(":")[2] ?? "";
    return /^\d+$/.test(chat) ? { to: chat } : { recipient: chat };
}

/** What a button or row carries: the command that choosing it gives. At most 200 characters. */
export function choiceData({ name, argument }: Command): string {
    return `${name}:${argument}`;
}

type Content = Pick<InboundMessage, "text" | "attachments" | "command">;

/** The new text of a message; sent for numbers that are used in the WhatsApp Business app as well. */
function readEdit(
    message: JsonObject,
    place: Pick<InboundMessage, "conversation" | "receivedAtMs">,
    context: MessageContext,
): Normalised {
    const edit = objectIn(message, "edit");
    const id = textIn(edit, "original_message_id");
    const edited = objectIn(edit, "message");
    const content = edited && readContent(edited);
    if (id === undefined || edited === undefined || content === undefined) return ignored;
    const quoted = readQuoted(edited, context);
    return {
        kind: "message",
        message: {
            id,
            ...place,
            ...content,
            ...(quoted === undefined ? {} : { quoted }),
            edit: true,
        },
    };
}

function readContent(message: JsonObject): Content | undefined {
    const type = textIn(message, "type") ?? "unknown";
    const content = objectIn(message, type);
    switch (type) {
        case "text":
            return written(textIn(content, "body") ?? "");
        case "image":
            return withFile("image", content);
        case "document":
            return withFile(
                looksLikePicture({
                    mimeType: textIn(content, "mime_type"),
                    name: textIn(content, "filename"),
                })
                    ? "image"
                    : "other",
                content,
            );
        case "interactive":
            return readChosen(content);
        case "button":
            return chosen(textIn(content, "payload"), textIn(content, "text"));
        case "unsupported":
            return silentUnsupported.has(textIn(content, "type") ?? "") ? undefined : other(type);
        default:
            if (silentTypes.has(type)) return undefined;
            return textIn(content, "id") === undefined ? other(type) : withFile("other", content);
    }
}

/** Nothing but blanks is nothing. */
function written(text: string): Content | undefined {
    if (text.trim() === "") return undefined;
    const command = readCommand(text);
    if (command === undefined) return { text, attachments: [] };
    // A command's name says nothing about the patient's language; its argument does.
    return { text: command.argument, attachments: [], command };
}

function readChosen(interactive: JsonObject | undefined): Content {
    const reply = objectIn(interactive, "button_reply") ?? objectIn(interactive, "list_reply");
    return reply === undefined
        ? other("interactive")
        : chosen(textIn(reply, "id"), textIn(reply, "title"));
}

/** Buttons of other programs on the same number carry what we do not know: their words count. */
function chosen(data = "", label = ""): Content {
    const [, name = "", argument = ""] = /^(\w+):(.*)$/s.exec(data) ?? [];
    const known = commandNamed(name);
    return known === undefined
        ? { text: label, attachments: label === "" ? [{ kind: "other", id: "button" }] : [] }
        : { text: "", attachments: [], command: { name: known, argument } };
}

function withFile(kind: Attachment["kind"], file: JsonObject | undefined): Content {
    const mimeType = textIn(file, "mime_type");
    const id = textIn(file, "id");
    // A picture that cannot be had, such as one that may be looked at only once.
    if (id === undefined) return { ...other("file"), text: textIn(file, "caption") ?? "" };
    return {
        text: textIn(file, "caption") ?? "",
        attachments: [{ kind, id, ...(mimeType === undefined ? {} : { mimeType }) }],
    };
}

function other(id: string): Content {
    return { text: "", attachments: [{ kind: "other", id }] };
}

function readQuoted(
    message: JsonObject,
    { recall }: MessageContext,
): InboundMessage["quoted"] | undefined {
    const id = textIn(objectIn(message, "context"), "id");
    return id === undefined ? undefined : recall(id);
}

/** Seconds since 1970, as text. */
function readTime(message: JsonObject): number {
    const seconds = Number(message["timestamp"]);
    return seconds > 0 ? Math.round(seconds * 1000) : Date.now();
}
