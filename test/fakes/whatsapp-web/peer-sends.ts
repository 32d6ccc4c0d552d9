import { z } from "zod";
import type { PeerChats, StoredMessage } from "./peer-chats.ts";

/** What happens to a message that the page sends. */
export type SendFate =
    | "sent"
    /** It reaches the chat, but the page never comes back to its caller. */
    | "lost"
    /** It reaches nobody, and the page never comes back to its caller. */
    | "swallowed"
    /** It reaches nobody, and the page says so. */
    | "refused"
    /** It waits until the page is online again. */
    | "waiting"
    /** The page finds no such number. */
    | "unknown-number";

const sending = z.object({
    id: z.string(),
    stanza: z.string(),
    chat: z.string(),
    author: z.string().optional(),
    body: z.string(),
    mentions: z.array(z.string()),
    quoted: z.string().optional(),
});

/** What the page sends, and what becomes of it. */
export class PeerSends {
    decide: (chat: string, text: string) => SendFate | undefined = () => undefined;
    readonly #chats: PeerChats;
    readonly #blocked = new Set<string>();
    readonly #unlearned = new Set<string>();
    readonly #waiting: StoredMessage[] = [];
    #outage: "refused" | "offline" | false = false;

    constructor(chats: PeerChats) {
        this.#chats = chats;
    }

    /** The number of a chat is no longer on WhatsApp. */
    block(chat: string): void {
        this.#blocked.add(chat);
    }

    /** The page does not know the address of a chat until it asks for it. */
    forget(chat: string): void {
        this.#unlearned.add(chat);
    }

    /** The page asks whether somebody is on WhatsApp, and learns the address by that. */
    exists(chat: string): boolean {
        this.#unlearned.delete(chat);
        return !this.#blocked.has(chat);
    }

    /** Begins or ends an outage; gives the one before. */
    setOutage(outage: "refused" | "offline" | false): "refused" | "offline" | false {
        const before = this.#outage;
        this.#outage = outage;
        return before;
    }

    /** What has waited for the end of the outage goes out now. */
    deliverWaiting(): readonly StoredMessage[] {
        if (this.#outage !== false) return [];
        const delivered = this.#waiting.splice(0);
        for (const message of delivered) message.ack = 1;
        return delivered;
    }

    /** Takes a message from the page; gives what the page is told of it. */
    take(value: unknown): SendFate {
        const { id, stanza, chat, author, body, mentions, quoted } = sending.parse(value);
        const fate = this.#fate(chat, body);
        const original = quoted === undefined ? undefined : this.#chats.byStanza(chat, quoted);
        const acks: Readonly<Partial<Record<SendFate, number>>> = { sent: 1, lost: 1, waiting: 0 };
        const ack = acks[fate];
        if (ack !== undefined) {
            const message: StoredMessage = {
                id,
                stanza,
                chat,
                body,
                mentions,
                ack,
                fromMe: true,
                type: "chat",
                t: Math.floor(Date.now() / 1000),
                ...(author === undefined ? {} : { author }),
                ...(original === undefined
                    ? {}
                    : {
                          quoted: { stanza: original.stanza, author: chat, type: "chat", body: "" },
                      }),
            };
            this.#chats.add(message);
            if (fate === "waiting") this.#waiting.push(message);
        }
        return fate === "swallowed" ? "lost" : fate;
    }

    #fate(chat: string, text: string): SendFate {
        if (this.#blocked.has(chat) || this.#unlearned.has(chat)) return "unknown-number";
        if (this.#outage === "refused") return "refused";
        if (this.#outage === "offline") return "waiting";
        return this.decide(chat, text) ?? "sent";
    }
}
