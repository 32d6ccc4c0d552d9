import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
    BotApiChats,
    type Payload,
    Refusal,
    seconds,
    type VisibleMessage,
} from "./bot-api-chats.ts";
import { BotApiRates, type RateLimits } from "./bot-api-rates.ts";
import { BotApiServer } from "./bot-api-server.ts";
import { BotApiUpdates } from "./bot-api-updates.ts";

/** Who writes, and in answer to what. */
export interface PatientOptions {
    /** The language of the patient's app. Default: en. */
    readonly languageCode?: string;
    /** As the patient is called on Telegram. */
    readonly firstName?: string;
    /** A message of the assistant that is replied to. */
    readonly replyTo?: number;
    /** The part of it that the patient has marked. */
    readonly quote?: string;
    /** Default: a private chat. */
    readonly chatType?: "private" | "group" | "supergroup";
}

/** A file that a patient sends. */
export interface PatientFile {
    readonly bytes: Uint8Array;
    readonly fileName?: string;
    readonly mimeType?: string;
    readonly caption?: string;
    /** What Telegram says about the size, if it is not the truth. */
    readonly statedSize?: number;
}

/** Telegram's limit for downloads by bots. */
const maxDownloadBytes = 20 * 1024 ** 2;

/**
 * A Bot API server on the loopback interface: Telegram as a bot sees it, and the patients behind
 * it. Strict where Telegram is: acknowledgement by offset, one receiver at a time, HTML, lengths.
 */
export class BotApi extends BotApiServer {
    readonly token = `${String(100_000_000 + Math.floor(Math.random() * 1e9))}:AA${randomBytes(16).toString("hex")}x`;
    readonly botId = this.token.split(":")[0] ?? "";
    readonly username = "night_clinic_bot";
    /** The address that another program has set; empty: none. */
    webhook = "";
    readonly #bot = {
        id: Number(this.botId),
        is_bot: true,
        first_name: "Clinic",
        username: this.username,
    };
    readonly #chats = new BotApiChats(this.#bot);
    readonly #updates = new BotApiUpdates();
    readonly #rates = new BotApiRates();
    readonly #sent = new Map<number, Readonly<Record<string, unknown>>>();
    readonly #files = new Map<string, { readonly bytes: Uint8Array; readonly size: number }>();
    readonly #groups = new Map<number, object>();
    #localFolder: string | undefined;
    #albums = 0;
    #latest: object = {};

    /** Updates that the bot has not acknowledged. */
    get pendingUpdates(): number {
        return this.#updates.pending.length;
    }

    /** The patient writes; gives the id of the message. */
    sendText(chatId: number, text: string, options: PatientOptions = {}): number {
        return this.sendContent(chatId, { text }, options);
    }

    /** The bot is added to a group. */
    addToGroup(chatId: number, how: { readonly mayWrite?: boolean } = {}): void {
        const { mayWrite = true } = how;
        this.#groups.set(chatId, {
            id: chatId,
            type: "supergroup",
            title: "Staff",
            permissions: { can_send_messages: mayWrite },
        });
        const joined = { new_chat_members: [this.#bot] };
        this.sendContent(chatId, joined, { chatType: "supergroup" });
    }

    /** Somebody writes in the group of the clinic's people; gives the id of the message. */
    sendInGroup(chatId: number, text: string, replyTo?: number): number {
        const reply = replyTo === undefined ? {} : { replyTo };
        return this.sendText(chatId, text, { chatType: "supergroup", ...reply });
    }

    /** The patient sends a photo, which Telegram offers in several sizes. */
    sendPhoto(
        chatId: number,
        bytes: Uint8Array,
        caption?: string,
        options: PatientOptions = {},
    ): number {
        return this.sendContent(chatId, { ...this.#photo(bytes), ...captioned(caption) }, options);
    }

    /** The patient sends several photos at once. */
    sendAlbum(
        chatId: number,
        photos: readonly PatientFile[],
        options: PatientOptions = {},
    ): number[] {
        this.#albums += 1;
        const group = { media_group_id: `album-${this.#albums}` };
        return photos.map(({ bytes, caption }) =>
            this.sendContent(
                chatId,
                { ...group, ...this.#photo(bytes), ...captioned(caption) },
                options,
            ),
        );
    }

    /** The patient sends a file. */
    sendDocument(chatId: number, file: PatientFile, options: PatientOptions = {}): number {
        const document = {
            ...this.#file(file.bytes, file.statedSize),
            ...(file.fileName === undefined ? {} : { file_name: file.fileName }),
            ...(file.mimeType === undefined ? {} : { mime_type: file.mimeType }),
        };
        return this.sendContent(chatId, { document, ...captioned(file.caption) }, options);
    }

    /** The patient sends anything else: the fields of a `Message` that tell what. */
    sendContent(chatId: number, content: object, options: PatientOptions = {}): number {
        const { replyTo, quote, languageCode = "en", chatType = "private" } = options;
        const id = this.#chats.addPatientMessage(chatId);
        const original = this.visibleMessages(chatId).find((message) => message.id === replyTo);
        const chat = { id: chatId, type: chatType };
        const quoted = {
            message_id: replyTo,
            date: seconds(),
            chat,
            from: this.#bot,
            text: original?.text,
        };
        const message = {
            message_id: id,
            date: seconds(),
            chat,
            from: patient(chatId, languageCode, options.firstName),
            ...content,
            ...(original ? { reply_to_message: quoted } : {}),
            ...(quote === undefined ? {} : { quote: { text: quote, position: 0 } }),
        };
        this.#sent.set(id, message);
        this.push({ message });
        return id;
    }

    /** The patient changes a message of theirs: the fields of the `Message` that become different. */
    editContent(messageId: number, content: object): void {
        const message = { ...this.#sent.get(messageId), ...content };
        this.#sent.set(messageId, message);
        this.push({ edited_message: { ...message, edit_date: seconds() } });
    }

    /** The patient presses a button that stands beneath one of the assistant's messages. */
    press(chatId: number, label: string, options: PatientOptions = {}): void {
        for (const message of this.visibleMessages(chatId).toReversed()) {
            const button = message.buttons.find(({ text }) => text === label);
            if (!button) continue;
            return this.push({
                callback_query: {
                    id: randomBytes(6).toString("hex"),
                    from: patient(chatId, options.languageCode ?? "en"),
                    chat_instance: "1",
                    message: {
                        message_id: message.id,
                        date: seconds(),
                        chat: { id: chatId, type: "private" },
                    },
                    data: button.data,
                },
            });
        }
        throw new Error(`No button "${label}" is visible.`);
    }

    /** Queues an update as it is. */
    push(content: object): void {
        this.#latest = content;
        this.#updates.push(content);
    }

    /** The latest update arrives once more, under a new number. */
    repeatLatest(): void {
        this.#updates.push(this.#latest);
    }

    /** Behaves as a clinic's own server with `--local`: files of any size, given out by their place. */
    keepFilesIn(folder: string): void {
        this.#localFolder = folder;
    }

    /** Messages of patients that the bot has deleted. */
    get deletedOfPatients(): readonly number[] {
        return this.#chats.deletedOfPatients;
    }

    /** From now on refuses what comes faster, as Telegram does; `undefined`: takes everything. */
    limitRates(limits: RateLimits | undefined): void {
        this.#rates.limits = limits;
    }

    /** The patient blocks the bot. */
    block(chatId: number): void {
        this.#chats.block(chatId);
    }

    /** The patient deletes a message of the assistant. */
    deleteMessage(messageId: number): void {
        this.#chats.remove(messageId);
    }

    /** The assistant's messages as the patient sees them now, oldest first. */
    visibleMessages(chatId: number): VisibleMessage[] {
        return this.#chats.visible(chatId);
    }

    /** The payloads of all requests of one method. */
    callsOf(method: string): Payload[] {
        return this.calls.filter((call) => call.method === method).map(({ payload }) => payload);
    }

    protected override async carryOut(
        method: string,
        payload: Payload,
        closed: AbortSignal,
    ): Promise<unknown> {
        this.#rates.check(method, payload);
        switch (method) {
            case "getMe":
                return this.#bot;
            case "getUpdates":
                return await this.#updates.take(payload as Record<string, number>, closed);
            case "sendMessage":
                return this.#chats.send(payload);
            case "editMessageText":
                return this.#chats.edit(payload);
            case "editMessageReplyMarkup":
                return this.#chats.editButtons(payload);
            case "deleteMessage":
                return this.#chats.delete(payload);
            case "sendChatAction":
                return this.#chats.act(payload);
            case "getChat":
                return this.#group(payload);
            case "getChatMember":
                this.#group(payload);
                return { status: "member", user: this.#bot };
            case "getFile":
                return this.#locate(String(payload["file_id"]));
            case "answerCallbackQuery":
            case "deleteWebhook":
                this.webhook = "";
                return true;
            case "getWebhookInfo":
                return {
                    url: this.webhook,
                    has_custom_certificate: false,
                    pending_update_count: 0,
                };
            case "setMyCommands":
            case "deleteMyCommands":
                return true;
            default:
                throw new Refusal(404, "Not Found");
        }
    }

    #group(payload: Payload): object {
        const group = this.#groups.get(Number(payload["chat_id"]));
        if (!group) throw new Refusal(400, "Bad Request: chat not found");
        return group;
    }

    #locate(id: string): object {
        const file = this.#files.get(id);
        if (!file) {
            throw new Refusal(
                400,
                "Bad Request: wrong file_id or the file is temporarily unavailable",
            );
        }
        if (this.#localFolder !== undefined) {
            return { file_id: id, file_unique_id: id, file_path: join(this.#localFolder, id) };
        }
        if (file.size > maxDownloadBytes) throw new Refusal(400, "Bad Request: file is too big");
        return {
            file_id: id,
            file_unique_id: id,
            file_size: file.size,
            file_path: `photos/${id}.jpg`,
        };
    }

    protected override readFile(path: string): Uint8Array | undefined {
        return this.#files.get(path.replaceAll(/^photos\/|\.jpg$/g, ""))?.bytes;
    }

    #photo(bytes: Uint8Array): object {
        const small = { ...this.#file(bytes.slice(0, 10)), width: 90, height: 60 };
        const large = { ...this.#file(bytes), width: 1280, height: 853 };
        const medium = { ...this.#file(bytes.slice(0, 20)), width: 320, height: 213 };
        return { photo: [small, large, medium] };
    }

    #file(bytes: Uint8Array, statedSize = bytes.length): object {
        const id = `file-${this.#files.size + 1}`;
        this.#files.set(id, { bytes, size: statedSize });
        if (this.#localFolder !== undefined) writeFileSync(join(this.#localFolder, id), bytes);
        return { file_id: id, file_unique_id: id, file_size: statedSize };
    }
}

/** A {@link BotApi} that listens. */
export async function startBotApi(): Promise<BotApi> {
    const api = new BotApi();
    await api.listen();
    return api;
}

function patient(id: number, languageCode: string, firstName = "Patient"): object {
    return { id, is_bot: false, first_name: firstName, language_code: languageCode };
}

function captioned(caption: string | undefined): object {
    return caption === undefined ? {} : { caption };
}
