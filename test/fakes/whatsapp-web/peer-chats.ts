import { randomBytes } from "node:crypto";

/** Which message a message answers, as WhatsApp carries it. */
export interface QuotedMessage {
    readonly stanza: string;
    readonly author: string;
    readonly type: string;
    readonly body: string;
}

/** A message as the account's server keeps it; the page makes WhatsApp Web's models of these. */
export interface StoredMessage {
    /** `id._serialized` of the library. */
    readonly id: string;
    /** The middle part of `id`. */
    readonly stanza: string;
    readonly chat: string;
    readonly fromMe: boolean;
    /** Who wrote it in a group. */
    readonly author?: string;
    /** `chat` is a text. */
    type: string;
    body?: string;
    caption?: string;
    /** Seconds since 1970. */
    readonly t: number;
    /** -1: failed, 0: waits, 1: the server has it. */
    ack: number;
    readonly mentions: readonly string[];
    readonly quoted?: QuotedMessage;
    readonly album?: string;
    readonly mimetype?: string;
    readonly filename?: string;
    readonly size?: number;
    readonly media?: boolean;
    readonly failDownload?: 404 | "error";
    /** Further fields of WhatsApp Web's message, as they are. */
    readonly fields?: Readonly<Record<string, unknown>>;
}

/** One chat of the account. */
export interface StoredChat {
    readonly id: string;
    unread: number;
    /** Oldest first. */
    readonly messages: StoredMessage[];
}

/** The chats of one WhatsApp account, as its phone and server know them. */
export class PeerChats {
    readonly #chats = new Map<string, StoredChat>();
    readonly #files = new Map<string, Uint8Array>();

    /** All chats, with what is in them. */
    get all(): readonly StoredChat[] {
        return [...this.#chats.values()];
    }

    /** One chat, new where there is none yet. */
    chat(id: string): StoredChat {
        const known = this.#chats.get(id);
        if (known) return known;
        const chat: StoredChat = { id, unread: 0, messages: [] };
        this.#chats.set(id, chat);
        return chat;
    }

    /** Keeps a message, in the order of time, and its bytes. */
    add(message: StoredMessage, bytes?: Uint8Array): void {
        const { messages } = this.chat(message.chat);
        const after = messages.findIndex(({ t }) => t > message.t);
        messages.splice(after === -1 ? messages.length : after, 0, message);
        if (bytes) this.#files.set(message.id, bytes);
    }

    /** @throws `Error` when there is no such message. */
    message(id: string): StoredMessage {
        for (const { messages } of this.#chats.values()) {
            const found = messages.find((message) => message.id === id);
            if (found) return found;
        }
        throw new Error(`There is no message ${id}.`);
    }

    /** A message by the middle part of its id. */
    byStanza(chat: string, stanza: string): StoredMessage | undefined {
        return this.chat(chat).messages.find((message) => message.stanza === stanza);
    }

    /** The bytes of a message's file; `undefined`: gone. */
    file(id: string): Uint8Array | undefined {
        return this.message(id).failDownload === 404 ? undefined : this.#files.get(id);
    }
}

/** The middle part of a message's id, as an iPhone makes them. */
export function newStanza(): string {
    return `3A${randomBytes(9).toString("hex").toUpperCase()}`;
}

/** `id._serialized` of a message. */
export function serializedId(
    fromMe: boolean,
    chat: string,
    stanza: string,
    author?: string,
): string {
    return [String(fromMe), chat, stanza, ...(author === undefined ? [] : [author])].join("_");
}
