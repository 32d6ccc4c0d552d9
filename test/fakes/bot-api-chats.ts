import { type Entity, parseHtml, type ParsedText, parsePlain } from "./bot-api-html.ts";

/** A button beneath a message. */
export interface VisibleButton {
    readonly text: string;
    readonly data: string;
}

/** A message of the assistant as the patient sees it now. */
export interface VisibleMessage {
    readonly id: number;
    readonly text: string;
    readonly entities: readonly Entity[];
    /** The patient's message above which it stands. */
    readonly replyTo?: number;
    readonly buttons: readonly VisibleButton[];
    /** How often its text has been changed. */
    readonly edits: number;
    /** When it appeared (`performance.now()`). */
    readonly sentAtMs: number;
    /** When its text was changed last, or it appeared. */
    readonly changedAtMs: number;
}

/** A refusal of the Bot API. */
export class Refusal extends Error {
    readonly code: number;
    readonly retryAfter: number | undefined;

    constructor(code: number, description: string, retryAfter?: number) {
        super(description);
        this.code = code;
        this.retryAfter = retryAfter;
    }
}

/** What a method is called with, as far as the chats read it. */
export type Payload = Readonly<Record<string, unknown>>;

/** The chats of one bot: what has been said in them, and who has blocked the bot. */
export class BotApiChats {
    readonly #bot: object;
    readonly #chats = new Map<number, Map<number, VisibleMessage>>();
    readonly #patientMessages = new Map<number, number>();
    readonly #blocked = new Set<number>();
    /** Telegram counts the messages of all private chats of a bot together. */
    #lastId = 100;
    /** Those of a group are another series. */
    #lastGroupId = 1_000_000;
    /** Messages of patients that the bot has deleted, which it is allowed to. */
    readonly deletedOfPatients: number[] = [];

    constructor(bot: object) {
        this.#bot = bot;
    }

    /** The id of a new message of the patient. */
    addPatientMessage(chatId: number): number {
        const id = this.#nextId(chatId);
        this.#patientMessages.set(id, chatId);
        return id;
    }

    #nextId(chatId: number): number {
        if (chatId < 0) return (this.#lastGroupId += 1);
        return (this.#lastId += 1);
    }

    /** The assistant's messages that stand in a chat, oldest first. */
    visible(chatId: number): VisibleMessage[] {
        return [...this.#messages(chatId).values()];
    }

    /** From now on the bot can send this patient nothing. */
    block(chatId: number): void {
        this.#blocked.add(chatId);
    }

    /** The patient removes one of the assistant's messages. */
    remove(messageId: number): void {
        for (const messages of this.#chats.values()) messages.delete(messageId);
    }

    /** `sendMessage`. */
    send(payload: Payload): object {
        const chatId = this.#writableChat(payload);
        const replyTo = this.#replyTarget(payload);
        const atMs = performance.now();
        const message = {
            id: this.#nextId(chatId),
            ...readText(payload),
            ...(replyTo === undefined ? {} : { replyTo }),
            buttons: readButtons(payload),
            edits: 0,
            sentAtMs: atMs,
            changedAtMs: atMs,
        };
        return this.#put(chatId, message);
    }

    /** `editMessageText`. */
    edit(payload: Payload): object {
        const chatId = this.#writableChat(payload);
        const message = this.#editable(chatId, payload);
        const changed = { ...message, ...readText(payload), buttons: readButtons(payload) };
        refuseUnchanged(message, changed);
        const edits = message.edits + 1;
        return this.#put(chatId, { ...changed, edits, changedAtMs: performance.now() });
    }

    /** `editMessageReplyMarkup`. */
    editButtons(payload: Payload): object {
        const chatId = this.#writableChat(payload);
        const message = this.#editable(chatId, payload);
        const changed = { ...message, buttons: readButtons(payload) };
        refuseUnchanged(message, changed);
        return this.#put(chatId, changed);
    }

    /** `deleteMessage`: in a private chat a bot can delete what the patient wrote as well. */
    delete(payload: Payload): true {
        const chatId = this.#writableChat(payload);
        const id = Number(payload["message_id"]);
        if (this.#messages(chatId).delete(id)) return true;
        if (this.#patientMessages.get(id) === chatId) {
            this.#patientMessages.delete(id);
            this.deletedOfPatients.push(id);
            return true;
        }
        throw new Refusal(400, "Bad Request: message to delete not found");
    }

    /** `sendChatAction`. */
    act(payload: Payload): true {
        this.#writableChat(payload);
        return true;
    }

    #writableChat(payload: Payload): number {
        const chatId = Number(payload["chat_id"]);
        if (!this.#blocked.has(chatId)) return chatId;
        throw new Refusal(403, "Forbidden: bot was blocked by the user");
    }

    #replyTarget(payload: Payload): number | undefined {
        const parameters = payload["reply_parameters"] as
            | { readonly message_id: number; readonly allow_sending_without_reply?: boolean }
            | undefined;
        if (!parameters) return undefined;
        const { message_id: id, allow_sending_without_reply: optional } = parameters;
        const chatId = Number(payload["chat_id"]);
        if (this.#patientMessages.get(id) === chatId || this.#messages(chatId).has(id)) return id;
        if (optional) return undefined;
        throw new Refusal(400, "Bad Request: message to be replied not found");
    }

    #messages(chatId: number): Map<number, VisibleMessage> {
        const messages = this.#chats.get(chatId) ?? new Map<number, VisibleMessage>();
        this.#chats.set(chatId, messages);
        return messages;
    }

    #editable(chatId: number, payload: Payload): VisibleMessage {
        const id = Number(payload["message_id"]);
        const message = this.#messages(chatId).get(id);
        if (message) return message;
        if (this.#patientMessages.get(id) === chatId) {
            throw new Refusal(400, "Bad Request: message can't be edited");
        }
        throw new Refusal(400, "Bad Request: message to edit not found");
    }

    /** Stores a message and gives it as the Bot API describes it. */
    #put(chatId: number, message: VisibleMessage): object {
        this.#messages(chatId).set(message.id, message);
        const { id, text, entities, replyTo } = message;
        const chat = { id: chatId, type: "private" };
        const original = { message_id: replyTo, date: seconds(), chat };
        return {
            message_id: id,
            date: seconds(),
            from: this.#bot,
            chat,
            text,
            entities,
            ...(replyTo === undefined ? {} : { reply_to_message: original }),
        };
    }
}

function refuseUnchanged(before: VisibleMessage, after: VisibleMessage): void {
    const content = ({ text, entities, buttons }: VisibleMessage): string =>
        JSON.stringify([text, entities, buttons]);
    if (content(before) !== content(after)) return;
    throw new Refusal(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
}

/** Now, as the Bot API states time. */
export function seconds(): number {
    return Math.floor(Date.now() / 1000);
}

function readText(payload: Payload): ParsedText {
    const text = typeof payload["text"] === "string" ? payload["text"] : "";
    const parsed =
        payload["parse_mode"] === "HTML" ? asRefusal(() => parseHtml(text)) : parsePlain(text);
    if (!/[^\s\p{Cf}]/u.test(parsed.text)) {
        throw new Refusal(400, "Bad Request: message text is empty");
    }
    if (parsed.text.length > 4096 || Buffer.byteLength(text) > 1 << 15) {
        throw new Refusal(400, "Bad Request: message is too long");
    }
    return parsed;
}

function asRefusal(parse: () => ParsedText): ParsedText {
    try {
        return parse();
    } catch (error) {
        throw new Refusal(400, (error as Error).message);
    }
}

function readButtons(payload: Payload): VisibleButton[] {
    const markup = payload["reply_markup"] as
        | {
              readonly inline_keyboard: {
                  readonly text: string;
                  readonly callback_data: string;
              }[][];
          }
        | undefined;
    const buttons = markup?.inline_keyboard.flat() ?? [];
    for (const { callback_data: data } of buttons) {
        const bytes = Buffer.byteLength(data);
        if (bytes < 1 || bytes > 64) throw new Refusal(400, "Bad Request: BUTTON_DATA_INVALID");
    }
    return buttons.map(({ text, callback_data: data }) => ({ text, data }));
}
