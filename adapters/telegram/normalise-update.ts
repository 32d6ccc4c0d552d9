import type { CallbackQuery, Message, Update } from "telegraf/types";
import type { Attachment, Command, ConversationKey, InboundMessage } from "../../src/message.ts";
import { looksLikePicture } from "../../src/messaging/looks-like-picture.ts";
import { commandNamed, readCommand } from "../../src/messaging/read-command.ts";

/** The bot that an update is for. */
export interface Bot {
    readonly id: string;
    readonly username: string;
    /** The group of the clinic's people; absent: there is none. */
    readonly staffChat?: number;
}

/** What an update means: a patient's message, or why it is none. */
export type Normalised =
    | { readonly kind: "message"; readonly message: InboundMessage }
    | { readonly kind: "ignored"; readonly reason: "group" | "no-content" | "staff-talk" };

/** Those of the Bot API's kinds of update that are asked for. */
export const allowedUpdates = ["message", "edited_message", "callback_query"] as const;

/** A patient's message, as an update holds it. */
type Written = Pick<Message, "message_id" | "chat" | "date" | "from">;

/**
 * Reads one update. Only private chats are served: what a patient asks about their health is not
 * for a group. In the group of the clinic's people, answers to the bot and commands for it are read,
 * and nothing else. Channels and service messages are ignored.
 */
export function normaliseUpdate(update: Update, bot: Bot): Normalised {
    if ("callback_query" in update) return readChoice(update.callback_query, bot);
    if ("message" in update) return readMessage(update.message, bot);
    if ("edited_message" in update) return readEdit(update.edited_message, bot);
    return { kind: "ignored", reason: "no-content" };
}

/**
 * The id of the message in a private chat that an update holds: one of the ids that Telegram counts
 * together for all private chats of the bot.
 */
export function privateMessageId(update: Update): number | undefined {
    const message = messageOf(update);
    if (message?.chat?.type !== "private") return undefined;
    return Number.isSafeInteger(message.message_id) ? message.message_id : undefined;
}

/** The chat that an update belongs to. */
export function chatIdOf(update: Update): number | undefined {
    return messageOf(update)?.chat?.id;
}

/** Trusts nothing: an update of an unknown form must not stop the others. */
function messageOf(update: Update): Partial<Message> | undefined {
    const { message, edited_message, callback_query } = update as {
        readonly message?: Partial<Message>;
        readonly edited_message?: Partial<Message>;
        readonly callback_query?: { readonly message?: Partial<Message> };
    };
    return message ?? edited_message ?? callback_query?.message;
}

/** Telegram also calls it an edit when a shared place moves on, again and again. */
function readEdit(edited: Written, bot: Bot): Normalised {
    const read = readMessage(edited, bot);
    if (read.kind === "ignored") return read;
    const { message } = read;
    const says = message.command !== undefined || message.text !== "";
    const isFile = message.attachments.some(({ kind, id }) => kind === "image" || !isKind(id));
    if (!says && !isFile) return { kind: "ignored", reason: "no-content" };
    return { kind: "message", message: { ...message, edit: true } };
}

function readMessage(message: Written, bot: Bot): Normalised {
    if (message.chat.type !== "private") return readGroupMessage(message, bot);
    const attachments = readAttachments(message);
    const written = readText(message);
    if (attachments.length === 0 && written === undefined) {
        return { kind: "ignored", reason: "no-content" };
    }
    const command =
        attachments.length === 0
            ? readCommand(written ?? "", (name) => isNamed(bot, name))
            : undefined;
    const quoted = readQuoted(message, bot);
    return {
        kind: "message",
        message: {
            id: String(message.message_id),
            conversation: conversationKey(bot, message.chat.id),
            receivedAtMs: message.date * 1000,
            // A command's name says nothing about the patient's language; its argument does.
            text: command ? command.argument : (written ?? ""),
            attachments,
            ...(quoted === undefined ? {} : { quoted }),
            ...(command === undefined ? {} : { command }),
            ...readAppLanguage(message.from),
            ...readAlbum(message),
        },
    };
}

/** What somebody of the clinic says to the bot in their group. */
function readGroupMessage(message: Written, bot: Bot): Normalised {
    const isStaffChat = message.chat.id === bot.staffChat && message.chat.type !== "channel";
    if (!isStaffChat) return { kind: "ignored", reason: "group" };
    const text = readText(message) ?? "";
    const note = readNote(message, bot);
    const attachments = readAttachments(message);
    const isForUs = note === undefined ? isStaffCommand(text, bot) : attachments.length > 0 || text;
    if (!isForUs) return { kind: "ignored", reason: "staff-talk" };
    return {
        kind: "message",
        message: {
            id: String(message.message_id),
            conversation: conversationKey(bot, message.chat.id),
            receivedAtMs: message.date * 1000,
            text,
            attachments,
            ...(note === undefined ? {} : { quoted: { text: note, fromAssistant: true } }),
            fromStaff: true,
        },
    };
}

/** The whole text of the bot's message that another one replies to. */
function readNote(message: object, bot: Bot): string | undefined {
    const { reply_to_message: original } = message as Partial<Message.TextMessage>;
    if (!original || String(original.from?.id) !== bot.id) return undefined;
    return readText(original);
}

/** A command for the clinic's people; one with the name of another bot is not for this one. */
function isStaffCommand(text: string, bot: Bot): boolean {
    const found = /^\/(?:done|reply|open)(?:@(\w+))?(?![\w@])/i.exec(text);
    return found !== null && (found[1] === undefined || isNamed(bot, found[1]));
}

/** The key of a patient's conversation with a bot. */
function conversationKey({ id }: Pick<Bot, "id">, chatId: number): ConversationKey {
    return `telegram:${id}:${chatId}`;
}

/** The chat of a conversation key. */
export function chatOf(conversation: ConversationKey): number {
    return Number(conversation.split(":")[2]);
}

/**
 * The message that an id of {@link InboundMessage} names, where it can be shown as the one
 * answered; a pressed button is no such message.
 */
export function answeredMessage(id: string | undefined): number | undefined {
    return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined;
}

/** The highest id of a message that was in the chat when the message `id` came. */
export function floorOf(id: string | undefined): number {
    return Number(/(\d+)$/.exec(id ?? "")?.[1] ?? 0);
}

function choiceId(queryId: string, buttonsMessageId: number | undefined): string {
    return `choice-${queryId}-${String(buttonsMessageId ?? 0)}`;
}

/** What a button carries: the command that pressing it gives. At most 64 bytes. */
export function choiceData({ name, argument }: Command): string {
    return `${name}:${argument}`;
}

function readChoice(query: CallbackQuery, bot: Bot): Normalised {
    const chat = query.message?.chat;
    const data = "data" in query ? query.data : "";
    const [, name = "", argument = ""] = /^(\w+):(.*)$/s.exec(data) ?? [];
    const known = commandNamed(name);
    if (!chat || known === undefined) return { kind: "ignored", reason: "no-content" };
    if (chat.type !== "private") return { kind: "ignored", reason: "group" };
    return {
        kind: "message",
        message: {
            id: choiceId(query.id, query.message?.message_id),
            conversation: conversationKey(bot, chat.id),
            receivedAtMs: Date.now(),
            text: "",
            attachments: [],
            command: { name: known, argument },
            ...readAppLanguage(query.from),
        },
    };
}

function readAppLanguage(from: { language_code?: string } | undefined): { appLanguage?: string } {
    return from?.language_code === undefined ? {} : { appLanguage: from.language_code };
}

function readAlbum(message: object): { albumId?: string } {
    if (!("media_group_id" in message)) return {};
    return typeof message.media_group_id === "string" ? { albumId: message.media_group_id } : {};
}

function readText(message: object): string | undefined {
    if ("text" in message && typeof message.text === "string") return message.text;
    if ("caption" in message && typeof message.caption === "string") return message.caption;
    return undefined;
}

function isNamed({ username }: Bot, name: string): boolean {
    return name.toLowerCase() === username.toLowerCase();
}

function readQuoted(message: object, bot: Bot): InboundMessage["quoted"] {
    const { reply_to_message: original, quote } = message as Partial<Message.TextMessage>;
    const excerpt = quote?.text;
    const text = excerpt ?? (original && readText(original));
    if (text === undefined) return undefined;
    return { text, fromAssistant: String(original?.from?.id) === bot.id };
}

/** Everything that can be sent besides text and pictures (Bot API, "Message"). */
const otherKinds = [
    "animation",
    "audio",
    "checklist",
    "contact",
    "dice",
    "document",
    "game",
    "invoice",
    "location",
    "paid_media",
    "poll",
    "sticker",
    "story",
    "venue",
    "video",
    "video_note",
    "voice",
] as const;

function readAttachments(message: object): Attachment[] {
    if ("photo" in message) {
        const [largest] = [...(message as Message.PhotoMessage).photo].sort(
            (a, b) => b.width * b.height - a.width * a.height,
        );
        return largest ? [attachment("image", largest.file_id, largest)] : [];
    }
    const content = new Map<string, unknown>(Object.entries(message));
    const kind = otherKinds.find((name) => content.has(name));
    if (kind === undefined) return [];
    const file = (content.get(kind) ?? {}) as SentFile;
    const image =
        kind === "document" && looksLikePicture({ mimeType: file.mime_type, name: file.file_name });
    return [attachment(image ? "image" : "other", file.file_id ?? kind, file)];
}

/** What has no file is named after its kind. */
function isKind(id: string): boolean {
    return otherKinds.some((kind) => kind === id);
}

interface SentFile {
    readonly file_id?: string;
    readonly file_name?: string;
    readonly mime_type?: string;
    readonly file_size?: number;
}

function attachment(kind: Attachment["kind"], id: string, file: SentFile): Attachment {
    return {
        kind,
        id,
        ...(typeof file.mime_type === "string" ? { mimeType: file.mime_type } : {}),
        ...(typeof file.file_size === "number" ? { byteSize: file.file_size } : {}),
    };
}
