import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requireChromium } from "../../setup/chromium.ts";
import {
    newStanza,
    PeerChats,
    type QuotedMessage,
    serializedId,
    type StoredMessage,
} from "./peer-chats.ts";
import { pageVersion, writeBrowser, writePage } from "./peer-page.ts";
import { PeerSends, type SendFate } from "./peer-sends.ts";
import { PeerServer } from "./peer-server.ts";

/** Something that a person sends. */
export interface InboundOptions {
    /** The chat: `966…@c.us`, `123@lid`, a group `123@g.us`. */
    readonly chat: string;
    /** Who writes in a group. */
    readonly author?: string;
    /** WhatsApp Web's name of the kind. Default: `chat`, a text. */
    readonly type?: string;
    readonly text?: string;
    readonly caption?: string;
    readonly bytes?: Uint8Array;
    readonly mimetype?: string;
    readonly filename?: string;
    /** What WhatsApp says about the size, if it is not the truth. */
    readonly statedSize?: number;
    /** The whole id of a message that is replied to. */
    readonly quotedId?: string;
    /** Who is mentioned. */
    readonly mentions?: readonly string[];
    /** The middle part of the message's id. */
    readonly stanza?: string;
    /** When it was sent, in milliseconds since 1970. Default: now. */
    readonly atMs?: number;
    /** The middle part of the id of the album that it belongs to. */
    readonly album?: string;
    /** The file is gone from WhatsApp's server, or cannot be loaded. */
    readonly failDownload?: 404 | "error";
    /** Further fields of WhatsApp Web's message, as they are. */
    readonly fields?: Readonly<Record<string, unknown>>;
}

/** A message of the account as the people in the chat see it. */
export interface VisibleMessage {
    readonly id: string;
    readonly text: string;
    /** The whole id of the message that it answers. */
    readonly quotedId: string | undefined;
    readonly mentions: readonly string[];
}

/**
 * WhatsApp behind a page that stands for WhatsApp Web: an account with its phone, its chats and the
 * people in them. All of it lives here, so that it survives the page and the browser.
 */
export class WhatsAppPeer {
    /** The account's own addresses. */
    readonly phone = "966500000000@c.us";
    readonly lid = "99999@lid";
    /** The version of WhatsApp Web to ask the library for. */
    readonly webVersion = pageVersion;
    /** Every call of the page, in order: its name, then its values. */
    readonly calls: (readonly unknown[])[] = [];
    readonly chats = new PeerChats();
    readonly #folder = mkdtempSync(join(tmpdir(), "whatsapp-peer-"));
    readonly #sends = new PeerSends(this.chats);
    readonly #server = new PeerServer({
        snapshot: () => this.#snapshot(),
        call: (name, values) => this.#call(name, values),
        file: (id) => this.chats.file(id),
    });
    #linked = false;
    #early = false;
    #lacks: readonly string[] = [];
    #heldState: string | undefined;
    #ref = "2@first";
    #pairingCode = "ABCD1234";
    #latest: StoredMessage | undefined;

    /** A program that starts a Chromium which reaches nothing but this peer. */
    get browserPath(): string {
        return join(this.#folder, "chromium");
    }

    /** The process numbers of all browsers that were started, oldest first. */
    get browserPids(): readonly number[] {
        const path = `${this.browserPath}.pids`;
        if (!existsSync(path)) return [];
        return readFileSync(path, "utf8").trim().split("\n").map(Number);
    }

    /** How many pages are open. */
    get pages(): number {
        return this.#server.pages;
    }

    /** Begins to listen. */
    async open(): Promise<void> {
        await this.#server.listen();
        await writeBrowser(this.browserPath, requireChromium(), this.#server.address);
    }

    /** Makes a session folder ready: the page lies in it as a cached version. */
    async prepare(sessionFolder: string): Promise<void> {
        await writePage(sessionFolder, this.#server.address);
    }

    /** The phone links this program. */
    pair(): void {
        this.#linked = true;
        this.#server.tell({ kind: "linked", chats: this.chats.all });
    }

    /** The link is lost without a word of the phone. */
    unpair(): void {
        this.#linked = false;
        this.setState("UNPAIRED");
    }

    /** The phone unlinks this program: the page says so and leaves. */
    logout(): void {
        this.#linked = false;
        this.#server.tell({ kind: "loggedOut" });
    }

    /** Another program uses the same session. */
    conflict(): void {
        this.setState("CONFLICT");
    }

    /** The page's connection changes: `OPENING`, `TIMEOUT`, `CONNECTED` … */
    setState(state: string): void {
        this.#server.tell({ kind: "state", state });
    }

    /** Pages that open from now on stay in a state, for example `OPENING`; `undefined`: not. */
    holdState(state: string | undefined): void {
        this.#heldState = state;
    }

    /** Whether pages are synchronised before the library listens: it never says `ready` then. */
    synchroniseEarly(early: boolean): void {
        this.#early = early;
    }

    /** Pages that open from now on are of a version without some modules; none named: of today's. */
    lack(...modules: readonly string[]): void {
        this.#lacks = modules;
    }

    /** The page says once more that it is synchronised. */
    repeatSynchronised(): void {
        this.#server.tell({ kind: "synchronised" });
    }

    /** Another text for the QR code. */
    qr(ref: string): void {
        this.#ref = ref;
        this.#server.tell({ kind: "ref", ref });
    }

    /** The code that the page is given for a phone number. */
    setPairingCode(code: string): void {
        this.#pairingCode = code;
    }

    /** The page reloads itself, as after an update of WhatsApp Web. */
    reload(): void {
        this.#server.tell({ kind: "reload" });
    }

    /** The page goes elsewhere. */
    navigate(): void {
        this.#server.tell({ kind: "leave" });
    }

    /** A person writes; gives the whole id of the message. */
    inbound(options: InboundOptions): string {
        const { chat, author, type = "chat", text, bytes, quotedId } = options;
        const stanza = options.stanza ?? newStanza();
        const quoted = quotedId === undefined ? undefined : this.chats.message(quotedId);
        const message: StoredMessage = {
            id: serializedId(false, chat, stanza, author),
            stanza,
            chat,
            fromMe: false,
            type,
            t: Math.floor((options.atMs ?? Date.now()) / 1000),
            ack: 1,
            mentions: options.mentions ?? [],
            ...(author === undefined ? {} : { author }),
            ...(text === undefined ? {} : { body: text }),
            ...(options.caption === undefined ? {} : { caption: options.caption }),
            ...(options.album === undefined ? {} : { album: options.album }),
            ...(options.mimetype === undefined ? {} : { mimetype: options.mimetype }),
            ...(options.filename === undefined ? {} : { filename: options.filename }),
            ...(options.failDownload === undefined ? {} : { failDownload: options.failDownload }),
            ...(options.fields === undefined ? {} : { fields: options.fields }),
            ...(bytes ? { media: true, size: options.statedSize ?? bytes.length } : {}),
            ...(quoted ? { quoted: this.#quote(quoted) } : {}),
        };
        this.chats.add(message, bytes);
        this.#latest = message;
        this.#announce(message);
        const { unread } = this.chats.chat(chat);
        this.#setUnread(chat, unread + 1);
        return message.id;
    }

    /** The person changes the words of a message, or the caption of a picture. */
    edit(id: string, text: string): void {
        const message = this.chats.message(id);
        if (message.media) message.caption = text;
        else message.body = text;
        this.#server.tell({ kind: "change", message });
    }

    /** The person deletes a message for everyone. */
    revoke(id: string): void {
        const message = this.chats.message(id);
        message.type = "revoked";
        this.#server.tell({ kind: "change", message });
    }

    /** The person reacts to a message with an emoji. */
    react(id: string, text = "👍"): void {
        const { chat } = this.chats.message(id);
        const reaction = { chat, text, parent: { _serialized: id }, stanza: newStanza() };
        this.#server.tell({ kind: "reaction", reaction });
    }

    /** The page announces a message once more; default: the latest one. */
    repeat(id?: string): void {
        const message = id === undefined ? this.#latest : this.chats.message(id);
        if (message) this.#announce(message);
    }

    /** Staff answer with the clinic's phone. */
    ownFromPhone(chat: string, text: string): string {
        const stanza = newStanza();
        const id = serializedId(true, chat, stanza);
        const t = Math.floor(Date.now() / 1000);
        const type = "chat";
        const own = { id, stanza, chat, fromMe: true, type, body: text, t, ack: 1, mentions: [] };
        this.chats.add(own);
        this.#announce(own);
        this.#setUnread(chat, 0);
        return id;
    }

    /** The account's messages in a chat as the people there see them, oldest first. */
    visible(chat: string): VisibleMessage[] {
        const { messages } = this.chats.chat(chat);
        return messages
            .filter(({ fromMe, ack }) => fromMe && ack > 0)
            .map(({ id, body = "", quoted, mentions }) => {
                const original = quoted && this.chats.byStanza(chat, quoted.stanza);
                return { id, text: body, quotedId: original?.id, mentions };
            });
    }

    /** How often "typing" has been shown in a chat. */
    typings(chat: string): number {
        return this.#callsOf("typing", chat);
    }

    /** How often a chat was marked as read. */
    seen(chat: string): number {
        return this.#callsOf("seen", chat);
    }

    /** How many messages of a chat are unread. */
    unread(chat: string): number {
        return this.chats.chat(chat).unread;
    }

    /** The number is no longer on WhatsApp: the page refuses to send ("No LID for user"). */
    block(chat: string): void {
        this.#sends.block(chat);
    }

    /** The page does not know the address of a chat until it asks ("No LID for user" until then). */
    forgetAddress(chat: string): void {
        this.#sends.forget(chat);
    }

    /**
     * `refused`: the page says of each message that it failed. `offline`: the page has no
     * connection, and what is sent waits until it has one again.
     */
    setOutage(outage: "refused" | "offline" | false): void {
        const ended = this.#sends.setOutage(outage);
        if (outage === "offline") this.setState("TIMEOUT");
        else if (ended === "offline") this.setState("CONNECTED");
        for (const { id } of this.#sends.deliverWaiting()) {
            this.#server.tell({ kind: "ack", id, ack: 1 });
        }
    }

    /** Decides what happens to each message that the page sends; `undefined`: nothing special. */
    onSend(decide: (chat: string, text: string) => SendFate | undefined): void {
        this.#sends.decide = decide;
    }

    /**
     * Waits until the condition holds.
     *
     * @throws `Error` after `timeoutMs`.
     */
    async until(condition: () => boolean, timeoutMs = 20_000): Promise<void> {
        const deadlineMs = performance.now() + timeoutMs;
        while (!condition()) {
            if (performance.now() > deadlineMs) {
                const calls = this.calls.map(([name]) => String(name)).join(", ");
                throw new Error(`Waited for ${String(condition)} in vain. Calls: ${calls}`);
            }
            await sleep(5);
        }
    }

    /** Ends all connections and removes its files. */
    async close(): Promise<void> {
        await this.#server.close();
        await rm(this.#folder, { recursive: true, force: true });
    }

    #snapshot(): { kind: string } & Record<string, unknown> {
        const { phone, lid } = this;
        const linkState = this.#linked ? "CONNECTED" : "UNPAIRED";
        return {
            kind: "snapshot",
            phone,
            lid,
            ref: this.#ref,
            state: this.#heldState ?? linkState,
            early: this.#early && this.#linked,
            lacks: this.#lacks,
            chats: this.#linked ? this.chats.all : [],
        };
    }

    #call(name: string, values: readonly unknown[]): unknown {
        this.calls.push([name, ...values]);
        switch (name) {
            case "send":
                return this.#sends.take(values[0]);
            case "edit":
                this.chats.message(String(values[0])).body = String(values[1]);
                return undefined;
            case "exists":
                return this.#sends.exists(String(values[0]));
            case "seen":
                return this.#setUnread(String(values[0]), 0);
            case "pair-with-phone":
                return this.#pairingCode;
            case "logout":
                return this.logout();
            default:
                return undefined;
        }
    }

    #announce(message: StoredMessage): void {
        if (this.#linked) this.#server.tell({ kind: "add", message });
    }

    #setUnread(chat: string, count: number): void {
        this.chats.chat(chat).unread = count;
        if (this.#linked) this.#server.tell({ kind: "unread", chat, count });
    }

    #quote({ stanza, author, fromMe, chat, type, body, caption }: StoredMessage): QuotedMessage {
        const writer = author ?? (fromMe ? this.phone : chat);
        return { stanza, author: writer, type, body: body ?? caption ?? "" };
    }

    #callsOf(name: string, chat: string): number {
        return this.calls.filter((call) => call[0] === name && call[1] === chat).length;
    }
}

/** A {@link WhatsAppPeer} that listens. */
export async function startWhatsAppPeer(): Promise<WhatsAppPeer> {
    const peer = new WhatsAppPeer();
    await peer.open();
    return peer;
}
