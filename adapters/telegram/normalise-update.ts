import type { CallbackQuery, Message, Update } from "telegraf/types";
import type {
    Attachment,
    Command,
    CommandName,
    ConversationKey,
    InboundMessage,
} from "../../src/message.ts";

/** The bot that an update is for. */
export interface Bot {
    readonly id: string;
    readonly username: string;
}

/** What an update means: a patient's message, or why it is none. */
export type Normalised =
    | { readonly kind: "message"; readonly message: InboundMessage }
    | { readonly kind: "ignored"; readonly reason: "group" | "no-content" };

/** Those of the Bot API's kinds of update that are asked for. */
export const allowedUpdates = ["message", "callback_query"] as const;

const commandNames: readonly CommandName[] = ["start", "help", "reset", "language", "stop"];

/**
 * Reads one update. Only private chats are served: what a patient asks about their health is not
 * for a group. Edits, channels and service messages are ignored.
 */
export function normaliseUpdate(update: Update, bot: Bot): Normalised {
    if ("callback_query" in update) return readChoice(update.callback_query, bot);
    if (!("message" in update)) return { kind: "ignored", reason: "no-content" };
    const { message } = update;
    if (message.chat.type !== "private") return { kind: "ignored", reason: "group" };
    const attachments = readAttachments(message);
    const written = readText(message);
    if (attachments.length === 0 && written === undefined) {
        return { kind: "ignored", reason: "no-content" };
    }
    const command = attachments.length === 0 ? readCommand(written ?? "", bot) : undefined;
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
        },
    };
}

/** The key of a patient's conversation with a bot. */
function conversationKey({ id }: Pick<Bot, "id">, chatId: number): ConversationKey {
    return `telegram:${id}:${chatId}`;
}

/** The chat of a conversation key. */
export function chatOf(conversation: ConversationKey): number {
    return Number(conversation.split(":")[2]);
}

/** What a button carries: the command that pressing it gives. At most 64 bytes. */
export function choiceData({ name, argument }: Command): string {
    return `${name}:${argument}`;
}

function readChoice(query: CallbackQuery, bot: Bot): Normalised {
    const chat = query.message?.chat;
    const data = "data" in query ? query.data : "";
    const [, name = "", argument = ""] = /^(\w+):(.*)$/s.exec(data) ?? [];
    const known = commandNames.find((candidate) => candidate === name);
    if (!chat || known === undefined) return { kind: "ignored", reason: "no-content" };
    if (chat.type !== "private") return { kind: "ignored", reason: "group" };
    return {
        kind: "message",
        message: {
            id: `choice-${query.id}`,
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

function readText(message: object): string | undefined {
    if ("text" in message && typeof message.text === "string") return message.text;
    if ("caption" in message && typeof message.caption === "string") return message.caption;
    return undefined;
}

/** `/name`, `/name@bot` or `/name argument`; another bot's command is none. */
function readCommand(text: string, { username }: Bot): Command | undefined {
    const [, name = "", addressee, argument = ""] =
        /^\/(\w+)(?:@(\w+))?(?:\s+(.*))?$/su.exec(text.trim()) ?? [];
    const known = commandNames.find((candidate) => candidate === name.toLowerCase());
    const ours = addressee === undefined || addressee.toLowerCase() === username.toLowerCase();
    return known !== undefined && ours ? { name: known, argument: argument.trim() } : undefined;
}

function readQuoted(message: Message, bot: Bot): InboundMessage["quoted"] {
    const original = "reply_to_message" in message ? message.reply_to_message : undefined;
    const excerpt = "quote" in message ? message.quote?.text : undefined;
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

function readAttachments(message: Message): Attachment[] {
    if ("photo" in message) {
        const [largest] = [...message.photo].sort(
            (a, b) => b.width * b.height - a.width * a.height,
        );
        return largest ? [attachment("image", largest.file_id, largest)] : [];
    }
    const content = new Map<string, unknown>(Object.entries(message));
    const kind = otherKinds.find((name) => content.has(name));
    if (kind === undefined) return [];
    const file = (content.get(kind) ?? {}) as SentFile;
    const image = kind === "document" && isImage(file);
    return [attachment(image ? "image" : "other", file.file_id ?? kind, file)];
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

/**
 * Some apps send pictures as files of no particular type: then the name tells. Formats that are not
 * read count as well: their notice asks for a screenshot, which is the way to send a DICOM scan.
 */
function isImage({ mime_type: mimeType, file_name: name }: SentFile): boolean {
    return (
        /^(?:image\/|application\/dicom$)/i.test(mimeType ?? "") ||
        /\.(?:jpe?g|jfif|png|webp|gif|bmp|tiff?|hei[cf]|avif|jp2|jxl|svg|dcm|dicom)$/i.test(
            name ?? "",
        )
    );
}
